import path from 'node:path';
import { schemaOfKind } from '../../schemas/index.ts';
import type { Findings } from '../document/diagnostics.ts';
import { isTemplate, valueAt } from '../document/plain-value.ts';
import { modelInRelease, releaseFileName } from '../document/release-file.ts';
import type { CheckedStep } from './check-steps.ts';

/**
 * Tells steps that serve the model of a release file which is not there, is no release, or is of another endpoint. `locale` is the
 * pipeline's, as it is written. What an expression gives, and the resource, are seen by the plan.
 */
export function checkReleased(
  steps: readonly CheckedStep[],
  options: {
    readonly locale: string | undefined;
    readonly releaseText: (file: string) => string | undefined;
    readonly findings: Findings;
  },
): void {
  const { locale, releaseText, findings } = options;
  for (const { node, uses, literals } of steps) {
    const { properties = {} } = schemaOfKind(uses ?? '') ?? {};
    const [key = ''] = Object.keys(properties).filter((name) => properties[name]?.['x-served'] === true);
    const model = valueAt(valueAt(node, 'with'), key);
    const [endpoint, folder] = [literals.get('endpoint'), literals.get('release')];
    if (literals.get(key) !== 'release' || model === undefined || endpoint === undefined || folder === undefined)
      continue;
    const file = path.posix.join(folder, releaseFileName(endpoint));
    const own = locale === undefined || isTemplate(locale) ? undefined : locale;
    const said = modelInRelease(releaseText(file), { name: endpoint, locale: own });
    if ('fault' in said) findings.report('unusable-release', model, { file, fault: said.fault });
  }
}
