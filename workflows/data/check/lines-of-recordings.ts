import { isTranscript } from '../read-transcript.ts';
import { DataFindings } from './data-findings.ts';
import { openSource } from './open-source.ts';
import { readText } from './read-text.ts';

/** Where each recording of a folder or archive stands in its transcript, as `trans.txt:12`; of several lines the first. */
export async function linesOfRecordings(
  absolute: string,
  { roots }: { readonly roots: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const findings = new DataFindings({ most: 0 });
  const source = await openSource(absolute, { cwd: '/', roots, findings });
  const lines = new Map<string, string>();
  try {
    const transcript = source.files.find(({ name }) => isTranscript(name));
    if (transcript === undefined) return lines;
    for await (const { number, text } of readText(transcript, {
      findings,
      takes: 'a transcript',
      kind: 'Acoustic',
      locale: '',
      purpose: undefined,
      depth: 'quick',
    })) {
      const recording = text.slice(0, Math.max(0, text.indexOf('\t'))).trim();
      if (recording !== '' && !lines.has(recording)) lines.set(recording, `${transcript.name}:${number}`);
    }
    return lines;
  } finally {
    source.close();
  }
}
