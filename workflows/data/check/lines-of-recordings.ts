import type { FoundPlace } from '../find-places.ts';
import { isTranscript } from '../read-transcript.ts';
import type { SpokenLine } from './checked-set.ts';
import { DataFindings } from './data-findings.ts';
import { openSource } from './reading/open-source.ts';
import { readText } from './reading/read-text.ts';

/** Where each recording of a folder or archive stands in its transcript, as `trans.txt:12`; of several lines the first. */
export async function linesOfRecordings(
  absolute: string,
  { roots }: { readonly roots: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const lines = new Map<string, string>();
  for (const { recording, path, line } of await linesOfTranscript(absolute, { cwd: '/', roots })) {
    if (!lines.has(recording)) lines.set(recording, `${path.slice(path.lastIndexOf('/') + 1)}:${line}`);
  }
  return lines;
}

/** What the transcript of a folder or archive says of recordings, as far as its lines have a tab; nothing where there is no transcript. */
export async function linesOfTranscript(
  given: FoundPlace,
  options: { readonly cwd: string; readonly roots?: readonly string[] | undefined },
): Promise<readonly SpokenLine[]> {
  const findings = new DataFindings({ most: 0 });
  const source = await openSource(given, { ...options, findings });
  const lines: SpokenLine[] = [];
  try {
    const transcript = source.files.find(({ name }) => isTranscript(name));
    if (transcript === undefined) return lines;
    const how = { takes: 'a transcript', kind: 'Acoustic', locale: '', purpose: undefined, depth: 'whole' } as const;
    for await (const { number, text } of readText(transcript, { ...how, findings })) {
      const tab = text.indexOf('\t');
      if (tab < 1) continue;
      lines.push({
        recording: text.slice(0, tab).trim(),
        text: text.slice(tab + 1).trim(),
        path: transcript.path,
        line: number,
      });
    }
    return lines;
  } finally {
    source.close();
  }
}
