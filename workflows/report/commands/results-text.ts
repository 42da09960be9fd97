import type { ResultsDocument, ResultsRate, ResultsSet } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatRate } from '../../document/rates.ts';
import { namedAt } from '../../document/named-at.ts';
import { noiseText } from '../noise-text.ts';
import { painter } from '../paint.ts';
import { tableText } from '../table.ts';

/** The evidence for a terminal: the verdict and why, rates, what chance explains, swaps and ends. */
export function resultsText(document: ResultsDocument, { color }: { readonly color: boolean }): string {
  const { title, verdict, sets, steps, swaps, expiry } = document;
  const paint = painter({ color });
  const section = (name: string, header: readonly string[], rows: readonly (readonly string[])[]): string =>
    rows.length === 0 ? '' : `\n${paint('heading', name)}\n${tableText(header, rows)}`;
  const word = { true: paint('succeeded', 'passed'), false: paint('failed', 'not passed'), null: 'measured' }[
    `${verdict.passed}`
  ];
  return [
    `${escapeControls(title)}: ${word}\n${escapeControls(verdict.sentence)}\n`,
    ...verdict.reasons.map((reason) => `- ${escapeControls(reason)}\n`),
    section('Rates', ['step', 'set', 'model', 'rate', '95 % interval', 'errors', 'words'], sets.flatMap(rateRows)),
    section('Differences', ['step', 'set', 'points', 'p-value', 'verdict', 'decision'], sets.flatMap(differenceRow)),
    section('Sets that do not pass', ['step', 'set', 'why'], sets.flatMap(failedSet)),
    section('Slices that do not pass', ['step', 'set', 'by', 'value', 'why'], sets.flatMap(failedSlices)),
    ...sets.flatMap(noiseText).map((text) => `\n${escapeControls(text)}\n`),
    section(
      'Steps',
      ['step', 'status', 'outcome'],
      steps.map(({ id, status, sentence }) => [id, status, sentence]),
    ),
    section(
      'Swaps',
      ['endpoint', 'serves', 'before', 'tried', 'proof'],
      swaps.map(({ endpoint, resource, model, previousModel = '', triedModel = '', proof }) => [
        namedAt(endpoint, { resource }),
        model,
        previousModel,
        triedModel,
        proof,
      ]),
    ),
    section(
      'Ends',
      ['ends', 'what', 'name', 'then'],
      expiry.map(({ ends, kind, name, resource, consequence }) => [
        ends.slice(0, 10),
        kind,
        namedAt(name, { resource }),
        consequence,
      ]),
    ),
    ...sets.flatMap(({ id, title: set, incomplete }) =>
      incomplete === undefined ? [] : [`\n${escapeControls(`${id}, ${set}: ${incomplete}`)}\n`],
    ),
  ].join('');
}

function rateRows({
  id,
  title,
  model,
  rate,
  against = '',
  againstRate,
  incomplete,
}: ResultsSet): readonly (readonly string[])[] {
  const beside = [rate.value, againstRate?.value ?? null].filter((value) => value !== null);
  const noInterval = incomplete === undefined ? '' : 'incomplete';
  const row = (name: string, { value, low, high, errors, words }: ResultsRate): readonly string[] => [
    id,
    title,
    name,
    value === null ? 'none' : formatRate(value, beside),
    low === undefined || high === undefined ? noInterval : `${formatRate(low)} to ${formatRate(high)}`,
    errors === undefined ? '' : String(errors),
    words === undefined ? '' : String(words),
  ];
  return [row(model, rate), ...(againstRate === undefined ? [] : [row(against, againstRate)])];
}

function differenceRow({ id, title, comparison, decision }: ResultsSet): readonly (readonly string[])[] {
  const decided = decision?.sentence ?? '';
  if (comparison === undefined) return decided === '' ? [] : [[id, title, '', '', '', decided]];
  const { delta, pValue, together, verdict } = comparison;
  const adjusted = together === undefined ? '' : ` (Holm, ${together} together)`;
  const chance = `${pValue < 0.0001 ? 'below 0.0001' : pValue.toFixed(4)}${adjusted}`;
  return [[id, title, (delta * 100).toFixed(2), chance, verdict, decided]];
}

function failedSet({ id, title, passed, sentence = '' }: ResultsSet): readonly (readonly string[])[] {
  return passed === false ? [[id, title, sentence]] : [];
}

function failedSlices({ id, title, slices }: ResultsSet): readonly (readonly string[])[] {
  return slices.flatMap(({ by, value, passed, sentence = '' }) =>
    passed === false ? [[id, title, by, value ?? '(none)', sentence]] : [],
  );
}
