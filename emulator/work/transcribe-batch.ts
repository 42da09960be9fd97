import { setImmediate } from 'node:timers/promises';
import { batchResult, milliseconds } from '../protocol/transcription-result.ts';
import { readWav, type Wav, type WavFault } from '../recognition/read-wav.ts';
import { recognisePhrases } from '../recognition/recognise-phrases.ts';
import { dateTime } from '../state/date-time.ts';
import type { EntityFile, Transcription } from '../state/entities.ts';
import { writeEntityFile } from '../state/entity-files.ts';
import type { SpeechResource, WorkResult } from '../state/speech-resource.ts';
import { download } from './download.ts';
import { blobsOf } from './list-container.ts';
import { contentOf, recogniserOf } from './recognition-models.ts';
import { unknownAudio } from './unknown-audio.ts';

/** Microsoft Learn: Speech service quotas and limits. */
const longestFile = 1024 ** 3;

/** A recording of a batch: where it came from, without what gives access to it, and its samples or why there are none. */
interface Recording {
  readonly source: string;
  read(): Promise<Pick<Wav, 'kind' | 'samples' | 'sampleRate'> | Pick<WavFault, 'kind' | 'message'>>;
}

/**
 * Recognises every recording of a batch, and writes a file for each and a report. Recordings that cannot be had or read are told in the
 * report; the transcription fails when all of them are such.
 */
export async function transcribeBatch(resource: SpeechResource, transcription: Transcription): Promise<WorkResult> {
  const recordings = await recordingsOf(resource, transcription);
  if (typeof recordings === 'string') return failed(recordings);
  const model = await recogniserOf(resource, transcription.model);
  const { wordLevelTimestampsEnabled, displayFormWordLevelTimestampsEnabled, diarization } = transcription.settings;
  const files: EntityFile[] = [];
  const details: { readonly source: string; readonly status: string; readonly errorMessage?: string }[] = [];
  let durationMilliseconds = 0;
  for (const [index, { source, read }] of recordings.entries()) {
    const audio = await read();
    if (audio.kind === 'fault') {
      details.push({ source, status: 'Failed', errorMessage: audio.message });
      continue;
    }
    const { samples, sampleRate } = audio;
    const phrases = recognisePhrases({ samples, sampleRate }, { library: resource.library, model });
    if (phrases.every(({ words }) => words.length === 0)) resource.settings.log(unknownAudio);
    const result = batchResult(
      { sampleRate, length: samples.length, phrases },
      {
        source,
        timestamp: dateTime(resource.clock.now()),
        hasWords: wordLevelTimestampsEnabled === true,
        hasDisplayWords: displayFormWordLevelTimestampsEnabled === true,
        hasSpeakers: (diarization as { readonly enabled?: unknown } | undefined)?.enabled === true,
      },
    );
    const name = `contenturl_${index}.json`;
    const content = JSON.stringify(result);
    files.push(await writeEntityFile(resource, transcription.id, { name, kind: 'Transcription', content }));
    details.push({ source, status: 'Succeeded' });
    durationMilliseconds += milliseconds(samples.length, sampleRate);
    await setImmediate();
    resource.closing.throwIfAborted();
  }
  const report = {
    successfulTranscriptionsCount: files.length,
    failedTranscriptionsCount: details.length - files.length,
    details,
  };
  const content = JSON.stringify(report, null, 2);
  files.push(
    await writeEntityFile(resource, transcription.id, { name: 'report.json', kind: 'TranscriptionReport', content }),
  );
  const change: Partial<Transcription> = { files, durationMilliseconds };
  if (report.successfulTranscriptionsCount > 0) return { kind: 'succeeded', change };
  const why = details[0]?.errorMessage ?? 'there are no recordings.';
  return failed(`None of the recordings could be transcribed. First reason: ${why}`, change);
}

async function recordingsOf(
  resource: SpeechResource,
  { id, source }: Transcription,
): Promise<readonly Recording[] | string> {
  if (source.kind === 'evaluation') return 'The transcriptions of an evaluation are made by the evaluation.';
  if (source.kind === 'dataset') {
    const dataset = resource.store.get('datasets', source.datasetId);
    if (!dataset) return `Dataset ${source.datasetId} is not there.`;
    const { clips } = await contentOf(resource, { datasetId: dataset.id, ...dataset });
    return clips.map(({ name, samples, sampleRate }) => ({
      source: name,
      read: async () => ({ kind: 'wav', samples, sampleRate }),
    }));
  }
  const addresses = source.kind === 'urls' ? source.contentUrls : await blobsOf(resource, source.contentUrl);
  if (typeof addresses === 'string') return addresses;
  return addresses.map((address, index) => ({
    source: withoutQuery(address),
    read: () => readFrom(resource, address, { owner: id, name: `audio-${index}` }),
  }));
}

async function readFrom(
  resource: SpeechResource,
  address: string,
  place: { readonly owner: string; readonly name: string },
): Promise<Wav | Pick<WavFault, 'kind' | 'message'>> {
  const message = await download(resource, address, { ...place, maximumBytes: longestFile });
  if (message !== undefined) return { kind: 'fault', message };
  const wav = readWav(await resource.contents.read(place.owner, place.name));
  await resource.contents.remove(place.owner, place.name);
  return wav.kind === 'fault' ? { kind: 'fault', message: `The audio ${wav.message}.` } : wav;
}

function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

function failed(message: string, change: Partial<Transcription> = {}): WorkResult {
  const error = { code: 'InvalidRecordingsUri', message };
  return { kind: 'failed', change: { ...change, error } };
}
