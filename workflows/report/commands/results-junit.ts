import type { ResultsDocument, ResultsNoise, ResultsRate, ResultsSet } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import { isLeftOut } from '../../engine/run-record.ts';
import { xmlText } from '../xml-text.ts';

/**
 * The evidence for what shows test results: a case for each step and, of each test set, for its rate, its slices, its terms, noise, and what
 * the step decided. A case fails where the step failed, where something is beyond its bound, and where that or noise refused a model that is
 * better by chance alone. It is skipped where nothing is wrong and nothing told: a step that was skipped, a part of too few words, a
 * model whose difference chance explains.
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
      ...(isLeftOut({ status }) ? { skipped: reason ?? '' } : {}),
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
  const { id, model, against = '', rate, bound, slices, comparison, incomplete, termsSentence, noise, decision } = set;
  const shown = (value: number | null): string =>
    value === null ? 'none' : formatRate(value, bound === undefined ? [] : [bound]);
  const isJudged = set.passed !== undefined || set.sentence !== undefined;
  const isAbove = bound !== undefined && !isJudged && (rate.value === null || rate.value > bound);
  const compared = comparison === undefined ? '' : `; against ${against}: ${comparison.verdict}`;
  const classname = `${title}.${id}`;
  // By chance alone the model is better, and something else spoke against it.
  const isRefused = comparison?.verdict === 'better' && decision?.better === false;
  return [
    {
      name: `rate of ${model}`,
      classname,
      ...(isAbove ? { failure: `${shown(rate.value)}, allowed is ${formatRate(bound)}` } : outcomeOf(set)),
      output: `${shown(rate.value)}${countsOf(rate)}${compared}${incomplete === undefined ? '' : `; incomplete: ${incomplete}`}`,
    },
    ...slices.map(({ by, value, ...slice }) => ({
      name: `${by} ${value ?? '(none)'}`,
      classname: `${classname}.slices`,
      ...outcomeOf(slice),
      output: `${shown(slice.rate.value)}${countsOf(slice.rate)}`,
    })),
    ...(termsSentence === undefined
      ? []
      : [
          {
            name: 'terms',
            classname,
            ...(set.termsPassed === false ? { failure: termsSentence } : {}),
            output: termsSentence,
          },
        ]),
    ...(noise === undefined
      ? []
      : [
          {
            name: 'noise',
            classname,
            ...noiseOutcome(noise, { isRefused }),
            output: noise.sentence,
          },
        ]),
    ...(decision === undefined
      ? []
      : [
          {
            name: `decision about ${model}`,
            classname,
            ...(decision.better ? {} : { [isRefused ? 'failure' : 'skipped']: decision.sentence }),
            output: decision.sentence,
          },
        ]),
  ];
}

/** Of a part that is held to bounds; without `passed` it has too few words, if it says anything. */
function outcomeOf({ passed, sentence }: Pick<ResultsSet, 'passed' | 'sentence'>): Pick<Case, 'failure' | 'skipped'> {
  if (passed === false) return { failure: sentence ?? 'not within its bounds' };
  return passed === undefined && sentence !== undefined ? { skipped: sentence } : {};
}

function noiseOutcome(
  { passed, unstable, sentence }: ResultsNoise,
  { isRefused }: { readonly isRefused: boolean },
): Pick<Case, 'failure' | 'skipped'> {
  if (isRefused && passed === false) return { failure: sentence };
  return unstable === undefined ? { skipped: sentence } : {};
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
