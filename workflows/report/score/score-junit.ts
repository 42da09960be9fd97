import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import { xmlText } from '../xml-text.ts';
import { plainDiff } from './diff-words.ts';
import { isWithinBound, type ScoreReport } from './score-report.ts';
import { rateName, rulesName } from './score-tables.ts';

/**
 * The report for what shows test results: a test case for the rate of all utterances, failed where it is above the bound, and one for each
 * utterance, which shows what was recognised otherwise and never fails: the bound is one of the rate of all.
 */
export function scoreJunit(report: ScoreReport): string {
  const { score, files, maxWer } = report;
  const beside = maxWer === undefined ? [] : [maxWer];
  const rateText = (rate: number | null): string => (rate === null ? 'none' : formatRate(rate, beside));
  const bound = maxWer === undefined ? '' : formatRate(maxWer);
  const name = rateName(score);
  const all = {
    name: `${name}, ${rulesName(score)}`,
    classname: files.hypotheses,
    failure: isWithinBound(report) ? undefined : `${name} ${rateText(score.wordErrorRate)}, allowed is ${bound}`,
    output: `${counted(score.errors, 'error')} in ${score.words}`,
  };
  const each = score.utterances.map((utterance) => ({
    name: utterance.id,
    classname: `${files.hypotheses}.utterances`,
    failure: undefined,
    output: plainDiff(utterance, { unit: score.unit }),
  }));
  const cases = [all, ...each];
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="speechops score" ${counts}>`,
    `  <testsuite name="${xmlText(files.references)}" ${counts} skipped="0">`,
    ...cases.map(({ name: title, classname, failure, output }) => {
      const head = `    <testcase classname="${xmlText(classname)}" name="${xmlText(title)}">`;
      const body =
        failure === undefined
          ? `<system-out>${xmlText(output)}</system-out>`
          : `<failure message="${xmlText(failure)}">${xmlText(output)}</failure>`;
      return `${head}${body}</testcase>`;
    }),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
