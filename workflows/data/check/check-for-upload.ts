import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { Diagnostic } from '../../document/diagnostics.ts';
import type { DataCheck, DataCheckRequest } from '../../plan/data-check.ts';
import { checkData } from './check-data.ts';

/** What the service would make of data that a step uploads, with what is found in words. */
export async function checkForUpload(
  request: Omit<DataCheckRequest, 'tolerance'> & { readonly shown: string; readonly roots: readonly string[] },
): Promise<DataCheck> {
  const { kind, locale, purpose, roots, shown } = request;
  const folder = path.dirname(request.path);
  const found = await checkData([path.basename(request.path)], {
    kind: kind as UploadWith['kind'],
    locale,
    purpose,
    cwd: folder,
    roots,
  });
  const above = path.posix.dirname(shown.replaceAll('\\', '/'));
  const inWords = (one: Diagnostic): string => {
    const place = above === '.' ? one.path : `${above}/${one.path}`;
    return `${place}:${one.line}:${one.column}: ${one.message} [${one.code}]`;
  };
  const ofErrors = found.diagnostics.filter(({ severity }) => severity === 'error');
  const ofWarnings = found.diagnostics.filter(({ severity }) => severity === 'warning');
  const { isRefused, lines, rejected, counts } = found;
  return { isRefused, lines, rejected, warnings: counts.warnings, told: [...ofErrors, ...ofWarnings].map(inWords) };
}
