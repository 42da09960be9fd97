import { byAge, entityId, joinReferences, referencesIn } from './identity.ts';
import type { Dataset, Evaluation } from './speech-entities.ts';
import { trialOfObject } from './trial.ts';

/** The name of one of several parts. */
export function nameOfPart(name: string, { part, of }: { readonly part: number; readonly of: number }): string {
  return of === 1 ? name : `${name} (${part + 1} of ${of})`;
}

/** What a reference names: an object that `find` finds, or all parts of one as one. Undefined where it, or a part, is not there. */
export function findAsOne<E>(
  reference: string,
  of: { readonly find: (reference: string) => E | undefined; readonly join: (parts: readonly [E, ...E[]]) => E },
): E | undefined {
  const references = referencesIn(reference);
  const [first, ...others] = references.flatMap((one) => of.find(one) ?? []);
  return first === undefined || others.length + 1 < references.length ? undefined : of.join([first, ...others]);
}

/** The parts of a set as one dataset, whose lines and hours are those of all. Of one part that itself. */
export function datasetOfParts(parts: readonly [Dataset, ...Dataset[]]): Dataset {
  const [first] = parts;
  if (parts.length === 1) return first;
  const sum = (name: 'acceptedLineCount' | 'rejectedLineCount' | 'durationMilliseconds'): object => {
    const numbers = parts.flatMap(({ properties }) => properties?.[name] ?? []);
    return numbers.length < parts.length ? {} : { [name]: numbers.reduce((all, one) => all + one, 0) };
  };
  return {
    ...asOne(parts),
    properties: { ...sum('acceptedLineCount'), ...sum('rejectedLineCount'), ...sum('durationMilliseconds') },
  };
}

/**
 * The evaluations of the parts of a set, of the same models on the same sides, as one evaluation of the set, whose counts are the sums.
 * Of one part that itself; where one has failed that one, since its reason is that of all.
 */
export function evaluationOfParts(parts: readonly [Evaluation, ...Evaluation[]]): Evaluation {
  const [first] = parts;
  const failed = parts.find(({ status }) => status === 'Failed');
  if (parts.length === 1 || failed !== undefined) return failed ?? first;
  const counts = countNames.flatMap((name) =>
    ([1, 2] as const).flatMap((side) => {
      const numbers = parts.flatMap(({ properties }) => properties?.[`${name}${side}`] ?? []);
      const isWhole = numbers.length === parts.length && numbers.every((number) => number >= 0);
      return isWhole ? [[`${name}${side}`, numbers.reduce((all, one) => all + one, 0)] as const] : [];
    }),
  );
  return {
    ...asOne(parts),
    dataset: { self: joinReferences(parts.map(({ dataset }) => dataset.self)) },
    properties: Object.fromEntries(counts),
  };
}

/**
 * The Succeeded evaluations with those of all parts of a set as one, which is as old as its newest part; evaluations of parts that another one
 * has taken the place of are left out. `incomplete`: of a set of which another part is not there, each by itself.
 */
export function evaluationsOfSets(evaluations: readonly Evaluation[]): {
  readonly whole: readonly Evaluation[];
  readonly incomplete: readonly Evaluation[];
} {
  const whole: Evaluation[] = [];
  const incomplete: Evaluation[] = [];
  const succeeded = evaluations.filter(({ status }) => status === 'Succeeded');
  for (const ofSet of Map.groupBy(succeeded, keyOfSet).values()) {
    const count = partIn(ofSet[0]!)?.of ?? 1;
    if (count === 1) {
      whole.push(...ofSet);
      continue;
    }
    // A part whose data has changed is measured anew, and the others are not.
    const newest = new Map(ofSet.toSorted(byAge).map((evaluation) => [partIn(evaluation)?.part, evaluation]));
    const parts = Array.from({ length: count }, (_, index) => newest.get(index + 1) ?? []).flat();
    const [first, ...others] = parts;
    if (first === undefined || parts.length < count) {
      incomplete.push(...ofSet);
      continue;
    }
    const { createdDateTime } = parts.toSorted(byAge).at(-1)!;
    const { name, more } = partIn(first)!;
    whole.push({ ...evaluationOfParts([first, ...others]), displayName: `${name}${more}`, createdDateTime });
  }
  return { whole, incomplete };
}

/** The same of all evaluations of the parts of one set; of any other its own. */
function keyOfSet(evaluation: Evaluation): string {
  const { self, locale, model1, model2 } = evaluation;
  const part = partIn(evaluation);
  if (part === undefined) return self;
  const models = [model1.self, model2.self].map(entityId);
  return JSON.stringify([part.name, part.of, part.more, locale, ...models, trialOfObject(evaluation) ?? '']);
}

/** Which part of a set an evaluation is of, by the name that {@link nameOfPart} has given it. */
function partIn({
  displayName,
}: Evaluation):
  | { readonly name: string; readonly part: number; readonly of: number; readonly more: string }
  | undefined {
  const [, name = '', part, of, more = ''] =
    /^(.*) \((\d{1,3}) of (\d{1,3})\)(, repetition \d+)?$/s.exec(displayName) ?? [];
  const [index, count] = [Number(part), Number(of)];
  return part === undefined || index < 1 || count < 2 || index > count
    ? undefined
    : { name, part: index, of: count, more };
}

const countNames = [
  'wordCount',
  'correctWordCount',
  'wordSubstitutionCount',
  'wordDeletionCount',
  'wordInsertionCount',
] as const;

/** What several objects are together, apart from what is counted. */
function asOne<E extends Dataset | Evaluation>(parts: readonly [E, ...E[]]): E {
  const [first] = parts;
  const open = parts.find(({ status }) => status !== 'Succeeded');
  return {
    ...first,
    self: joinReferences(parts.map(({ self }) => self)),
    displayName: first.displayName.replace(/ \(\d+ of \d+\)$/, ''),
    status: open?.status ?? first.status,
  };
}
