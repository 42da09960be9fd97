import path from 'node:path';
import { schemaOfKind } from '../../../schemas/index.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { isTemplate, literalText, valueAt } from '../../document/yaml/plain-value.ts';
import { modelInRelease, releaseFileName, type ReleaseText, whyNotReplaced } from '../../document/release-file.ts';
import type { CheckedStep } from './check-steps.ts';

/**
 * Tells steps that serve the model of a release file which is not there, is no release, or is of another endpoint, and steps that would
 * write a release in the place of another file. `locale` is the pipeline's, as it is written. What an expression gives, and the resource, are seen by the plan.
 */
export function checkReleased(
  steps: readonly CheckedStep[],
  options: {
    readonly locale: string | undefined;
    readonly releaseText: (file: string) => ReleaseText;
    readonly findings: Findings;
  },
): void {
  const { locale, releaseText, findings } = options;
  for (const step of steps) {
    const { settings } = step;
    const endpoint = literalText(valueAt(settings, 'endpoint'));
    const folder = literalText(valueAt(settings, 'release'));
    if (endpoint === undefined || folder === undefined) continue;
    const key = servedModelOf(step);
    if (key === undefined) continue;
    const [model, place] = [valueAt(settings, key), valueAt(settings, 'release')];
    const file = path.posix.join(folder, releaseFileName(endpoint));
    const text = releaseText(file);
    if (literalText(model) !== 'release') {
      const fault = whyNotReplaced(text);
      if (fault !== undefined && place !== undefined) findings.report('occupied-release', place, { file, fault });
      continue;
    }
    if (model === undefined) continue;
    const own = locale === undefined || isTemplate(locale) ? undefined : locale;
    const said = modelInRelease(text, { name: endpoint, locale: own });
    if ('fault' in said) findings.report('unusable-release', model, { file, fault: said.fault });
  }
}

/** The setting that names the model which a step has an endpoint serve; undefined for a step of another kind. */
export function servedModelOf({ uses }: Pick<CheckedStep, 'uses'>): string | undefined {
  const { properties = {} } = schemaOfKind(uses ?? '') ?? {};
  return Object.keys(properties).find((name) => properties[name]?.['x-served'] === true);
}
