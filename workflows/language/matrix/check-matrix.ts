import type { Findings, Span } from '../../document/diagnostics/diagnostics.ts';
import { entryAt, isTemplate, scalarText, valueAt, writtenSteps } from '../../document/yaml/plain-value.ts';
import { combine, lower, type MatrixItem } from './matrix-combinations.ts';
import { nameCombinations } from './name-combinations.ts';
import { nearestName } from '../../document/nearest-name.ts';
import { type Combination, takenBackBy, waveName, waveOf } from '../pipeline.ts';
import type { SourceEntry, SourceMap, SourceNode, SourceScalar } from '../../document/yaml/read-document.ts';
import type { ValueType } from '../../expressions/value-type.ts';

/** More combinations, or more copies of steps, are refused: a mistake in a list is found before anything is planned. */
const MAX_COMBINATIONS = 256;
const MAX_COPIES = 10_000;
/** Each combination is compared with every item of `include` and `exclude`. */
const MAX_NAMES = 64;
const MAX_ITEMS = 1000;

/** The matrix that a pipeline declares. */
export interface Matrix {
  /** The different values of each name, as they are written: those of its list, then those of `include`. */
  readonly values: ReadonlyMap<string, readonly SourceScalar[]>;
  /** The type that `matrix.<name>` has in expressions; in a combination without the value it is null, as everywhere. */
  readonly types: ReadonlyMap<string, ValueType>;
  /** None when there are too many, or when the values have faults. */
  readonly combinations: readonly Combination[];
  /** The names that `exclude` uses and the lists do not have; they are reported already. */
  readonly unknown: ReadonlySet<string>;
  /** The items of `exclude` that remove nothing. */
  readonly idle: readonly Span[];
  /** Whether its combinations start in waves. */
  readonly hasWaves: boolean;
}

/**
 * The matrix of a document whose schema was checked, or undefined when it has none. Combinations are ordered like the
 * values, the last name first, then those that `include` makes.
 */
export function checkMatrix(document: SourceMap, findings: Findings): Matrix | undefined {
  const strategy = valueAt(document, 'strategy');
  const matrix = strategy?.kind === 'map' ? entryAt(strategy, 'matrix') : undefined;
  if (matrix?.value.kind !== 'map') return undefined;
  const hasWaves = valueAt(strategy, 'waves') !== undefined;
  const listed = matrix.value.entries.filter(({ key }) => key !== 'include' && key !== 'exclude');
  const lists = new Map(listed.map((entry) => [entry.key, scalarsOf(entry, findings)]));
  const include = itemsOf(valueAt(matrix.value, 'include'));
  const written = itemsOf(valueAt(matrix.value, 'exclude'));
  const names = new Set([...lists.keys(), ...include.flatMap((item) => [...item.values.keys()])]);
  const items = include.length + written.length;
  if (names.size > MAX_NAMES || items > MAX_ITEMS) {
    const limits = { names: names.size, maxNames: MAX_NAMES, items, maxItems: MAX_ITEMS };
    findings.report('matrix-too-complex', matrix.keySpan, limits);
    const types = new Map([...names].map((name) => [name, 'any' as const]));
    return { values: new Map(), types, unknown: new Set(), combinations: [], idle: [], hasWaves };
  }
  const unknown = unknownNames(written, { lists, findings });
  const exclude = written.filter((item) => [...item.values.keys()].every((name) => lists.has(name)));
  const values = withIncluded(lists, include);
  const types = new Map([...values].map(([name, scalars]) => [name, typeOf(scalars)]));
  const nothing = { values, types, unknown, combinations: [], idle: [], hasWaves };

  // With a name that is not meant, nobody knows what the combinations are.
  if (unknown.size > 0) return nothing;
  const multiplied = writtenSteps(document).filter(({ node, isFinally }) => !isFinally && !isDoneOnce(node));
  const isTooLarge = (combinations: number): boolean => {
    if (combinations <= MAX_COMBINATIONS && combinations * multiplied.length <= MAX_COPIES) return false;
    const limits = { maxCombinations: MAX_COMBINATIONS, maxCopies: MAX_COPIES };
    findings.report('matrix-too-large', matrix.keySpan, { combinations, steps: multiplied.length, ...limits });
    return true;
  };
  if (isTooLarge([...lists.values()].reduce((product, scalars) => product * scalars.length, 1))) return nothing;
  const { combinations, idle, repeated } = combine({ lists, exclude, include });
  if (isTooLarge(combinations.length)) return nothing;
  for (const item of repeated) findings.report('duplicate-combination', item, {});
  const left = entryAt(matrix.value, 'exclude')?.keySpan;
  if (combinations.length === 0 && left !== undefined && findings.errors() === 0)
    findings.report('no-combination', left, {});

  const longestStepId = multiplied.reduce((longest, { node }) => {
    const id = scalarText(valueAt(node, 'id')) ?? '';
    const isTakenBack = hasWaves && takenBackBy(scalarText(valueAt(node, 'uses')) ?? '') !== undefined;
    return Math.max(longest, (isTakenBack ? backId(id) : id).length);
  }, 0);
  return {
    ...nothing,
    combinations: nameCombinations(combinations, { names: [...values.keys()], listed: lists.size, longestStepId }),
    idle,
  };
}

/** Reports the items of `exclude` that remove nothing, unless something else is wrong that may be the reason. */
export function checkExclude(matrix: Matrix | undefined, findings: Findings): void {
  if (findings.errors() > 0) return;
  for (const item of matrix?.idle ?? []) findings.report('exclude-without-effect', item, {});
}

/**
 * Reports combinations that are of no wave, and waves of no combination, unless something else is wrong that may be the reason. Each
 * name of a wave is told once.
 */
export function checkWaves(document: SourceMap, matrix: Matrix | undefined, findings: Findings): void {
  const strategy = valueAt(document, 'strategy');
  const waves = strategy?.kind === 'map' ? entryAt(strategy, 'waves') : undefined;
  if (waves?.value.kind !== 'list' || matrix === undefined || findings.errors() > 0) return;
  const named = waves.value.items.filter((item) => item.kind === 'scalar');
  const allowed = named.map(({ value }) => String(value));
  const told = new Set<string>();
  for (const combination of matrix.combinations) {
    const { [waveName]: value } = combination.values;
    const wave = String(value);
    if (value === undefined) {
      findings.report('combination-without-wave', waves.keySpan, { combination: combination.id });
      return;
    }
    if (allowed.includes(wave) || told.has(wave)) continue;
    told.add(wave);
    const at = matrix.values.get(waveName)?.find((scalar) => String(scalar.value) === wave) ?? waves.keySpan;
    const nearest = nearestName(wave, allowed);
    findings.report('unknown-wave', at, { combination: combination.id, wave, allowed, nearest });
  }
  if (told.size > 0) return;
  const used = new Set(matrix.combinations.map(waveOf));
  for (const item of named)
    if (!used.has(String(item.value))) findings.report('empty-wave', item, { wave: String(item.value) });
}

/** The id of a step's copy for a combination. */
export function copyId(stepId: string, combination: Combination): string {
  return `${stepId}-${combination.id}`;
}

/** The id of the step that takes a step back, before the matrix multiplies it. */
export function backId(stepId: string): string {
  return `${stepId}-back`;
}

/** Whether a step says that it is done once, whatever the matrix. */
export function isDoneOnce(step: SourceNode): boolean {
  const once = valueAt(step, 'once');
  return once?.kind === 'scalar' && once.value === true;
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

/** The items of `include` or `exclude` that can be read; what is wrong with the others the schema has told. */
function itemsOf(list: SourceNode | undefined): readonly MatrixItem[] {
  return (list?.kind === 'list' ? list.items : []).flatMap((item) => {
    const first = item.kind === 'map' ? item.entries[0] : undefined;
    const last = item.kind === 'map' ? item.entries.at(-1) : undefined;
    if (item.kind !== 'map' || first === undefined || last === undefined) return [];
    const values = new Map(
      item.entries.flatMap(({ key, value, keySpan }) =>
        value.kind === 'scalar' && value.value !== null ? [[key, { ...value, keySpan }] as const] : [],
      ),
    );
    const span = { start: first.keySpan.start, end: last.value.end };
    return values.size === item.entries.length ? [{ values, ...span }] : [];
  });
}

/** Reports the names in `exclude` that have no list, each where it is read first. */
function unknownNames(
  items: readonly MatrixItem[],
  { lists, findings }: { readonly lists: ReadonlyMap<string, unknown>; readonly findings: Findings },
): ReadonlySet<string> {
  const unknown = new Set<string>();
  const allowed = [...lists.keys()];
  for (const [name, { keySpan }] of items.flatMap(({ values }) => [...values])) {
    if (lists.has(name) || unknown.has(name)) continue;
    unknown.add(name);
    findings.report('unknown-exclude-name', keySpan, () => ({ name, allowed, nearest: nearestName(name, allowed) }));
  }
  return unknown;
}

function withIncluded(
  lists: ReadonlyMap<string, readonly SourceScalar[]>,
  include: readonly MatrixItem[],
): ReadonlyMap<string, readonly SourceScalar[]> {
  const values = new Map([...lists].map(([name, scalars]) => [name, [...scalars]]));
  const seen = new Map([...lists].map(([name, scalars]) => [name, new Set(scalars.map(({ value }) => lower(value)))]));
  for (const [name, scalar] of include.flatMap((item) => [...item.values])) {
    const known = seen.get(name) ?? new Set();
    if (!known.has(lower(scalar.value))) values.set(name, [...(values.get(name) ?? []), scalar]);
    seen.set(name, known.add(lower(scalar.value)));
  }
  return values;
}

function typeOf(scalars: readonly SourceScalar[]): ValueType {
  const kinds = new Set(scalars.map(({ value }) => typeof value));
  const [only] = kinds;
  const isUnclear = scalars.some(({ value }) => typeof value === 'string' && isTemplate(value));
  if (kinds.size !== 1 || only === undefined || isUnclear) return 'any';
  return only === 'number' || only === 'boolean' ? only : 'text';
}
