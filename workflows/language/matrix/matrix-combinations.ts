import type { Span } from '../../document/diagnostics/diagnostics.ts';
import type { Combination } from '../pipeline.ts';
import type { SourceScalar } from '../../document/yaml/read-document.ts';

/** An item of `include` or `exclude`, with where it is. */
export interface MatrixItem extends Span {
  readonly values: ReadonlyMap<string, SourceScalar & { readonly keySpan: Span }>;
}

export type MatrixValues = Combination['values'];

/** The values of the combinations of a matrix, and the items that change nothing about them. */
export interface CombinedMatrix {
  readonly combinations: readonly MatrixValues[];
  /** Items of `exclude` that no combination of the lists has. */
  readonly idle: readonly MatrixItem[];
  /** Items of `include` that say again what is there already. */
  readonly repeated: readonly MatrixItem[];
}

/**
 * GitHub's rules: every choice of one value of each list, without those that have all values of an item of `exclude`;
 * then the values of each item of `include` are added to every one of these whose listed values it does not contradict,
 * and when it contradicts all of them it is a combination of its own, to which later items add nothing. The lists are
 * checked to be short enough to be multiplied.
 */
export function combine(matrix: {
  readonly lists: ReadonlyMap<string, readonly SourceScalar[]>;
  readonly exclude: readonly MatrixItem[];
  readonly include: readonly MatrixItem[];
}): CombinedMatrix {
  const { lists, exclude, include } = matrix;
  const all = productOf(lists);
  const idle = exclude.filter((item) => !all.some((listed) => hasAll(listed, item)));
  const kept = all.filter((listed) => !exclude.some((item) => hasAll(listed, item)));
  return { ...withIncluded(kept, { lists, include }), idle };
}

function sameValue(left: SourceScalar['value'] | undefined, right: SourceScalar['value']): boolean {
  return left !== undefined && (left === right || lower(left) === lower(right));
}

function productOf(lists: ReadonlyMap<string, readonly SourceScalar[]>): readonly MatrixValues[] {
  let combinations: readonly MatrixValues[] = lists.size === 0 ? [] : [{}];
  for (const [name, scalars] of lists) {
    combinations = combinations.flatMap((combination) =>
      scalars.map(({ value }) => ({ ...combination, [name]: value ?? '' })),
    );
  }
  return combinations;
}

function hasAll(combination: MatrixValues, { values }: MatrixItem): boolean {
  return [...values].every(([name, { value }]) => sameValue(combination[name], value));
}

function withIncluded(
  kept: readonly MatrixValues[],
  { lists, include }: { readonly lists: ReadonlyMap<string, unknown>; readonly include: readonly MatrixItem[] },
): Omit<CombinedMatrix, 'idle'> {
  let combinations = kept;
  const own = new Map<string, MatrixValues>();
  const repeated: MatrixItem[] = [];
  for (const item of include) {
    const fits = combinations.map((combination) =>
      [...item.values].every(([name, { value }]) => !lists.has(name) || sameValue(combination[name], value)),
    );
    if (!fits.includes(true)) {
      const key = JSON.stringify([...item.values].map(([name, { value }]) => [name, lower(value)]).toSorted());
      if (own.has(key)) repeated.push(item);
      own.set(key, plainValues(item.values));
    } else if (combinations.every((combination, index) => !fits[index] || hasAll(combination, item))) {
      repeated.push(item);
    } else {
      // What a list says stays as it says it.
      const added = plainValues([...item.values].filter(([name]) => !lists.has(name)));
      combinations = combinations.map((combination, index) =>
        fits[index] === true ? { ...combination, ...added } : combination,
      );
    }
  }
  return { combinations: [...combinations, ...own.values()], repeated };
}

/** What two values have in common that are the same one: capitals do not count, nor do quotes around a number. */
export function lower(value: SourceScalar['value']): string {
  return String(value).toLowerCase();
}

function plainValues(values: Iterable<readonly [string, SourceScalar]>): MatrixValues {
  return Object.fromEntries([...values].map(([name, { value }]) => [name, value ?? '']));
}
