import { formatRate } from '../../document/rates.ts';
import { errorsIn, rateOf, worstFirst } from '../../scoring/rank-utterances.ts';
import type { UtteranceScore } from '../../scoring/score-utterances.ts';
import { deadText } from '../dead-text.ts';
import { comparisonTables } from './comparison-tables.ts';
import { plainDiff } from './diff-words.ts';
import type { ScoreReport } from './score-report.ts';
import { countRows, decisionRows, detailTables, rateName, type ScoreTable, titleOf } from './score-tables.ts';

/** The report in Markdown, for a pull request or the summary of a job. */
export function scoreMarkdown(report: ScoreReport): string {
  const { score, files } = report;
  const [[, rate] = ['', ''], ...decided] = decisionRows(report);
  const counts = countRows(report);
  return [
    `# ${rateName(score)}: ${rate}`,
    ...decided.map(([name, value]) => `${name}: ${value}`),
    `${deadText(files.hypotheses)} against ${deadText(files.references)}`,
    ...comparisonTables(report).flatMap(tableLines),
    table(
      counts.map(([name]) => name),
      [counts.map(([, value]) => value)],
    ),
    ...[...utteranceTables(report), ...detailTables(report)].flatMap(tableLines),
  ]
    .join('\n\n')
    .concat('\n');
}

function tableLines({ title, header, rows, namesRows = false }: ScoreTable): readonly string[] {
  return [
    `## ${title}`,
    table(
      header.map((cell) => (/^[a-z ]*$/i.test(cell) ? cell : deadText(cell))),
      rows.map((row) => row.map((cell, column) => (namesRows && column === 0 ? cell : cellText(cell)))),
    ),
  ];
}

/** Numbers and rates are as they are. */
function cellText(cell: string): string {
  return /^\d+(\.\d+ %( to \d+\.\d+ %)?)?$/.test(cell) ? cell : deadText(cell);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The worst utterances; with another hypothesis those that became worse or better. */
function utteranceTables({ score, most, comparison, files }: ScoreReport): readonly ScoreTable[] {
  const diffOf = (utterance: UtteranceScore): string => plainDiff(utterance, { unit: score.unit });
  const worst = worstFirst(score.utterances);
  const tables: readonly ScoreTable[] =
    comparison === undefined
      ? [
          {
            title: titleOf('Worst utterances', worst.length, most),
            header: ['id', 'errors', 'rate', 'said and recognised'],
            rows: worst.slice(0, most).map((utterance) => {
              const rate = rateOf(utterance.counts);
              return [
                utterance.id,
                String(errorsIn(utterance.counts)),
                rate === null ? 'none' : formatRate(rate),
                diffOf(utterance),
              ];
            }),
          },
        ]
      : (['worse', 'better'] as const).map((change) => ({
          title: titleOf(change === 'worse' ? 'Became worse' : 'Became better', comparison[change].length, most),
          header: ['id', files.hypotheses, files.against ?? ''],
          rows: comparison[change]
            .slice(0, most)
            .map(({ id, score: here, against }) => [id, diffOf(here), diffOf(against)]),
        }));
  return tables.filter(({ rows }) => rows.length > 0);
}
