import type { UploadWith } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { cureOf } from '../../engine/service-failures.ts';
import type { StepContext } from '../../engine/step-kind.ts';
import { shownPlaces, urlOf } from '../../plan/data/data-places.ts';
import type { Dataset } from '../../plan/speech-entities.ts';

/**
 * The lines of a dataset that the service has rejected: `place: reason (what to do)`, the place by file and line of the data where that
 * is known. At most 200; where the report cannot be read one line that says why, as of a resource with storage of its own.
 */
export async function rejectionsOf(
  dataset: Dataset,
  of: {
    readonly context: StepContext;
    /** Of the pipeline. */
    readonly folder: string;
    readonly wanted: UploadWith;
    /** The part of the data that the dataset holds, from 0. */
    readonly part: number;
  },
): Promise<readonly string[]> {
  const { context, folder, wanted, part } = of;
  const { from, kind } = wanted;
  try {
    const files = await context.ports.speech.datasets.files(dataset.self, { signal: context.signal });
    const report = files.find((file) => file.kind === 'DatasetReport');
    if (report === undefined) return [];
    const text = await context.ports.speech.readFile(report, { signal: context.signal });
    const rejected = rejectedIn(JSON.parse(text));
    const named = rejected.slice(0, mostTold);
    const names = named.map(({ place }) => place);
    const places =
      urlOf(from) === undefined
        ? await context.ports.data.placesOf({ from, kind, folder, part }, names)
        : new Map(names.map((name) => [name, placeAtUrl(name, shownPlaces(from))]));
    const told = named.map(({ place, reason }) => sentenceOf(places.get(place) ?? place, reason));
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

function sentenceOf(place: string, reason: string): string {
  const cure = cureOf({ message: reason });
  return escapeControls(`${place}: ${reason}${cure === undefined ? '' : ` (${cure})`}`);
}

function placeAtUrl(place: string, url: string): string {
  const line = /^line (\d+)$/.exec(place)?.[1];
  return line === undefined ? `${url} ${place}` : `${url}:${line}`;
}
