import { schemaOfKind } from '../../schemas/index.ts';
import type { RunStep } from '../../schemas/types.gen.ts';

/**
 * What an output can be in `results.json`, as `x-evidence` in the schema of a step kind says it. `set` is a test set that was measured, `swap` a
 * change of the model behind an endpoint, `decision` a person's, `object` what the step has made or found. Models, datasets, evaluations and endpoints are their
 * `self` URLs.
 */
export const evidencePlaces = [
  'set.evaluation',
  'set.model',
  'set.against',
  'set.profile',
  'set.profileVersion',
  'set.bound',
  'set.incomplete',
  'set.slices',
  'set.terms',
  'set.noise.evaluations',
  'set.noise.made',
  'set.noise.unstable',
  'set.noise.recordings',
  'set.noise.sentence',
  'set.noise.low',
  'set.noise.high',
  'set.rate.value',
  'set.rate.low',
  'set.rate.high',
  'set.rate.utterances',
  'set.rate.words',
  'set.rate.errors',
  'set.rate.substitutions',
  'set.rate.deletions',
  'set.rate.insertions',
  'set.againstRate.value',
  'set.againstRate.low',
  'set.againstRate.high',
  'set.comparison.delta',
  'set.comparison.deltaLow',
  'set.comparison.deltaHigh',
  'set.comparison.probabilityOfImprovement',
  'set.comparison.pValue',
  'set.comparison.matchedPairsPValue',
  'set.comparison.better',
  'set.comparison.tooFew',
  'set.comparison.seed',
  'swap.endpoint',
  'swap.model',
  'swap.previousModel',
  'swap.heard',
  'swap.takenBack',
  'swap.takenBackAt',
  'swap.tried',
  'swap.changedAt',
  'swap.firstOfModel',
  'swap.lastOfPrevious',
  'swap.failures',
  'decision.by',
  'object.self',
  'object.digest',
  'object.expires',
] as const;

export type EvidencePlace = (typeof evidencePlaces)[number];

/** The outputs of a step by what they are in the document. */
export interface ShownOutputs {
  text(place: EvidencePlace): string | undefined;
  number(place: EvidencePlace): number | undefined;
  flag(place: EvidencePlace): boolean | undefined;
  /** Those that name an object of a Speech resource, with what it is: `dataset`, `model`, `evaluation`, `endpoint`. */
  readonly objects: readonly { readonly type: string; readonly self: string }[];
}

/** The outputs of a step as the schema of its kind says that they are shown; none of a kind that is not known here. */
export function shownOutputs({ uses, outputs }: Pick<RunStep, 'uses' | 'outputs'>): ShownOutputs {
  const properties = schemaOfKind(uses)?.$defs?.['outputs']?.properties ?? {};
  const values = new Map<string, string | number | boolean>();
  const objects: { type: string; self: string }[] = [];
  for (const [name, { 'x-evidence': place, 'x-type': type }] of Object.entries(properties)) {
    const value = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    if (value === undefined || value === '') continue;
    if (place !== undefined) values.set(place, value);
    if (type !== undefined && objectTypes.has(type) && typeof value === 'string') objects.push({ type, self: value });
  }
  const of = <T>(place: EvidencePlace, is: (value: unknown) => value is T): T | undefined => {
    const value = values.get(place);
    return is(value) ? value : undefined;
  };
  return {
    text: (place) => of(place, (value) => typeof value === 'string'),
    number: (place) => of(place, (value) => typeof value === 'number'),
    flag: (place) => of(place, (value) => typeof value === 'boolean'),
    objects,
  };
}

const objectTypes: ReadonlySet<string> = new Set(['dataset', 'model', 'evaluation', 'endpoint']);
