import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import type { Significance } from '../../scoring/compare-scores.ts';
import type { Score } from '../../scoring/score-utterances.ts';
import { shownInterval } from '../../scoring/significance/few-utterances.ts';
import type { Estimate } from '../../scoring/significance/paired-bootstrap.ts';
import type { ScoreReport } from './score-report.ts';
import { intervalText, rateCell, rateName, type ScoreTable } from './score-tables.ts';

/** Two models side by side, their difference, and whether chance explains it; nothing without another model. */
export function comparisonTables({ comparison, files }: ScoreReport): readonly ScoreTable[] {
  if (comparison === undefined) return [];
  const { score, against, better, worse, significance } = comparison;
  const sides = [score, against];
  const rateRow = (name: string, rateOf: (of: Score) => number | null): readonly string[] => [
    name,
    ...sides.map((side) =>
      rateCell(
        rateOf(side),
        sides.flatMap((one) => rateOf(one) ?? []),
      ),
    ),
  ];
  const countRow = (name: string, count: (of: Score) => number): readonly string[] => [
    name,
    ...sides.map((side) => String(count(side))),
  ];
  return [
    {
      title: 'Side by side',
      namesRows: true,
      header: ['', files.hypotheses, files.against ?? ''],
      rows: [
        rateRow(rateName(score), ({ wordErrorRate }) => wordErrorRate),
        ...intervalRows(significance),
        rateRow('Sentence error rate', ({ sentenceErrorRate }) => sentenceErrorRate),
        countRow('Correct', ({ counts }) => counts.correct),
        countRow('Substitutions', ({ counts }) => counts.substitutions),
        countRow('Deletions', ({ counts }) => counts.deletions),
        countRow('Insertions', ({ counts }) => counts.insertions),
        countRow('Errors', ({ errors }) => errors),
        // Each utterance is better on one side at most.
        ['Better utterances', String(better.length), String(worse.length)],
      ],
    },
    ...(significance === undefined
      ? []
      : [
          {
            title: 'Difference',
            namesRows: true,
            header: ['', files.hypotheses],
            rows: differenceRows(significance, files.hypotheses),
          },
        ]),
  ];
}

function intervalRows(significance: Significance | undefined): readonly (readonly string[])[] {
  if (significance === undefined) return [];
  const { before, after, utterances } = significance;
  const shown = [after, before].flatMap((estimate) => shownInterval(estimate, utterances) ?? []);
  return shown.length === 0 ? [] : [['95 % interval', ...shown.map(intervalText)]];
}

/** Whether chance explains the difference of the two, and how that was found out: the name of each line and its value. */
export function differenceRows(significance: Significance, name: string): readonly (readonly [string, string])[] {
  const { delta, pValue, probabilityOfImprovement, matchedPairs, drawn, utterances, seed } = significance;
  return [
    ['Verdict', verdictText(significance, name)],
    ['Difference', `${points(delta.value)} points${differenceInterval(delta, utterances)}`],
    ['Probability of improvement', formatRate(probabilityOfImprovement)],
    ['p-value', `${probability(pValue)} (permutation test), ${probability(matchedPairs.pValue)} (MAPSSWE)`],
    ['Drawn', `${drawn === 'groups' ? 'speakers' : 'utterances'}, 10,000 times, seed ${seed}`],
  ];
}

function verdictText({ verdict, utterances, words }: Significance, name: string): string {
  switch (verdict) {
    case 'better':
    case 'worse':
      return `${name} is ${verdict}`;
    case 'no difference':
      return 'no difference beyond chance';
    case 'too few':
      return `too few to decide: ${counted(utterances, 'utterance')}, ${counted(words, 'word')}`;
  }
}

function differenceInterval(delta: Estimate, utterances: number): string {
  const interval = shownInterval(delta, utterances);
  return interval === undefined ? '' : `, 95 % interval ${points(interval.low)} to ${points(interval.high)}`;
}

function points(rate: number): string {
  const text = (rate * 100).toFixed(2);
  return rate > 0 ? `+${text}` : text.replace(/^-(0\.00)$/, '$1');
}

function probability(value: number): string {
  return value < 0.0001 ? 'below 0.0001' : value.toFixed(4);
}
