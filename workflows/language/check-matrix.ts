import type { Findings } from './diagnostics.ts';
import { isTemplate } from './expression-syntax.ts';
import type { Combination } from './pipeline.ts';
import { entryAt, textOf, valueAt, writtenSteps } from './plain-value.ts';
import type { SourceEntry, SourceMap, SourceScalar } from './read-document.ts';
import type { ValueType } from './value-type.ts';

/** More combinations, or more copies of steps, are refused: a mistake in a list is found before anything is planned. */
const MAX_COMBINATIONS = 256;
const MAX_COPIES = 10_000;

/** The matrix that a pipeline declares. */
export interface Matrix {
  /** The values of each name, as they are written. */
  readonly values: ReadonlyMap<string, readonly SourceScalar[]>;
  /** The type that `matrix.<name>` has in expressions. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** None when there are too many, or when the values have faults. */
  readonly combinations: readonly Combination[];
}

/**
 * The matrix of a document whose schema was checked, or undefined when it has none. Combinations are ordered like the
 * values, the last name first; their ids are made of their values, or count them where that would be ambiguous or make the
 * id of a step too long.
 */
export function checkMatrix(document: SourceMap, findings: Findings): Matrix | undefined {
  const strategy = valueAt(document, 'strategy');
  const matrix = strategy?.kind === 'map' ? entryAt(strategy, 'matrix') : undefined;
  if (matrix?.value.kind !== 'map') return undefined;
  const values = new Map(matrix.value.entries.map((entry) => [entry.key, scalarsOf(entry, findings)]));
  const types = new Map([...values].map(([name, scalars]) => [name, typeOf(scalars)]));
  const multiplied = writtenSteps(document).filter(({ isFinally }) => !isFinally);
  const count = [...values.values()].reduce((product, scalars) => product * scalars.length, 1);
  if (count > MAX_COMBINATIONS || count * multiplied.length > MAX_COPIES) {
    const limits = { maxCombinations: MAX_COMBINATIONS, maxCopies: MAX_COPIES };
    findings.report('matrix-too-large', matrix.keySpan, { combinations: count, steps: multiplied.length, ...limits });
    return { values, types, combinations: [] };
  }
  const longestStepId = multiplied.reduce(
    (longest, { node }) => Math.max(longest, textOf(valueAt(node, 'id'))?.length ?? 0),
    0,
  );
  return { values, types, combinations: nameCombinations(combine(values), { longestStepId }) };
}

/** The id of a step's copy for a combination. */
export function copyId(stepId: string, combination: Combination): string {
  return `${stepId}-${combination.id}`;
}

function scalarsOf({ key, value }: SourceEntry, findings: Findings): readonly SourceScalar[] {
  const scalars: SourceScalar[] = [];
  const seen = new Set<string>();
  for (const item of value.kind === 'list' ? value.items : []) {
    if (item.kind !== 'scalar' || item.value === null) continue;
    const text = String(item.value).toLowerCase();
    if (seen.has(text)) findings.report('duplicate-matrix-value', item, { name: key, value: String(item.value) });
    else scalars.push(item);
    seen.add(text);
  }
  return scalars;
}

function typeOf(scalars: readonly SourceScalar[]): ValueType {
  const kinds = new Set(scalars.map(({ value }) => typeof value));
  const [only] = kinds;
  const isUnclear = scalars.some(({ value }) => typeof value === 'string' && isTemplate(value));
  if (kinds.size !== 1 || only === undefined || isUnclear) return 'any';
  return only === 'number' || only === 'boolean' ? only : 'text';
}

type Values = Combination['values'];

function combine(values: ReadonlyMap<string, readonly SourceScalar[]>): readonly Values[] {
  let combinations: readonly Values[] = values.size === 0 ? [] : [{}];
  for (const [name, scalars] of values) {
    combinations = combinations.flatMap((combination) =>
      scalars.map(({ value }) => ({ ...combination, [name]: value ?? '' })),
    );
  }
  return combinations;
}

const MAX_ID_LENGTH = 64;

function nameCombinations(
  combinations: readonly Values[],
  { longestStepId }: { readonly longestStepId: number },
): readonly Combination[] {
  const spoken = combinations.map((values) => Object.values(values).map(slug).join('-'));
  const isTold = spoken.every(
    (id) => id !== '' && !/^-|--|-$/.test(id) && longestStepId + 1 + id.length <= MAX_ID_LENGTH,
  );
  const digits = String(combinations.length).length;
  const counted = combinations.map((_, index) => String(index + 1).padStart(digits, '0'));
  const ids = isTold && new Set(spoken).size === spoken.length ? spoken : counted;
  return combinations.map((values, index) => ({ id: ids[index] ?? '', values }));
}

function slug(value: string | number | boolean): string {
  return String(value)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}
