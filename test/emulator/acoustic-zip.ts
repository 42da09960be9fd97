import type { Clip } from '../../emulator/recognition/dataset-content.ts';
import { craftZip } from './ingest/craft-zip.ts';
import { makeClip } from './recognition/make-clip.ts';
import { makeWav } from './recognition/make-wav.ts';

/** Recordings of these sentences, the same ones for the same name. */
export function recordings(name: string, sentences: readonly string[]): readonly Clip[] {
  return sentences.map((sentence, index) => makeClip(`${name}${index}.wav`, sentence));
}

export function wavOf(clip: Clip): Buffer {
  return makeWav(clip.samples, { sampleRate: clip.sampleRate });
}

/** An Acoustic dataset as it is uploaded: the WAV files and a trans.txt. */
export function acousticZip(clips: readonly Clip[]): Buffer {
  const transcript = clips.map((clip) => `${clip.name}\t${clip.transcript}`).join('\n');
  return craftZip([
    ...clips.map((clip) => ({ name: clip.name, content: wavOf(clip) })),
    { name: 'trans.txt', content: Buffer.from(`\uFEFF${transcript}\n`) },
  ]);
}
