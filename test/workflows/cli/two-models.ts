import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { acousticZip, recordings, wavOf } from '../../emulator/acoustic-zip.ts';
import { type Client, idOf } from '../../emulator/client.ts';
import { gardening, ward, wardNotes } from '../../emulator/recognition/spoken-texts.ts';

/** Smoke audio in `smoke` of a folder, which an emulator with it among its audio directories understands. */
export async function writeSmokeAudio(folder: string): Promise<void> {
  const clips = recordings('smoke', ['good morning how are you doing today']);
  await mkdir(path.join(folder, 'smoke'));
  for (const clip of clips) await writeFile(path.join(folder, 'smoke', clip.name), wavOf(clip));
  const lines = clips.map(({ name, transcript }) => `${name}\t${transcript}\n`);
  await writeFile(path.join(folder, 'smoke/trans.txt'), lines.join(''));
}

/** Two models that an evaluation has measured both, and that differ on its recordings, by their ids. */
export async function makeTwoModels(client: Client): Promise<{ readonly first: string; readonly second: string }> {
  const first = await client.model([await client.text(gardening)], { displayName: 'gardening' });
  const second = await client.model([await client.text(wardNotes)], { displayName: 'ward-notes' });
  const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('test', ward.slice(0, 12))));
  const models = { model1: { self: first.self }, model2: { self: second.self } };
  const made = await client.create('/evaluations', { displayName: 'both', locale: 'en-US', dataset, ...models });
  await client.finished(made.self);
  return { first: idOf(first.self), second: idOf(second.self) };
}
