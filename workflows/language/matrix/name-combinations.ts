import type { MatrixValues } from './matrix-combinations.ts';
import type { Combination } from '../pipeline.ts';

/** Of a step, and of each of its copies. */
export const MAX_ID_LENGTH = 64;

/**
 * The combinations with their ids, which are made of their values: of the names that have lists, and of as many others as
 * it takes to tell the combinations apart. They count the combinations where that would be ambiguous or make the id of a
 * step too long.
 */
export function nameCombinations(
  combinations: readonly MatrixValues[],
  matrix: {
    /** Those that have lists first. */
    readonly names: readonly string[];
    /** How many of the names have lists. */
    readonly listed: number;
    readonly longestStepId: number;
  },
): readonly Combination[] {
  const { names, listed, longestStepId } = matrix;
  let spoken: readonly (string | undefined)[] = combinations.map(() => undefined);
  for (const [index, name] of names.entries()) {
    spoken = combinations.map((values, at) =>
      withValue(spoken[at], Object.hasOwn(values, name) ? values[name] : undefined),
    );
    // Ids only get longer with more names.
    if (!spoken.every((id) => longestStepId + 1 + (id?.length ?? 0) <= MAX_ID_LENGTH)) break;
    const isTold = index + 1 >= listed && spoken.every((id) => canEnd(id));
    if (isTold && new Set(spoken).size === spoken.length) return named(combinations, spoken);
  }
  const digits = String(combinations.length).length;
  return named(
    combinations,
    combinations.map((_, index) => String(index + 1).padStart(digits, '0')),
  );
}

function named(combinations: readonly MatrixValues[], ids: readonly (string | undefined)[]): readonly Combination[] {
  return combinations.map((values, index) => ({ id: ids[index] ?? '', values }));
}

function withValue(id: string | undefined, value: MatrixValues[string] | undefined): string | undefined {
  if (value === undefined) return id;
  return id === undefined ? slug(value) : `${id}-${slug(value)}`;
}

function canEnd(id = ''): boolean {
  return id !== '' && !/^-|--|-$/.test(id);
}

function slug(value: string | number | boolean): string {
  return String(value)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}
