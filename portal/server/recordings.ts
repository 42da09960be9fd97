import type { Ports } from '../../workflows/engine/ports.ts';
import type { EntityFile } from '../../workflows/plan/speech-entities.ts';
import { Kept } from './kept.ts';
import { type PortalContext, PortalProblem } from './portal-context.ts';
import type { ResourceSource } from './sources.ts';

/** Where a recording is. */
export interface RecordingPlace {
  /** The name that addresses have for the Speech resource. */
  readonly resource: string;
  /** The id of the dataset. */
  readonly dataset: string;
  /** The name of the recording in the archive of the dataset, or in whichever folder of it when only one has it. */
  readonly name: string;
}

/** The address of a recording for an `<audio>`, which can open it for some hours. */
export function recordingAddress(
  { ticketed }: Pick<PortalContext, 'ticketed'>,
  { resource, dataset, name }: RecordingPlace,
): string {
  const parts = [resource, 'datasets', dataset, 'audio', name].map((part) => encodeURIComponent(part.toWellFormed()));
  return ticketed(`/api/resources/${parts.join('/')}`);
}

/** The zip of a dataset's recordings; undefined when it has none. */
export async function archiveOf(ports: Ports, dataset: string): Promise<EntityFile | undefined> {
  const files = await ports.speech.datasets.files(dataset);
  return files.find(({ kind }) => kind === 'AcousticDataArchive' || kind === 'Audio');
}

/** Recordings of datasets, some of which are kept for the next range that is asked for. */
export class Recordings {
  readonly #kept = new Kept<Uint8Array>({ most: mostKeptBytes, sizeOf: ({ byteLength }) => byteLength });

  /** Throws a {@link PortalProblem} when there is no such recording, or it is too large. */
  async read(source: ResourceSource, { dataset, name }: Omit<RecordingPlace, 'resource'>): Promise<Uint8Array> {
    const key = JSON.stringify([source.id, dataset, name]);
    return await this.#kept.of(key, async () => await readOnce(source, { dataset, name }));
  }
}

async function readOnce(
  source: ResourceSource,
  { dataset, name }: Omit<RecordingPlace, 'resource'>,
): Promise<Uint8Array> {
  return await source.borrow(async (ports, signal) => {
    const archive = await archiveOf(ports, dataset);
    if (archive === undefined)
      throw new PortalProblem('This dataset has no archive of its recordings', { status: 404 });
    const found = await ports.speech.readRecordings(archive, [name], { mostBytes: mostRecordingBytes, signal });
    const audio = found.get(name);
    if (audio === undefined)
      throw new PortalProblem(`The archive of this dataset has no recording ${name} of at most 32 MiB`, {
        status: 404,
      });
    return audio;
  });
}

const mostRecordingBytes = 32 * 1024 ** 2;
const mostKeptBytes = 64 * 1024 ** 2;
