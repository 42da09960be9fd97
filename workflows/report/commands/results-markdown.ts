import type {
  ResultsComparison,
  ResultsDocument,
  ResultsRate,
  ResultsSet,
  ResultsSlice,
  ResultsStep,
  ResultsSwap,
  ResultsTerm,
} from '../../../schemas/types.gen.ts';
import { formatRate } from '../../document/rates.ts';
import { isLeftOut } from '../../engine/run-record.ts';
import { shortHash } from '../../plan/plan.ts';
import { deadText } from '../dead-text.ts';
import { list, section, shortTable, table } from '../markdown-table.ts';
import { namedAt } from '../../document/named-at.ts';
import { noiseText } from '../noise-text.ts';
import { formatSpan } from './run-text.ts';

/** The evidence for a pull request, a wiki or the summary of a job, in Markdown: the verdict and why, steps, rates, swaps, ends. */
export function resultsMarkdown(document: ResultsDocument): string {
  const { title, status, verdict, steps, sets, swaps, expiry, cost = [] } = document;
  return [
    `# ${deadText(title)}: ${status ?? { true: 'passed', false: 'not passed', null: 'measured' }[`${verdict.passed}`]}`,
    deadText(verdict.sentence),
    madeLine(document),
    ...section('Why', list(verdict.reasons)),
    ...section('Steps', table(['step', 'status', 'time', 'outcome'], steps.map(stepRow))),
    ...section(
      'Rates',
      table(['step', 'set', 'model', 'rate', '95 % interval', 'errors', 'words'], sets.flatMap(rateRows)),
    ),
    ...section(
      'Comparisons',
      table(['step', 'difference', '95 % interval', 'p-value', 'verdict', 'decision'], sets.flatMap(comparisonRow)),
    ),
    ...section('Sets that do not pass', list(sets.flatMap(failedSet))),
    ...section(
      'Slices',
      shortTable(
        ['step', 'by', 'value', 'rate', 'against', '95 % interval', 'words', 'bounds', 'why'],
        sliceRows(sets),
      ),
    ),
    ...section(
      'Terms',
      [list(sets.flatMap(termsSentence)), termTable(sets)].filter((text) => text !== '').join('\n\n'),
    ),
    ...section('Noise', list(sets.flatMap(noiseText))),
    ...section('Swaps', table(['endpoint', 'serves', 'before', 'tried', 'proof', 'failures'], swaps.map(swapRow))),
    ...section(
      'Ends',
      table(
        ['what', 'name', 'ends', 'then'],
        expiry.map((end) => [end.kind, namedAt(end.name, end), end.ends.slice(0, 10), end.consequence]),
      ),
    ),
    ...section('Billed', list(cost.map(({ what, amount, unit }) => `${amount} ${unit}: ${what}`))),
    ...section(
      'Not known',
      list(sets.flatMap(({ id, incomplete }) => (incomplete === undefined ? [] : [`${id}: ${incomplete}`]))),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function madeLine({ runId, made }: ResultsDocument): string {
  const { startedAt, finishedAt, program, by, host, commit, branch, planHash } = made;
  const run = runId === undefined ? [] : [`Run ${deadText(runId)}`];
  const time =
    startedAt === undefined
      ? `ended ${deadText(finishedAt)}`
      : `started ${deadText(startedAt)}, in ${formatSpan({ startedAt, finishedAt })}`;
  return [
    ...run,
    ...(planHash === undefined ? [] : [`plan ${deadText(shortHash(planHash))}`]),
    time,
    ...(commit === undefined
      ? []
      : [`commit ${deadText(commit)}${branch === undefined ? '' : ` of ${deadText(branch)}`}`]),
    ...(by === undefined ? [] : [`by ${deadText(by)}`]),
    ...(host === undefined ? [] : [`on ${deadText(host)}`]),
    deadText(program),
  ]
    .join(', ')
    .concat('.');
}

function stepRow({ id, status, sentence, reason, startedAt, finishedAt }: ResultsStep): readonly string[] {
  const time =
    isLeftOut({ status }) || startedAt === undefined || finishedAt === undefined
      ? ''
      : formatSpan({ startedAt, finishedAt });
  const because = reason === undefined ? '' : isLeftOut({ status }) ? reason : `because ${reason}`;
  return [id, status, time, [sentence, because].filter((text) => text !== '').join(', ')];
}

function rateRows({
  id,
  title,
  model,
  rate,
  against,
  againstRate,
  incomplete,
}: ResultsSet): readonly (readonly string[])[] {
  const values = [rate.value, againstRate?.value].filter((value) => typeof value === 'number');
  const noInterval = incomplete === undefined ? '' : 'incomplete';
  const row = (name: string, { value, low, high, errors, words }: ResultsRate): readonly string[] => [
    id,
    title,
    name,
    value === null ? 'none' : formatRate(value, values),
    low === undefined || high === undefined ? noInterval : `${formatRate(low)} to ${formatRate(high)}`,
    errors === undefined ? '' : String(errors),
    words === undefined ? '' : String(words),
  ];
  return [row(model, rate), ...(againstRate === undefined ? [] : [row(against ?? '', againstRate)])];
}

function comparisonRow({ id, comparison, decision }: ResultsSet): readonly (readonly string[])[] {
  if (comparison === undefined && decision === undefined) return [];
  const figures = comparison === undefined ? ['', '', '', ''] : difference(comparison);
  return [[id, ...figures, decision?.sentence ?? '']];
}

function difference({ delta, deltaLow, deltaHigh, pValue, together, verdict }: ResultsComparison): readonly string[] {
  const interval =
    deltaLow === undefined || deltaHigh === undefined ? '' : `${points(deltaLow)} to ${points(deltaHigh)}`;
  const adjusted = together === undefined ? '' : ` (Holm, ${together} together)`;
  const chance = `${pValue < 0.0001 ? 'below 0.0001' : pValue.toFixed(4)}${adjusted}`;
  return [`${points(delta)} points`, interval, chance, verdict];
}

function points(rate: number): string {
  const text = (rate * 100).toFixed(2);
  return rate > 0 ? `+${text}` : text.replace(/^-(0\.00)$/, '$1');
}

function failedSet({ id, passed, sentence }: ResultsSet): readonly string[] {
  return passed === false ? [`${id}: ${sentence ?? 'not within its bounds'}`] : [];
}

/** Those that do not pass first, else in the order of the sets. */
function sliceRows(sets: readonly ResultsSet[]): readonly (readonly string[])[] {
  const slices = sets.flatMap(({ id, slices: ofSet }) => ofSet.map((slice) => ({ id, ...slice })));
  const rank = ({ passed }: ResultsSlice): number => (passed === false ? 0 : 1);
  return slices
    .toSorted((one, other) => rank(one) - rank(other))
    .map(({ id, by, value, rate, againstRate, passed, sentence = '' }) => {
      const values = [rate.value, againstRate?.value].filter((one) => typeof one === 'number');
      const shown = (one: number | null): string => (one === null ? 'none' : formatRate(one, values));
      return [
        id,
        by,
        value ?? '(none)',
        shown(rate.value),
        againstRate === undefined ? '' : shown(againstRate.value),
        rate.low === undefined || rate.high === undefined ? '' : `${formatRate(rate.low)} to ${formatRate(rate.high)}`,
        rate.words === undefined ? '' : String(rate.words),
        passed === undefined ? '' : passed ? 'within' : 'beyond',
        sentence,
      ];
    });
}

function termsSentence({ id, termsSentence: sentence }: ResultsSet): readonly string[] {
  return sentence === undefined ? [] : [`${id}: ${sentence}`];
}

/** Those with most errors first. */
function termTable(sets: readonly ResultsSet[]): string {
  const errors = ({ misses, falseAlarms }: ResultsTerm): number => misses + falseAlarms;
  const rows = sets
    .flatMap(({ id, terms = [] }) => terms.map((term) => ({ id, ...term })))
    .toSorted((one, other) => errors(other) - errors(one))
    .map(({ id, name, hits, misses, falseAlarms }) => [id, name, String(hits), String(misses), String(falseAlarms)]);
  return shortTable(['step', 'term', 'recognised', 'missed', 'made up'], rows);
}

function swapRow(swap: ResultsSwap): readonly string[] {
  const { endpoint, model, previousModel, triedModel, proof, failures } = swap;
  return [
    namedAt(endpoint, swap),
    model,
    previousModel ?? '',
    triedModel ?? '',
    proof,
    failures === undefined ? '' : String(failures),
  ];
}
