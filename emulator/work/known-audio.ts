import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '../recognition/read-wav.ts';
import { contentOf } from './recognition-models.ts';
import { settled } from './settle.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

/** Audio that came through the control API lies under this owner. */
const owner = 'known-audio';

/**
 * Tells the resource what is said in all audio it has reason to know: folders of WAV files, audio that came through the
 * control API, and Acoustic datasets. Throws when a folder cannot be used.
 */
export async function learnAllAudio(resource: SpeechResource, directories: readonly string[]): Promise<void> {
  for (const directory of directories) await learnDirectory(resource, directory);
  for (const { name } of await resource.contents.list(owner, '')) {
    if (!name.endsWith('.json')) continue;
    const { transcript } = JSON.parse((await resource.contents.read(owner, name)).toString('utf8')) as {
      transcript: string;
    };
    addClip(resource, { name, transcript, bytes: await resource.contents.read(owner, name.replace('.json', '.wav')) });
  }
  for (const dataset of resource.store.all('datasets')) {
    if (dataset.kind !== 'Acoustic' || dataset.status !== 'Succeeded') continue;
    const content = await contentOf(resource, { datasetId: dataset.id, ...dataset }).catch((error: unknown) => {
      resource.settings.log(
        `datasets/${dataset.id}: its audio is not known, ${error instanceof Error ? error.message : error}`,
      );
    });
    for (const clip of content?.clips ?? []) resource.library.add(clip);
  }
}

/** Tells the resource what is said in the recordings of all datasets whose import is due by now, whether anybody has read them or not. */
export async function learnDueAudio(resource: SpeechResource): Promise<void> {
  const now = resource.clock.now();
  for (const { id, kind, progress } of resource.store.all('datasets')) {
    if (kind === 'Acoustic' && progress !== undefined && progress.dueAt <= now) await settled(resource, 'datasets', id);
  }
}

/** Tells the resource what is said in a WAV file, and keeps it. Throws an Error when it is not a usable WAV file. */
export async function learnAudio(
  resource: SpeechResource,
  audio: { readonly bytes: Uint8Array; readonly transcript: string },
): Promise<{ readonly seconds: number }> {
  const name = createHash('sha256').update(audio.bytes).digest('hex');
  const learnt = addClip(resource, { ...audio, name: `${name}.wav` });
  await resource.contents.write(owner, { name: `${name}.wav`, content: audio.bytes });
  await resource.contents.write(owner, {
    name: `${name}.json`,
    content: JSON.stringify({ transcript: audio.transcript }),
  });
  return learnt;
}

async function learnDirectory(resource: SpeechResource, directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: unknown) => {
    throw new Error(`Cannot learn audio from ${directory}: it is not a folder that can be read`, { cause: error });
  });
  const lists = names.filter((name) => /\.(txt|tsv)$/i.test(name));
  const list = lists.find((name) => /^trans\./i.test(name)) ?? lists[0];
  if (list === undefined) {
    throw new Error(`Cannot learn audio from ${directory}: it has no trans.txt with lines of file.wav<TAB>text`);
  }
  const text = (await readFile(join(directory, list), 'utf8')).replace(/^\uFEFF/, '');
  for (const line of text.split(/\r?\n/)) {
    const [name = '', transcript = ''] = line.split('\t').map((part) => part.trim());
    if (name === '' || transcript === '' || !names.includes(name)) continue;
    addClip(resource, { name, transcript, bytes: await readFile(join(directory, name)) });
  }
}

function addClip(
  resource: SpeechResource,
  audio: { readonly name: string; readonly bytes: Uint8Array; readonly transcript: string },
): { readonly seconds: number } {
  const wav = readWav(audio.bytes);
  if (wav.kind === 'fault') throw new Error(`Cannot learn the audio ${audio.name}: it ${wav.message}`);
  resource.library.add({
    name: audio.name,
    transcript: audio.transcript,
    samples: wav.samples,
    sampleRate: wav.sampleRate,
  });
  return { seconds: wav.samples.length / wav.sampleRate };
}
