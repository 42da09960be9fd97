import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openArchive } from '../../emulator/ingest/open-archive.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import { DataError } from '../../workflows/engine/ports.ts';
import { makeWav } from '../emulator/recognition/make-wav.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText } from './mutate.ts';
import { allOf, withScratchFolder } from './scratch-folder.ts';

interface NamedFile {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * Folders of audio with odd names and transcripts: packing one gives the same zip twice, with every file in it under its name, or says
 * what is wrong with the data.
 */
export const fuzzPacking: FuzzLane = async (lane) =>
  await withScratchFolder(async (folder) => {
    const data = path.join(folder.path, 'data');
    const packed = path.join(folder.path, 'packed.zip');
    const local = createLocalData({ roots: [folder.path] });
    const check = async (files: readonly NamedFile[]): Promise<string | undefined> => {
      await rm(data, { recursive: true, force: true });
      await mkdir(data);
      for (const { name, content } of files) await writeFile(path.join(data, name), content);
      const pack = async (): Promise<Buffer | undefined> => {
        try {
          await local.describe(data, 'Acoustic');
          return await allOf(local.content(data, 'Acoustic'));
        } catch (error) {
          if (!(error instanceof DataError) || error.message === '') throw error;
          return undefined;
        }
      };
      const zip = await pack();
      const again = await pack();
      if (zip === undefined) return undefined;
      if (again?.equals(zip) !== true) return 'another zip the second time';
      await writeFile(packed, zip);
      const archive = await openArchive(packed);
      try {
        const wanted = (await readdir(data)).filter((name) => /\.(?:wav|txt|tsv)$/i.test(name)).toSorted();
        const found = archive.files.map(({ name }) => name).toSorted();
        if (JSON.stringify(found) !== JSON.stringify(wanted))
          return `packs ${JSON.stringify(found)} of ${JSON.stringify(wanted)}`;
        for (const file of archive.files) {
          const content = files.findLast(({ name }) => name === file.name)?.content;
          const isMarked = /\.wav$/i.test(file.name) || content?.indexOf(mark) === 0;
          const wantedBytes = content === undefined || isMarked ? content : Buffer.concat([mark, content]);
          if (wantedBytes?.equals(await file.read()) !== true) return `packs another content of ${file.name}`;
        }
      } finally {
        archive.close();
      }
      await local.utterances(data).catch((error: unknown) => {
        if (!(error instanceof DataError)) throw error;
      });
      return undefined;
    };
    return await fuzzDocuments(
      {
        draw: drawFolder,
        check,
        *smaller(files) {
          for (const left of files) yield files.filter((file) => file !== left);
        },
        show: (files) => JSON.stringify(files.map(({ name, content }) => [name, content.toString('latin1')])),
      },
      lane,
    );
  });

/** Transcripts are packed with it. */
const mark = Buffer.from('\uFEFF');

const wav = makeWav(Int16Array.from([1, -1, 300, -300]));

function drawFolder(draws: Draws): readonly NamedFile[] {
  const audio = draws.several(4, () => ({
    name: `${drawName(draws)}${draws.pick(['.wav', '.wav', '.WAV', ''])}`,
    content: wav,
  }));
  const lines = audio.map(({ name }) => `${name}\t${draws.pick(hostileTexts)}\n`).join('');
  const text = draws.chance(0.5) ? lines : mutateText(lines, { draws, pieces: hostileTexts });
  const names = draws.pick([
    ['trans.txt'],
    ['trans.txt'],
    ['trans.txt'],
    [`${drawName(draws)}.tsv`],
    ['a.txt', 'b.tsv'],
    [],
  ]);
  return [...audio, ...names.map((name) => ({ name, content: Buffer.from(text) }))];
}

/** What a file system takes: a name has no slash and no NUL, and is short. */
function drawName(draws: Draws): string {
  const text = draws.chance(0.5)
    ? `call-${draws.below(100)}`
    : draws.several(3, () => draws.pick(hostileTexts)).join('');
  const name = text.toWellFormed().replaceAll(/[/\0]/g, '').slice(0, 40).toWellFormed();
  return name === '' || name === '.' || name === '..' ? 'a' : name;
}
