import { counted } from '../../document/counted.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatRate } from '../../document/rates.ts';
import type { ComparedUtterance } from '../../scoring/compare-scores.ts';
import { errorsIn, rateOf, wordsIn, worstFirst } from '../../scoring/rank-utterances.ts';
import type { Score, UtteranceScore } from '../../scoring/score-utterances.ts';
import { painter } from '../paint.ts';
import { tableText } from '../table.ts';
import { comparisonTables } from './comparison-tables.ts';
import { type DiffPart, plainDiff } from './diff-words.ts';
import type { ScoreReport } from './score-report.ts';
import { countRows, decisionRows, detailTables, nameOfUnit, type ScoreTable, titleOf } from './score-tables.ts';

/** The report for a terminal: what is decided by first, then two models side by side, and then the details. */
export function scoreText(report: ScoreReport, { color }: { readonly color: boolean }): string {
  const { score, most, comparison, files } = report;
  const paint = painter({ color });
  const show = (kind: DiffPart['kind'], text: string): string => paint(kind, escapeControls(text));
  const diffOf = (utterance: UtteranceScore): string => plainDiff(utterance, { unit: score.unit, show });
  const section = (title: string, body: string): string => `\n${paint('heading', escapeControls(title))}\n${body}`;
  const worst = worstFirst(score.utterances);
  const lists =
    comparison === undefined
      ? [
          {
            title: titleOf('Worst utterances', worst.length, most),
            entries: worst.map((utterance) => [heading(utterance, score), `  ${diffOf(utterance)}`]),
          },
        ]
      : (['worse', 'better'] as const).map((change) => ({
          title: titleOf(change === 'worse' ? 'Became worse' : 'Became better', comparison[change].length, most),
          entries: comparison[change].map((pair) => pairLines(pair, { files, diffOf })),
        }));
  const lines = (rows: readonly (readonly [string, string])[]): string =>
    rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join('');
  const tables = (all: readonly ScoreTable[]): readonly string[] =>
    all.map(({ title, header, rows }) => section(title, tableText(header, rows)));
  return [
    lines([...decisionRows(report), ...countRows(report)]),
    ...tables(comparisonTables(report)),
    ...lists.flatMap(({ title, entries }) =>
      entries.length === 0 || most === 0 ? [] : [section(title, entries.slice(0, most).map(linesOf).join(''))],
    ),
    ...tables(detailTables(report)),
  ].join('');
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** `u7: 3 errors in 12 words, 25.0 %`. */
function heading({ id, counts }: UtteranceScore, { unit }: Pick<Score, 'unit'>): string {
  const rate = rateOf(counts);
  const words = counted(wordsIn(counts), nameOfUnit[unit]);
  const said = `${id}: ${counted(errorsIn(counts), 'error')} in ${words}`;
  return escapeControls(rate === null ? said : `${said}, ${formatRate(rate)}`);
}

function pairLines(
  { id, score, against }: ComparedUtterance,
  { files, diffOf }: { readonly files: ScoreReport['files']; readonly diffOf: (of: UtteranceScore) => string },
): readonly string[] {
  const [here, there] = [errorsIn(score.counts), errorsIn(against.counts)];
  const [name, other] = [files.hypotheses, files.against ?? ''].map(escapeControls) as [string, string];
  const width = Math.max(name.length, other.length);
  return [
    escapeControls(`${id}: ${counted(here, 'error')}, ${there} in ${other}`),
    `  ${name.padEnd(width)}  ${diffOf(score)}`,
    `  ${other.padEnd(width)}  ${diffOf(against)}`,
  ];
}
