import type { MatrixValues } from './matrix-combinations.ts';
import type { Combination } from './pipeline.ts';

const MAX_ID_LENGTH = 64;

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
  const digits = String(combinations.length).length;
  let ids = combinations.map((_, index) => String(index + 1).padStart(digits, '0'));
  for (let count = Math.max(listed, 1); count <= names.length; count += 1) {
    const spoken = combinations.map((values) => spokenId(values, names.slice(0, count)));
    const isTold = spoken.every((id) => canEnd(id, longestStepId));
    if (isTold && new Set(spoken).size === spoken.length) {
      ids = spoken;
      break;
    }
  }
  return combinations.map((values, index) => ({ id: ids[index] ?? '', values }));
}

function spokenId(values: MatrixValues, names: readonly string[]): string {
  return names.flatMap((name) => (Object.hasOwn(values, name) ? slug(values[name] ?? '') : [])).join('-');
}

function canEnd(id: string, longestStepId: number): boolean {
  return id !== '' && !/^-|--|-$/.test(id) && longestStepId + 1 + id.length <= MAX_ID_LENGTH;
}

function slug(value: string | number | boolean): string {
  return String(value)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}
