import type { RatePoint, RateSeries, RatesOverTime } from '../../evidence/rates-over-time.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatRate } from '../../document/rates.ts';
import { deadText } from '../dead-text.ts';
import { section, table } from '../markdown-table.ts';
import { painter } from '../paint.ts';
import { tableText } from '../table.ts';

/** Several runs for a terminal: the rates of each test set from run to run, and how the runs ended. */
export function historyText({ runs, series }: RatesOverTime, { color }: { readonly color: boolean }): string {
  const paint = painter({ color });
  const painted = ({ title, header, rows }: Table): string =>
    `${paint('heading', escapeControls(title((name) => name)))}\n${tableText(header, rows)}`;
  return tablesOf({ runs, series }).map(painted).join('\n');
}

/** The same in Markdown. */
export function historyMarkdown(history: RatesOverTime): string {
  return tablesOf(history)
    .flatMap(({ title, header, rows }) => section(title(deadText), table(header, rows)))
    .join('\n\n')
    .concat('\n');
}

interface Table {
  /** Ours, with names of anybody as they are to be shown. */
  readonly title: (shown: (name: string) => string) => string;
  /** Ours; the rows are texts of anybody. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function tablesOf({ runs, series }: RatesOverTime): readonly Table[] {
  const rowOf = (
    { run, model, rate, incomplete, change }: RatePoint,
    points: readonly RatePoint[],
  ): readonly string[] => {
    const beside = points.flatMap(({ rate: { value } }) => value ?? []);
    const { value, low, high, words } = rate;
    return [
      runs[run]?.name ?? '',
      (runs[run]?.finishedAt ?? '').slice(0, 10),
      model,
      `${value === null ? 'none' : formatRate(value, beside)}${incomplete === undefined ? '' : ', incomplete'}`,
      low === undefined || high === undefined ? '' : `${formatRate(low)} to ${formatRate(high)}`,
      change === undefined ? '' : `${change > 0 ? '+' : ''}${(change * 100).toFixed(2)}`,
      String(words),
    ];
  };
  return [
    ...series.map(({ points, ...one }) => ({
      title: (shown: (name: string) => string) => titleOf(one, shown),
      header: ['run', 'ended', 'model', 'rate', '95 % interval', 'change in points', unitsOf[one.unit]],
      rows: points.map((point) => rowOf(point, points)),
    })),
    {
      title: () => 'Runs',
      header: ['run', 'ended', 'passed', 'what it came to'],
      rows: runs.map(({ name, finishedAt, passed, sentence }) => [
        name,
        finishedAt,
        { true: 'yes', false: 'no', null: '' }[`${passed}`],
        sentence,
      ]),
    },
  ];
}

function titleOf(
  { title, step, data, unit, profile, profileVersion, rules, mergeCompounds }: Omit<RateSeries, 'points'>,
  shown: (name: string) => string,
): string {
  const named = (what: string, name: string | undefined): string =>
    name === undefined ? '' : `, ${what} ${shown(name)}`;
  const own = named('rules', rules);
  const set = `${shown(title)}${named('step', step)}${named('data', data)}`;
  return `${set}: ${unit === 'char' ? 'character' : unit} error rate, profile ${shown(profile)} ${profileVersion}${own}${mergeCompounds ? ', compounds merged' : ''}`;
}

const unitsOf: Readonly<Record<RateSeries['unit'], string>> = { word: 'words', char: 'characters', token: 'tokens' };
