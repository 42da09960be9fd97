import { joinReferences, referencesIn } from './identity.ts';
import type { Dataset, Evaluation } from './speech-entities.ts';

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
