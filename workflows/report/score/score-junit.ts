import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import type { ScoreComparison } from '../../scoring/compare-scores.ts';
import { xmlText } from '../xml-text.ts';
import { differenceRows } from './comparison-tables.ts';
import { plainDiff } from './diff-words.ts';
import { isWithinBound, type ScoreReport } from './score-report.ts';
import { rateCell, rateName, rulesName } from './score-tables.ts';

interface JunitCase {
  readonly name: string;
  readonly classname: string;
  readonly failure?: string | undefined;
  /** Lines. */
  readonly output: readonly string[];
}

/**
 * The report for what shows test results: a test case for the rate of all utterances, failed where it is above the bound, and one for each
 * utterance, which shows what was recognised otherwise and never fails: the bound is one of the rate of all. With another model one more says what became better or worse.
 */
export function scoreJunit(report: ScoreReport): string {
  const { score, files, maxWer, comparison } = report;
  const beside = maxWer === undefined ? [] : [maxWer];
  const rateText = (rate: number | null): string => (rate === null ? 'none' : formatRate(rate, beside));
  const bound = maxWer === undefined ? '' : formatRate(maxWer);
  const name = rateName(score);
  const all: JunitCase = {
    name: `${name}, ${rulesName(score)}`,
    classname: files.hypotheses,
    failure: isWithinBound(report) ? undefined : `${name} ${rateText(score.wordErrorRate)}, allowed is ${bound}`,
    output: [`${counted(score.errors, 'error')} in ${score.words}`],
  };
  const each = score.utterances.map((utterance): JunitCase => ({
    name: utterance.id,
    classname: `${files.hypotheses}.utterances`,
    output: [plainDiff(utterance, { unit: score.unit })],
  }));
  const cases = [all, ...(comparison === undefined ? [] : [comparedCase(comparison, files)]), ...each];
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="speechops score" ${counts}>`,
    `  <testsuite name="${xmlText(files.references)}" ${counts} skipped="0">`,
    ...cases.map(({ name: title, classname, failure, output }) => {
      const head = `    <testcase classname="${xmlText(classname)}" name="${xmlText(title)}">`;
      const shown = output.map(xmlText).join('\n');
      const body =
        failure === undefined
          ? `<system-out>${shown}</system-out>`
          : `<failure message="${xmlText(failure)}">${shown}</failure>`;
      return `${head}${body}</testcase>`;
    }),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** Nothing bounds the difference, so that it fails nothing: the verdict is told. */
function comparedCase({ score, against, significance }: ScoreComparison, files: ScoreReport['files']): JunitCase {
  const sides = [score, against].map(({ wordErrorRate }) => wordErrorRate);
  const beside = sides.filter((rate) => rate !== null);
  const names = [files.hypotheses, files.against ?? ''];
  return {
    name: `compared with ${files.against ?? ''}`,
    classname: files.hypotheses,
    output: [
      ...names.map((name, index) => `${name}: ${rateCell(sides[index] ?? null, beside)}`),
      ...(significance === undefined ? [] : differenceRows(significance, files.hypotheses)).map((row) =>
        row.join(': '),
      ),
    ],
  };
}
