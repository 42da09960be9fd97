import { type JsonSchema, schemaOfKind } from '../../../schemas/index.ts';
import { inlineReferences } from '../../../schemas/inline-references.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { valueAt } from '../../document/yaml/plain-value.ts';
import { formatRate, parseRate } from '../../document/rates.ts';
import type { SourceNode } from '../../document/yaml/read-document.ts';
import { powerInWords, smallestDifference } from '../../scoring/significance/power.ts';
import {
  isTooSmall,
  largestBound,
  type LocalTestSet,
  sizeAsked,
  whatToDo,
} from '../../scoring/significance/test-set-size.ts';
import type { CheckedStep } from './check-steps.ts';

/** A dataset that a step measures with, and whose recordings lie here. */
export interface LocalSet {
  readonly step: CheckedStep;
  /** Names the dataset. */
  readonly node: SourceNode;
  /** The settings of the step, or those of a further set in them. */
  readonly settings: SourceNode;
  /** The folders that it is uploaded from. */
  readonly from: readonly string[];
}

/**
 * Tells comparisons whose test set is too small for them, or cannot show the improvement that they ask for, and bounds for further sets, or
 * for parts of a test set, none of which is large enough.
 */
export function checkTestSets(
  sets: readonly LocalSet[],
  {
    testSetSize,
    findings,
  }: { readonly testSetSize: (places: readonly string[]) => LocalTestSet | undefined; readonly findings: Findings },
): void {
  const sizes = new Map<string, LocalTestSet | undefined>();
  for (const set of sets) {
    const { step, settings } = set;
    const from = set.from.join(', ');
    const size = sizes.has(from) ? sizes.get(from) : testSetSize(set.from);
    sizes.set(from, size);
    if (size === undefined) continue;
    const schema = inlineReferences(schemaOfKind(step.uses ?? '') ?? {});
    if (settings !== valueAt(step.node, 'with')) {
      checkFurtherSet(set, { size, schema: schema.properties?.['sets']?.items, findings });
      continue;
    }
    checkSlices(settings, { from, size, schema: schema.properties?.['slices'], findings });
    checkComparison(set, { size, schema, findings });
  }
}

interface Sized {
  readonly size: LocalTestSet;
  /** Of the settings. */
  readonly schema: JsonSchema | undefined;
  readonly findings: Findings;
}

function checkComparison({ step, settings, node, ...set }: LocalSet, { size, schema, findings }: Sized): void {
  const from = set.from.join(', ');
  const minWords = numberIn(settings, 'min-words', schema);
  if (valueAt(settings, 'against') === undefined || Number.isNaN(minWords)) return;
  const asked = sizeAsked(minWords);
  if (isTooSmall(size, asked)) {
    const hint = whatToDo(size, asked);
    findings.report('test-set-too-small', node, { step: step.id, from, size, asked, hint, isFurther: false });
    return;
  }
  const bound = valueAt(settings, 'min-improvement');
  const rate = numberIn(settings, 'min-improvement', schema);
  const isCoarse = !(rate > 0 && rate < smallestDifference(size.words));
  if (bound === undefined || isCoarse) return;
  findings.report('gate-too-fine', bound, { from, rate: formatRate(rate), shows: powerInWords(size.words) });
}

/** Tells bounds for parts of a test set none of which has words enough to be held to them. What a manifest tells is left to the run. */
function checkSlices(settings: SourceNode, { from, size, schema, findings }: Sized & { readonly from: string }): void {
  const written = valueAt(settings, 'slices');
  for (const cut of written?.kind === 'list' ? written.items : [written]) {
    const by = valueAt(cut, 'by');
    if (by === undefined || !isBounded(cut) || valueAt(cut, 'manifest') !== undefined) continue;
    const minWords = numberIn(cut, 'min-words', schema);
    if (Number.isNaN(minWords)) continue;
    const asked = sizeAsked(minWords);
    const { speakers = [] } = size;
    if (speakers.some((one) => !isTooSmall(one, asked))) continue;
    const [largest] = speakers
      .map((one) => ({ ...one, bound: largestBound(one) }))
      .toSorted((one, other) => other.bound - one.bound);
    findings.report('slices-too-small', by, { from, count: speakers.length, largest, asked });
  }
}

/** Tells bounds for a further test set that has too few words to be held to them. */
function checkFurtherSet({ step, settings, node, ...set }: LocalSet, { size, schema, findings }: Sized): void {
  const minWords = numberIn(settings, 'min-words', schema);
  if (!isBounded(settings) || Number.isNaN(minWords)) return;
  const asked = sizeAsked(minWords);
  if (!isTooSmall(size, asked)) return;
  const hint = whatToDo(size, asked);
  const from = set.from.join(', ');
  findings.report('test-set-too-small', node, { step: step.id, from, size, asked, hint, isFurther: true });
}

function isBounded(settings: SourceNode | undefined): boolean {
  return ['max-wer', 'max-regression'].some((key) => valueAt(settings, key) !== undefined);
}

/** A setting or its default; NaN where only the run knows it. */
function numberIn(settings: SourceNode | undefined, key: string, schema: JsonSchema | undefined): number {
  const written = valueAt(settings, key);
  if (written === undefined) return parseRateOrNumber(schema?.properties?.[key]?.default);
  return parseRateOrNumber(written.kind === 'scalar' ? written.value : undefined);
}

/** NaN where only the run knows it. */
function parseRateOrNumber(written: unknown): number {
  if (typeof written === 'number') return written;
  return typeof written === 'string' ? (parseRate(written) ?? Number.NaN) : Number.NaN;
}
