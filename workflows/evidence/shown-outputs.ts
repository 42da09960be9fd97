import { schemaOfKind } from '../../schemas/index.ts';
import type { RunStep } from '../../schemas/types.gen.ts';
import { referencesIn } from '../plan/identity.ts';

/**
 * What an output can be in `results.json`, as `x-evidence` in the schema of a step kind says it. `set` is a test set that was measured, `swap` a
 * change of the model behind an endpoint, `decision` a person's, `deletion` what is gone, `message` how people were told, `object` what the step has made or found. Models, datasets, evaluations and endpoints are their
 * `self` URLs. `sets` is JSON: a list of further test sets, whose members are called as in these places.
 */
export const evidencePlaces = [
  'set.evaluation',
  'set.name',
  'set.reused',
  'set.passed',
  'set.sentence',
  'set.model',
  'set.against',
  'set.profile',
  'set.profileVersion',
  'set.bound',
  'set.regressionBound',
  'set.incomplete',
  'set.slices',
  'set.terms',
  'set.termsPassed',
  'set.termsSentence',
  'set.noise.evaluations',
  'set.noise.made',
  'set.noise.unstable',
  'set.noise.recordings',
  'set.noise.sentence',
  'set.noise.low',
  'set.noise.high',
  'set.noise.passed',
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
  'set.comparison.together',
  'set.comparison.matchedPairsPValue',
  'set.comparison.tooFew',
  'set.comparison.seed',
  'set.comparison.verdict',
  'set.decision.better',
  'set.decision.sentence',
  'sets',
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
  'deletion.names',
  'message.told',
  'object.self',
  'object.digest',
  'object.expires',
] as const;

export type EvidencePlace = (typeof evidencePlaces)[number];

/** Values by what they are in the document. */
export interface ShownValues {
  text(place: EvidencePlace): string | undefined;
  number(place: EvidencePlace): number | undefined;
  flag(place: EvidencePlace): boolean | undefined;
}

/** The outputs of a step by what they are in the document. */
export interface ShownOutputs extends ShownValues {
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
    if (type !== undefined && objectTypes.has(type) && typeof value === 'string')
      objects.push(...referencesIn(value).map((self) => ({ type, self })));
  }
  for (const further of furtherSets(values)) {
    const self = further.get('set.evaluation');
    if (typeof self === 'string') objects.push(...referencesIn(self).map((one) => ({ type: 'evaluation', self: one })));
  }
  return { ...readOf(values), objects };
}

type Values = ReadonlyMap<string, string | number | boolean>;

function readOf(values: Values): ShownValues {
  const of = <T>(place: EvidencePlace, is: (value: unknown) => value is T): T | undefined => {
    const value = values.get(place);
    return is(value) ? value : undefined;
  };
  return {
    text: (place) => of(place, (value) => typeof value === 'string'),
    number: (place) => of(place, (value) => typeof value === 'number'),
    flag: (place) => of(place, (value) => typeof value === 'boolean'),
  };
}

/** A test set that a step has measured. */
export interface ShownSet {
  /** The step's id, of a further set with its name: unique in the document. */
  readonly id: string;
  readonly shown: ShownValues;
}

/** The test sets that a step has measured: its own, then further ones. */
export function shownSets(id: string, step: Pick<RunStep, 'uses' | 'outputs'>): readonly ShownSet[] {
  const shown = shownOutputs(step);
  if (shown.text('set.evaluation') === undefined) return [];
  const further = furtherSets(new Map([['sets', shown.text('sets') ?? '']]));
  return [
    { id, shown },
    ...further.map((values) => ({ id: `${id}/${String(values.get('set.name'))}`, shown: readOf(values) })),
  ];
}

/** The further sets in the output `sets`, with their values by the places that these have of the step's own set. */
function furtherSets(values: Values): readonly Values[] {
  const text = values.get('sets');
  if (typeof text !== 'string' || text === '') return [];
  return (JSON.parse(text) as readonly object[]).map((set) => new Map(valuesIn(set, 'set')));
}

function valuesIn(object: object, place: string): readonly (readonly [string, string | number | boolean])[] {
  return Object.entries(object).flatMap(([name, value]: readonly [string, unknown]) => {
    if (typeof value === 'object' && value !== null) return valuesIn(value, `${place}.${name}`);
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return isPlain ? [[`${place}.${name}`, value] as const] : [];
  });
}

const objectTypes: ReadonlySet<string> = new Set(['dataset', 'model', 'evaluation', 'endpoint']);
