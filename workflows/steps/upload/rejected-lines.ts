import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { isUrl } from '../../document/signed-url.ts';
import { shownSource } from '../../document/url-secrets.ts';
import { cureOf } from '../../engine/service-failures.ts';
import type { StepContext } from '../../engine/step-kind.ts';
import type { Dataset } from '../../plan/speech-entities.ts';

/**
 * The lines of a dataset that the service has rejected: `place: reason (what to do)`, the place by file and line of the data where that
 * is known. At most 200; where the report cannot be read one line that says why, as of a resource with storage of its own.
 */
export async function rejectionsOf(
  dataset: Dataset,
  of: { readonly context: StepContext; readonly source: string; readonly wanted: UploadWith },
): Promise<readonly string[]> {
  const { context, source, wanted } = of;
  try {
    const files = await context.ports.speech.datasets.files(dataset.self, { signal: context.signal });
    const report = files.find((file) => file.kind === 'DatasetReport');
    if (report === undefined) return [];
    const text = await context.ports.speech.readFile(report, { signal: context.signal });
    const rejected = rejectedIn(JSON.parse(text));
    const places = isUrl(source) ? new Map<string, string>() : await context.ports.data.linesOf(source, wanted.kind);
    const told = rejected.slice(0, mostTold).map((line) => sentenceOf(line, { places, from: wanted.from }));
    const left = rejected.length - told.length;
    return left > 0 ? [...told, `and ${left.toLocaleString('en-US')} more in ${report.name} of the dataset`] : told;
  } catch (error) {
    context.signal.throwIfAborted();
    return [`Why is not known: ${error instanceof Error ? error.message : String(error)}`];
  }
}

const mostTold = 200;
const longestReason = 300;

/** A line of the service's report about a dataset. */
interface RejectedLine {
  /** The name of a recording, or `line 12`. */
  readonly place: string;
  readonly reason: string;
}

/** Of a report that is a list of lines, as the service's is seen to be; warnings about lines that it has taken are left out. */
function rejectedIn(report: unknown): readonly RejectedLine[] {
  const lines = (Array.isArray(report) ? report : []) as readonly Readonly<Record<string, unknown>>[];
  return lines.flatMap(({ filename, message, status }) => {
    if (typeof message !== 'string' || (status !== undefined && status !== 'Failed')) return [];
    const reason = message.replace(/^Error: /, '').replace(/\.$/, '');
    return [{ place: typeof filename === 'string' ? filename : '', reason: reason.slice(0, longestReason) }];
  });
}

function sentenceOf(
  { place, reason }: RejectedLine,
  { places, from }: { readonly places: ReadonlyMap<string, string>; readonly from: string },
): string {
  const cure = cureOf({ message: reason });
  return escapeControls(
    `${whereIs(place, { places, from: shownSource(from) })}: ${reason}${cure === undefined ? '' : ` (${cure})`}`,
  );
}

/** The place of a line in the data of the pipeline, as far as it is known there. */
function whereIs(
  place: string,
  { places, from }: { readonly places: ReadonlyMap<string, string>; readonly from: string },
): string {
  const line = /^line (\d+)$/.exec(place)?.[1];
  // Of recordings all lines are those of the one transcript.
  const [first] = places.values();
  const file = first === undefined ? from : `${from}/${first.replace(/:\d+$/, '')}`;
  if (line !== undefined) return `${file}:${line}`;
  const inTranscript = places.get(place) ?? places.get(path.posix.basename(place));
  return inTranscript === undefined ? `${from} ${place}` : `${from}/${inTranscript} ${place}`;
}
