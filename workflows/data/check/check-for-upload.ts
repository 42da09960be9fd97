import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import type { DataCheck, DataCheckRequest } from '../../plan/data/data-check.ts';
import { isAudioKind } from '../audio-kind.ts';
import { checkPlaces } from './check-places.ts';
import { readTestSets } from './read-test-sets.ts';

/** What the service would make of data that a step uploads, with what is found in words. */
export async function checkForUpload(
  request: Omit<DataCheckRequest, 'tolerance'> & { readonly folder: string; readonly roots: readonly string[] },
): Promise<DataCheck> {
  const { kind, locale, purpose, roots, folder: cwd, tests = [] } = request;
  const found = await checkPlaces(request.from, {
    kind: kind as UploadWith['kind'],
    locale,
    purpose,
    cwd,
    roots,
    tests:
      tests.length === 0 ? undefined : await readTestSets(tests, { locale, cwd, roots, isHeard: isAudioKind(kind) }),
  });
  const inWords = ({ path, line, column, message, code }: Diagnostic): string =>
    `${path}:${line}:${column}: ${message} [${code}]`;
  const ofErrors = found.diagnostics.filter(({ severity }) => severity === 'error');
  const ofWarnings = found.diagnostics.filter(({ severity }) => severity === 'warning');
  const { isRefused, isUntrue, lines, rejected, counts } = found;
  const told = [...ofErrors, ...ofWarnings].map(inWords);
  return { isRefused, isUntrue, lines, rejected, warnings: counts.warnings, told };
}
