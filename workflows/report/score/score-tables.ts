import { formatRate } from '../../document/rates.ts';
import { groupScores } from '../../scoring/group-scores.ts';
import { errorPatterns } from '../../scoring/error-patterns.ts';
import type { Score } from '../../scoring/score-utterances.ts';
import type { Interval } from '../../scoring/significance/few-utterances.ts';
import { serviceRate, tokenErrors } from '../../scoring/token-errors.ts';
import type { TermCounts } from '../../scoring/terms.ts';
import { isWithinBound, type ScoreReport } from './score-report.ts';

/** A table of a report. Its title is ours; cells of its header and its rows are texts of anybody. */
export interface ScoreTable {
  readonly title: string;
  readonly header: readonly string[];
  /** Whether the first cell of each row is ours, too. */
  readonly namesRows?: boolean;
  readonly rows: readonly (readonly string[])[];
}

/** What is decided by: the name of each line and its value. The rate comes first, then how sure it is, and whether it is within the bound. */
export function decisionRows(report: ScoreReport): readonly (readonly [string, string])[] {
  const { score, interval } = report;
  const nothing = `none: the references have no ${unitsOf(score).toLowerCase()}`;
  const rate = score.wordErrorRate === null ? nothing : formatRate(score.wordErrorRate, besideRate(report));
  const bound = boundText(report);
  return [
    [rateName(score), `${rate} (${rulesName(score)})`],
    ...(interval === undefined ? [] : [['95 % interval', intervalText(interval)] as const]),
    ...(bound === undefined ? [] : [['Bound', bound] as const]),
  ];
}

/** What the rate is counted from. Beside another model the counts of both stand in a table of their own. */
export function countRows({ score, comparison }: ScoreReport): readonly (readonly [string, string])[] {
  const { counts, sentenceErrorRate } = score;
  const size = [
    ['Utterances', String(score.utterances.length)],
    [unitsOf(score), String(score.words)],
  ] as const;
  if (comparison !== undefined) return size;
  return [
    [
      'Sentence error rate',
      sentenceErrorRate === null ? 'none: there are no references' : formatRate(sentenceErrorRate),
    ],
    ...size,
    ['Correct', String(counts.correct)],
    ['Substitutions', String(counts.substitutions)],
    ['Deletions', String(counts.deletions)],
    ['Insertions', String(counts.insertions)],
    ['Errors', String(score.errors)],
  ];
}

/** Whether the rate is within the bound, with both; undefined without a bound. */
function boundText(report: ScoreReport): string | undefined {
  const { score, maxWer } = report;
  if (maxWer === undefined) return undefined;
  const { wordErrorRate } = score;
  const allowed = formatRate(maxWer, wordErrorRate === null ? [] : [wordErrorRate]);
  if (wordErrorRate === null) return `not passed: there is no rate, allowed is ${allowed}`;
  const rate = formatRate(wordErrorRate, besideRate(report));
  return isWithinBound(report)
    ? `passed: ${rate}, allowed is ${allowed}`
    : `not passed: ${rate} is above the ${allowed} that are allowed`;
}

function besideRate({ maxWer }: ScoreReport): readonly number[] {
  return maxWer === undefined ? [] : [maxWer];
}

export function intervalText({ low, high }: Interval): string {
  return `${formatRate(low)} to ${formatRate(high)}`;
}

function unitsOf({ unit }: Pick<Score, 'unit'>): string {
  return { word: 'Words', char: 'Characters', token: 'Tokens' }[unit];
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

/** The tables of details, those that have a row: groups, terms, and the words that were missed. */
export function detailTables(report: ScoreReport): readonly ScoreTable[] {
  const { score, most } = report;
  const { confusions, missed, inserted } = errorPatterns(score.utterances);
  const word = nameOfUnit[score.unit];
  const tables: readonly ScoreTable[] = [
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

/** More groups than a person compares are cut, as with `most`: a field may have another value in each utterance. */
const mostGroups = 50;

function groupTables({ groups, score, comparison, most }: ScoreReport): readonly ScoreTable[] {
  if (groups === undefined) return [];
  const shown = Math.max(most, mostGroups);
  const others = new Map(
    groupScores(comparison?.against.utterances ?? [], groups.valueOf).map(({ value, ...other }) => [value, other]),
  );
  return [
    {
      title: titleOf('Groups', groups.groups.length, shown),
      header: [
        groups.by,
        'rate',
        ...(comparison === undefined ? [] : ['rate against']),
        'utterances',
        `${nameOfUnit[score.unit]}s`,
        'C',
        'S',
        'D',
        'I',
      ],
      rows: groups.groups.slice(0, shown).map(({ value, utterances, words, counts, wordErrorRate }) => {
        const other = others.get(value)?.wordErrorRate ?? null;
        return [
          value ?? '(none)',
          rateCell(wordErrorRate, other === null ? [] : [other]),
          ...(comparison === undefined ? [] : [rateCell(other, wordErrorRate === null ? [] : [wordErrorRate])]),
          ...[utterances, words, counts.correct, counts.substitutions, counts.deletions, counts.insertions].map(String),
        ];
      }),
    },
  ];
}

/** Terms with most faults first, those never said last: that a list names what no recording has is a fault of one of both. */
function termTables({ terms, againstTerms, most }: ScoreReport): readonly ScoreTable[] {
  if (terms === undefined) return [];
  const faults = ({ misses, falseAlarms }: TermCounts): number => misses + falseAlarms;
  const said = ({ hits, misses }: TermCounts): number => hits + misses;
  const all = terms.terms
    .map((term, index) => ({ term, beside: againstTerms?.terms[index] }))
    .toSorted((one, other) => faults(other.term) - faults(one.term) || said(other.term) - said(one.term));
  const unsaid = terms.terms.filter((term) => said(term) === 0).length;
  const counts = ({ hits, misses, falseAlarms }: TermCounts): readonly string[] =>
    [hits, misses, falseAlarms].map(String);
  const cells = (counted: TermCounts, beside: TermCounts | undefined): readonly string[] => [
    String(said(counted)),
    ...counts(counted),
    ...(beside === undefined ? [] : counts(beside)),
  ];
  const [rate, other] = [terms.termErrorRate, againstTerms?.termErrorRate ?? null];
  const shown = rate === null ? 'none: no term was said' : formatRate(rate, other === null ? [] : [other]);
  const against = rate === null || other === null ? '' : `, against ${formatRate(other, [rate])}`;
  const title = titleOf('Terms', all.length, most);
  return [
    {
      title: `${title}: term error rate ${shown}${against}${unsaid === 0 ? '' : `; ${unsaid} of ${all.length} never said`}`,
      header: [
        'term',
        'said',
        'hits',
        'misses',
        'false alarms',
        ...(againstTerms === undefined ? [] : ['against hits', 'against misses', 'against false alarms']),
      ],
      rows: [
        ...all.slice(0, most).map(({ term, beside }) => [term.name, ...cells(term, beside)]),
        ['(all terms)', ...cells(terms.total, againstTerms?.total)],
      ],
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

/** A rate in a table, told apart from those beside it. */
export function rateCell(rate: number | null, beside: readonly number[]): string {
  return rate === null ? 'none' : formatRate(rate, beside);
}
