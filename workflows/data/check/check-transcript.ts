import type { CheckContext } from './check-context.ts';
import type { SpokenLine } from './checked-set.ts';
import type { DataFile } from './data-file.ts';
import { readText } from './read-text.ts';

/** Checks the lines of a transcript, and answers those that say something of a recording that is there. */
export async function checkTranscript(
  file: DataFile,
  { findings, recordings }: CheckContext & { readonly recordings: ReadonlySet<string> },
): Promise<{ readonly lines: number; readonly spoken: readonly SpokenLine[] }> {
  const spoken: SpokenLine[] = [];
  let lines = 0;
  for await (const { number, text } of readText(file, { findings })) {
    if (text.trim() === '') continue;
    lines += 1;
    const at = { path: file.path, line: number };
    const tab = text.indexOf('\t');
    if (tab < 1) {
      findings.report('no-tab', at, {});
      continue;
    }
    const recording = text.slice(0, tab).trim();
    if (!recordings.has(recording)) {
      findings.report(
        'missing-recording',
        { ...at, column: 1, endColumn: tab + 1, unit: recording },
        { name: recording },
      );
      continue;
    }
    spoken.push({ recording, text: text.slice(tab + 1).trim(), ...at });
  }
  return { lines, spoken };
}
