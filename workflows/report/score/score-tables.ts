import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import type { Significance } from '../../scoring/compare-scores.ts';
import { errorPatterns } from '../../scoring/error-patterns.ts';
import type { Score } from '../../scoring/score-utterances.ts';
import { serviceRate, tokenErrors } from '../../scoring/token-errors.ts';
import type { ScoreReport } from './score-report.ts';

/** A table of a report. Its title is ours; cells of its header and its rows are texts of anybody. */
export interface ScoreTable {
  readonly title: string;
  readonly header: readonly string[];
  /** Whether the first cell of each row is ours, too. */
  readonly namesRows?: boolean;
  readonly rows: readonly (readonly string[])[];
}

/** What the counts come to: the name of each line and its value. */
export function summaryRows({ score, maxWer }: ScoreReport): readonly (readonly [string, string])[] {
  const { unit, counts, wordErrorRate, sentenceErrorRate } = score;
  const units = { word: 'Words', char: 'Characters', token: 'Tokens' }[unit];
  const nothing = `none: the references have no ${units.toLowerCase()}`;
  const beside = maxWer === undefined ? [] : [maxWer];
  const rate = wordErrorRate === null ? nothing : formatRate(wordErrorRate, beside);
  return [
    [rateName(score), `${rate} (${rulesName(score)})`],
    [
      'Sentence error rate',
      sentenceErrorRate === null ? 'none: there are no references' : formatRate(sentenceErrorRate),
    ],
    ['Utterances', String(score.utterances.length)],
    [units, String(score.words)],
    ['Correct', String(counts.correct)],
    ['Substitutions', String(counts.substitutions)],
    ['Deletions', String(counts.deletions)],
    ['Insertions', String(counts.insertions)],
    ['Errors', String(score.errors)],
  ];
}

/** What the rate was counted by: rates of other rules cannot be compared with it. */
export function rulesName({ profile, profileVersion, rules, mergeCompounds, marks = {} }: Score): string {
  return [
    `profile ${profile} ${profileVersion}`,
    rules !== undefined && `rules ${rules.name} ${rules.digest}`,
    mergeCompounds && 'compounds merged',
    marks.alternations === true && 'alternations',
    marks.optionalWords === true && 'optional words',
    marks.fragments === true && 'fragments',
  ]
    .filter((rule) => rule !== false)
    .join(', ');
}

/** What is counted, as a report calls one of it. */
export const nameOfUnit: Readonly<Record<Score['unit'], string>> = { word: 'word', char: 'character', token: 'token' };

/** `Word error rate`, or `Character error rate`. */
export function rateName({ unit }: Pick<Score, 'unit'>): string {
  return { word: 'Word error rate', char: 'Character error rate', token: 'Token error rate' }[unit];
}

/** The tables behind the summary, those that have a row: two models, groups, terms, and the words that were missed. */
export function scoreTables(report: ScoreReport): readonly ScoreTable[] {
  const { score, most } = report;
  const { confusions, missed, inserted } = errorPatterns(score.utterances);
  const word = nameOfUnit[score.unit];
  const tables: readonly ScoreTable[] = [
    ...comparisonTables(report),
    ...groupTables(report),
    ...termTables(report),
    ...tokenTables(report),
    {
      title: titleOf('Confusion pairs', confusions.length, most),
      header: ['said', 'recognised', 'times'],
      rows: confusions.slice(0, most).map((pair) => [pair.reference, pair.hypothesis, String(pair.count)]),
    },
    {
      title: titleOf(`Most missed ${word}s`, missed.length, most),
      header: [word, 'times', 'deleted', 'substituted'],
      rows: missed
        .slice(0, most)
        .map((entry) => [entry.word, String(entry.count), String(entry.deleted), String(entry.substituted)]),
    },
    {
      title: titleOf(`Most inserted ${word}s`, inserted.length, most),
      header: [word, 'times'],
      rows: inserted.slice(0, most).map((entry) => [entry.word, String(entry.count)]),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

/** A title that says how many there are where not all are shown. */
export function titleOf(title: string, all: number, most: number): string {
  return all > most ? `${title} (${most} of ${all})` : title;
}

function comparisonTables({ comparison, files }: ScoreReport): readonly ScoreTable[] {
  if (comparison === undefined) return [];
  const { score, against, better, worse } = comparison;
  const sides = [score, against];
  const rates = sides.flatMap(({ wordErrorRate }) => wordErrorRate ?? []);
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
        [rateName(score), ...sides.map(({ wordErrorRate }) => rateCell(wordErrorRate, rates))],
        [
          'Sentence error rate',
          ...sides.map(({ sentenceErrorRate }) =>
            rateCell(
              sentenceErrorRate,
              sides.flatMap((side) => side.sentenceErrorRate ?? []),
            ),
          ),
        ],
        countRow('Correct', ({ counts }) => counts.correct),
        countRow('Substitutions', ({ counts }) => counts.substitutions),
        countRow('Deletions', ({ counts }) => counts.deletions),
        countRow('Insertions', ({ counts }) => counts.insertions),
        countRow('Errors', ({ errors }) => errors),
        // Each utterance is better on one side at most.
        ['Better utterances', String(better.length), String(worse.length)],
      ],
    },
    ...(comparison.significance === undefined ? [] : [differenceTable(comparison.significance, files.hypotheses)]),
  ];
}

/** Whether chance explains the difference, and how that was found out. */
function differenceTable(significance: Significance, name: string): ScoreTable {
  const { delta, pValue, probabilityOfImprovement, matchedPairs, verdict, words, utterances, drawn, seed } =
    significance;
  const isOne = verdict === 'better' || verdict === 'worse';
  const few = `too few to decide: ${counted(utterances, 'utterance')}, ${counted(words, 'word')}`;
  const said = isOne ? `${name} is ${verdict}` : verdict === 'too few' ? few : 'none that chance does not explain';
  return {
    title: 'Difference',
    namesRows: true,
    header: ['', name],
    rows: [
      ['Verdict', said],
      ['Difference', `${points(delta.value)} points, 95 % interval ${points(delta.low)} to ${points(delta.high)}`],
      ['Probability of improvement', formatRate(probabilityOfImprovement)],
      ['p-value', `${probability(pValue)} (permutation test), ${probability(matchedPairs.pValue)} (MAPSSWE)`],
      ['Drawn', `${drawn === 'groups' ? 'speakers' : 'utterances'}, 10,000 times, seed ${seed}`],
    ],
  };
}

function points(rate: number): string {
  const text = (rate * 100).toFixed(2);
  return rate > 0 ? `+${text}` : text.replace(/^-(0\.00)$/, '$1');
}

function probability(value: number): string {
  return value < 0.0001 ? 'below 0.0001' : value.toFixed(4);
}

/** More groups than a person compares are cut, as with `most`: a field may have another value in each utterance. */
const mostGroups = 50;

function groupTables({ groups, score, most }: ScoreReport): readonly ScoreTable[] {
  if (groups === undefined) return [];
  const shown = Math.max(most, mostGroups);
  return [
    {
      title: titleOf('Groups', groups.groups.length, shown),
      header: [groups.by, 'rate', 'utterances', `${nameOfUnit[score.unit]}s`, 'C', 'S', 'D', 'I'],
      rows: groups.groups
        .slice(0, shown)
        .map(({ value, utterances, words, counts, wordErrorRate }) => [
          value ?? '(none)',
          rateCell(wordErrorRate, []),
          ...[utterances, words, counts.correct, counts.substitutions, counts.deletions, counts.insertions].map(String),
        ]),
    },
  ];
}

function termTables({ terms, most }: ScoreReport): readonly ScoreTable[] {
  if (terms === undefined) return [];
  const { total, termErrorRate } = terms;
  const found = terms.terms
    .filter(({ hits, misses, falseAlarms }) => hits + misses + falseAlarms > 0)
    .toSorted((one, other) => other.misses + other.falseAlarms - one.misses - one.falseAlarms);
  const cells = (counts: typeof total): readonly string[] =>
    [counts.hits + counts.misses, counts.hits, counts.misses, counts.falseAlarms].map(String);
  const rate = termErrorRate === null ? 'none: no term was said' : formatRate(termErrorRate);
  return [
    {
      title: `${titleOf('Terms', found.length, most)}: term error rate ${rate}`,
      header: ['term', 'said', 'hits', 'misses', 'false alarms'],
      rows: [...found.slice(0, most).map((term) => [term.name, ...cells(term)]), ['(all terms)', ...cells(total)]],
    },
  ];
}

/** What is wrong with displayed text, by kind. */
function tokenTables({ score }: ScoreReport): readonly ScoreTable[] {
  if (score.unit !== 'token' || score.errors === 0) return [];
  const { punctuation, capitalization, inverseTextNormalization, lexical } = tokenErrors(score.utterances);
  const rate = serviceRate(score);
  return [
    {
      title: `Token errors${rate === null ? '' : `: ${formatRate(rate)} as the service divides, by all tokens of both sides`}`,
      namesRows: true,
      header: ['', 'edits', 'share'],
      rows: Object.entries({
        punctuation,
        capitals: capitalization,
        numbers: inverseTextNormalization,
        words: lexical,
      }).map(([name, edits]) => [name, String(edits), formatRate(edits / score.errors)]),
    },
  ];
}

function rateCell(rate: number | null, beside: readonly number[]): string {
  return rate === null ? 'none' : formatRate(rate, beside);
}
