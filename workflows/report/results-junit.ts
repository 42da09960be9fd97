import type { ResultsDocument, ResultsRate, ResultsSet } from '../../schemas/types.gen.ts';
import { counted } from '../document/counted.ts';
import { formatRate } from '../document/rates.ts';
import { xmlText } from './xml-text.ts';

/**
 * The evidence for what shows test results: a test case for each step, for the rate of each test set and for each slice. A case fails
 * where the step failed or the rate is beyond a bound; steps that were skipped are skipped cases.
 */
export function resultsJunit({ title, steps, sets, verdict }: ResultsDocument): string {
  const cases: readonly Case[] = [
    ...steps.map(({ id, uses, status, sentence, reason, startedAt, finishedAt }): Case => ({
      name: id,
      classname: `${title}.${uses}`,
      ...(startedAt === undefined || finishedAt === undefined
        ? {}
        : { seconds: (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 }),
      ...(status === 'failed' ? { failure: sentence } : {}),
      ...(status === 'skipped' ? { skipped: reason ?? '' } : {}),
      output: sentence,
    })),
    ...sets.flatMap((set) => setCases(set, title)),
  ];
  // What ends a run without a step that failed, such as its time.
  const isTold = verdict.passed !== false || cases.some(({ failure }) => failure !== undefined);
  const all = isTold
    ? cases
    : [...cases, { name: 'verdict', classname: title, failure: verdict.sentence, output: verdict.reasons.join('\n') }];
  const count = (has: (of: Case) => boolean): number => all.filter(has).length;
  const counts = `tests="${all.length}" failures="${count(({ failure }) => failure !== undefined)}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="speechops" ${counts}>`,
    `  <testsuite name="${xmlText(title)}" ${counts} skipped="${count(({ skipped }) => skipped !== undefined)}">`,
    ...all.map((one) => `    ${testCase(one)}`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly seconds?: number;
  readonly failure?: string;
  readonly skipped?: string;
  readonly output: string;
}

function setCases(set: ResultsSet, title: string): readonly Case[] {
  const { id, model, rate, bound, slices, comparison, incomplete } = set;
  const isAbove = bound !== undefined && (rate.value === null || rate.value > bound);
  const shown = (value: number | null): string =>
    value === null ? 'none' : formatRate(value, bound === undefined ? [] : [bound]);
  const compared = comparison === undefined ? '' : `; against ${set.against ?? ''}: ${comparison.verdict}`;
  return [
    {
      name: `rate of ${model}`,
      classname: `${title}.${id}`,
      ...(isAbove ? { failure: `${shown(rate.value)}, allowed is ${formatRate(bound)}` } : {}),
      ...(set.passed === false ? { failure: set.sentence ?? 'not within its bounds' } : {}),
      output: `${shown(rate.value)}${countsOf(rate)}${compared}${incomplete === undefined ? '' : `; incomplete: ${incomplete}`}`,
    },
    ...slices.map(({ by, value, rate: ofSlice, passed, sentence = '' }) => ({
      name: `${by} ${value ?? '(none)'}`,
      classname: `${title}.${id}.slices`,
      ...(passed === false ? { failure: sentence } : {}),
      output: `${shown(ofSlice.value)}${countsOf(ofSlice)}`,
    })),
  ];
}

function countsOf({ errors, words }: ResultsRate): string {
  return errors === undefined || words === undefined ? '' : `, ${counted(errors, 'error')} in ${words}`;
}

function testCase({ name, classname, seconds, failure, skipped, output }: Case): string {
  const time = seconds === undefined ? '' : ` time="${seconds.toFixed(3)}"`;
  const head = `<testcase classname="${xmlText(classname)}" name="${xmlText(name)}"${time}>`;
  const body =
    failure !== undefined
      ? `<failure message="${xmlText(failure)}">${xmlText(output)}</failure>`
      : skipped !== undefined
        ? `<skipped message="${xmlText(skipped)}"/>`
        : `<system-out>${xmlText(output)}</system-out>`;
  return `${head}${body}</testcase>`;
}
