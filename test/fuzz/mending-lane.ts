import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { UploadWith } from '../../schemas/types.gen.ts';
import { type MendedData, mendData } from '../../workflows/data/mend/mend-data.ts';
import { DataError } from '../../workflows/engine/ports.ts';
import { drawText } from '../data-sets/draw-texts.ts';
import { makeWav } from '../emulator/recognition/make-wav.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateBytes, mutateText } from './mutate.ts';
import { withScratchFolder } from './scratch-folder.ts';

interface DrawnData {
  readonly kind: UploadWith['kind'];
  readonly locale: string;
  /** Of a set in the folder `data`, of a text the file `data`. */
  readonly files: readonly { readonly name: string; readonly content: Buffer }[];
}

/**
 * Data with whatever is wrong with them: mending changes nothing where they lie and writes nothing elsewhere, what it has written it would
 * not mend again, and it says what it cannot read.
 */
export const fuzzMending: FuzzLane = async (lane) =>
  await withScratchFolder(async (folder) => {
    const check = async ({ kind, locale, files }: DrawnData): Promise<string | undefined> => {
      await rm(folder.path, { recursive: true, force: true });
      await mkdir(path.join(folder.path, 'data'), { recursive: true });
      for (const { name, content } of files) await writeFile(path.join(folder.path, 'data', name), content);
      const isSet = kind === 'Acoustic';
      const mend = async (from: string, out: string): Promise<MendedData | undefined> => {
        try {
          return await mendData([from], { kind, locale, out, cwd: folder.path, toolPath: '' });
        } catch (error) {
          if (!(error instanceof DataError) || error.message === '') throw error;
          return undefined;
        }
      };
      const first = await mend(isSet ? 'data' : `data/${files[0]?.name ?? ''}`, 'once');
      for (const { name, content } of files)
        if (!(await readFile(path.join(folder.path, 'data', name))).equals(content)) return `changes ${name} in place`;
      const strays = await folder.strays();
      const beside = (await readdir(folder.path)).filter((name) => !['data', 'once', 'once.diff'].includes(name));
      if (strays.length + beside.length > 0) return `writes ${[...strays, ...beside].join(', ')}`;
      if (first === undefined || first.paths[0] === undefined) return undefined;
      const again = await mend(first.paths[0], 'twice');
      if (again === undefined) return 'cannot read what it has written';
      return again.changes.isEmpty ? undefined : `mends again what it has mended: ${again.changes.shown}`;
    };
    return await fuzzDocuments(
      {
        draw: drawData,
        check,
        *smaller({ files, ...data }) {
          for (const left of files)
            if (files.length > 1) yield { ...data, files: files.filter((file) => file !== left) };
          for (const file of files) {
            const lines = file.content.toString('latin1').split('\n');
            for (const at of lines.keys()) {
              const content = Buffer.from(lines.toSpliced(at, 1).join('\n'), 'latin1');
              yield { ...data, files: files.map((one) => (one === file ? { ...file, content } : one)) };
            }
          }
        },
        show: ({ files, ...data }) =>
          JSON.stringify({ ...data, files: files.map(({ name, content }) => [name, content.toString('latin1')]) }),
      },
      lane,
    );
  });

function drawData(draws: Draws): DrawnData {
  const locale = draws.pick(['en-US', 'de-DE', 'ja-JP', 'zh-CN']);
  if (draws.chance(0.6)) {
    const { kind, lines } = drawText(draws);
    const text = mutateText(lines.join(draws.pick(['\n', '\r\n', '\r'])), { draws, pieces: hostileTexts });
    const bytes = Buffer.from(draws.pick(['', '\uFEFF']) + text, draws.pick(['utf8', 'utf8', 'utf16le', 'latin1']));
    return {
      kind,
      locale,
      files: [{ name: 'data.txt', content: draws.chance(0.3) ? mutateBytes(bytes, draws) : bytes }],
    };
  }
  const names = ['a.wav', 'B.WAV', 'c d.wav', 'é.wav'].slice(0, 1 + draws.below(4));
  const recordings = names.map((name) => {
    const samples = Int16Array.from({ length: 400 + draws.below(800) }, () => draws.below(20_000) - 10_000);
    const wav = makeWav(samples, {
      sampleRate: draws.pick([8000, 16_000, 44_100]),
      channels: draws.pick([1, 1, 2]),
      bits: draws.pick([16, 16, 8, 24]),
    });
    return { name, content: draws.chance(0.3) ? mutateBytes(wav, draws) : wav };
  });
  const lines = names.map(
    (name) =>
      `${draws.pick([name, name.toLowerCase(), name.replace(/\.\w+$/, '')])}${draws.pick(['\t', '\t', ' ', ','])}good morning`,
  );
  const transcript = mutateText(lines.join('\n'), { draws, pieces: hostileTexts });
  return {
    kind: 'Acoustic',
    locale,
    files: [...recordings, { name: draws.pick(['trans.txt', 'TRANS.TXT']), content: Buffer.from(transcript) }],
  };
}
