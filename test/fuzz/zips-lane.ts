import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { importDataset, type ImportOptions } from '../../emulator/ingest/import-dataset.ts';
import { acousticZip } from '../emulator/acoustic-zip.ts';
import { type CraftedEntry, craftZip } from '../emulator/ingest/craft-zip.ts';
import { makeWav } from '../emulator/recognition/make-wav.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateBytes, mutateText, smallerBytes } from './mutate.ts';
import { faultsOfImport } from './sane-import.ts';
import { withScratchFolder } from './scratch-folder.ts';

interface Zip {
  readonly kind: 'Acoustic' | 'AudioFiles';
  readonly bytes: Buffer;
}

/** Archives that are damaged, or lie: importing one never throws, writes nothing anywhere, and unpacks no bomb. */
export const fuzzZips: FuzzLane = async (lane) =>
  await withScratchFolder(async (folder) => {
    const file = path.join(folder.path, 'data.zip');
    const check = async ({ kind, bytes }: Zip): Promise<string | undefined> => {
      await writeFile(file, bytes);
      const options: ImportOptions = { kind, locale: 'en-US', textNormalizationKind: 'Default' };
      const result = await importDataset(file, options);
      const strays = await folder.strays();
      if (strays.length > 0) return `written outside of its folder: ${strays.join(', ')}`;
      return faultsOfImport(result);
    };
    return await fuzzDocuments(
      {
        draw: drawZip,
        check,
        *smaller({ kind, bytes }) {
          for (const less of smallerBytes(bytes)) yield { kind, bytes: less };
        },
        show: ({ kind, bytes }) => `${kind} ${bytes.toString('base64')} (Base64)`,
      },
      lane,
    );
  });

const wav = makeWav(Int16Array.from({ length: 200 }, (_, at) => (at * 7919) % 3000));
const transcript = 'a.wav\thello world\nb.wav\tpay two now\nc.wav\t\nd.wav no tab\n';
const sound = acousticZip([
  { name: 'a.wav', transcript: 'hello world', samples: new Int16Array(40).fill(9), sampleRate: 8000 },
  { name: 'b.wav', transcript: 'pay two', samples: new Int16Array(40).fill(-9), sampleRate: 16_000 },
]);
/** A thousand times smaller than it unpacks to. */
const silence = Buffer.alloc(100_000);

function drawZip(draws: Draws): Zip {
  const kind = draws.pick(['Acoustic', 'AudioFiles']);
  if (draws.chance(0.4)) return { kind, bytes: mutateBytes(sound, draws) };
  const entries = [
    ...draws.several(4, () => drawEntry(draws)),
    ...(draws.chance(0.8)
      ? [{ name: 'trans.txt', content: Buffer.from(mutateText(transcript, { draws, pieces: hostileTexts })) }]
      : []),
  ];
  const shared = entries.map((entry, at): CraftedEntry =>
    at > 0 && draws.chance(0.05) ? { ...entry, sharesPlaceWith: 0 } : entry,
  );
  const bytes = craftZip(shared, draws.chance(0.1) ? { entryCount: draws.pick([0, 1, 0xffff, 30_000]) } : {});
  return { kind, bytes: draws.chance(0.3) ? mutateBytes(bytes, draws) : bytes };
}

function drawEntry(draws: Draws): CraftedEntry {
  const hostile = draws.pick([
    '../x.wav',
    '/x.wav',
    'C:\\x.wav',
    '..\\x.wav',
    'a/../../x.wav',
    'x/',
    '',
    `${draws.pick(hostileTexts)}.wav`,
  ]);
  return {
    name: draws.pick(['a.wav', 'b.wav', 'folder/c.wav', 'd.WAV', '__MACOSX/a.wav', 'notes.tsv', hostile, hostile]),
    content: draws.pick([wav, mutateBytes(wav, draws), silence, Buffer.alloc(0)]),
    deflate: draws.chance(0.5),
    ...(draws.chance(0.1) ? { flags: draws.pick([0, 1, 8, 0xffff]) } : {}),
    ...(draws.chance(0.1) ? { method: draws.pick([0, 8, 9, 12, 99]) } : {}),
    ...(draws.chance(0.1) ? { declaredBytes: draws.pick([0, 1, 2 ** 31, 0xffffffff]) } : {}),
    ...(draws.chance(0.05) ? { crc: 0 } : {}),
    ...(draws.chance(0.1) ? { mode: draws.pick([0o120777, 0o020666, 0o100644, 0o040755]) } : {}),
  };
}
