import type { OutOfVocabulary, RecordingStatistics, SetStatistics } from '../../data/statistics/set-statistics.ts';
import { table } from '../../report/markdown-table.ts';
import { tableText } from '../../report/table.ts';

/** What a set has besides faults, as a table for a terminal. */
export function setStatisticsText(statistics: SetStatistics): string {
  return tableText(['statistics', ''], rowsOf(statistics));
}

/** The same in Markdown. */
export function setStatisticsMarkdown(statistics: SetStatistics): string {
  return `${table(['statistics', ''], rowsOf(statistics))}\n`;
}

type Row = readonly [what: string, value: string];

function rowsOf({ lines, recordings, words, differentWords, outOfVocabulary }: SetStatistics): readonly Row[] {
  return [
    ['lines', number(lines)],
    ...(recordings === undefined ? [] : recordingRows(recordings)),
    ...(words === 0 ? [] : ([['words', `${number(words)}, ${number(differentWords)} different`]] as const)),
    ...(outOfVocabulary === undefined ? [] : unknownRows(outOfVocabulary)),
  ];
}

function recordingRows({ count, hours, shortest, median, longest, durations }: RecordingStatistics): readonly Row[] {
  const spans = durations.flatMap(({ below, count: within }, index) => {
    const from = durations[index - 1]?.below ?? 0;
    return within === 0
      ? []
      : [`${number(within)} of ${below === undefined ? `${from} s and more` : `${from} to ${below} s`}`];
  });
  return [
    ['recordings', `${number(count)}, ${hours.toFixed(2)} h`],
    ['durations', `${seconds(shortest)} to ${seconds(longest)}, median ${seconds(median)}`],
    ['', spans.join(', ')],
  ];
}

function unknownRows({ words, share, differentWords, examples }: OutOfVocabulary): readonly Row[] {
  const told = `${number(words)} (${(share * 100).toFixed(1)} %), ${number(differentWords)} different`;
  const listed = examples.map(({ word, count }) => (count === 1 ? word : `${word} (${number(count)})`));
  return [['out of vocabulary', told], ...(listed.length === 0 ? [] : ([['', listed.join(', ')]] as const))];
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
