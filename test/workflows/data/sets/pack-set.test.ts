import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { checkData } from '../../../../workflows/data/check/check-data.ts';
import { linesOfTranscript } from '../../../../workflows/data/check/lines-of-recordings.ts';
import { type PackOptions, packSet } from '../../../../workflows/data/sets/pack-set.ts';
import { writeSet } from '../../../data-sets/make-set.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-pack-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

const options = (more: Partial<PackOptions> = {}): PackOptions => ({
  isTranscribed: true,
  locale: 'de-DE',
  cwd: folder,
  out: 'packed',
  name: 'train',
  ...more,
});
const set = {
  'trans.txt': 'c.wav\tgrüß Gott\nb.wav\tauf Wiedersehen\na.wav\thallo\n',
  '{1..3}': 'no data',
  'a.wav': { wav: {} },
  'b.wav': { wav: {} },
  'c.wav': { wav: {} },
};

describe('packing a set', () => {
  it('makes one archive that the service takes without a warning, with its digest', async () => {
    await writeSet(path.join(folder, 'set'), set);
    const { parts, strayLines } = await packSet(['set'], options());
    const bytes = await readFile(path.join(folder, 'packed/train.zip'));
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(parts).toEqual([{ path: 'packed/train.zip', digest, bytes: bytes.length, recordings: 3, lines: 3 }]);
    expect(strayLines).toBe(0);
    const found = await checkData(['packed/train.zip'], { kind: 'Acoustic', locale: 'de-DE', cwd: folder });
    expect(found).toMatchObject({ diagnostics: [], lines: 3 });
  });

  it('gives the same bytes in another zone, whatever the dates and the order of lines', async () => {
    await writeSet(path.join(folder, 'set'), set);
    const [first] = (await packSet(['set'], options())).parts;
    const before = process.env['TZ'];
    onTestFinished(() => {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    });
    process.env['TZ'] = 'Asia/Tokyo';
    await utimes(path.join(folder, 'set/a.wav'), 1, 1);
    await writeFile(
      path.join(folder, 'set/trans.txt'),
      '\uFEFFa.wav\thallo\r\nc.wav\tgrüß Gott\r\nb.wav\tauf Wiedersehen',
    );
    const [second] = (await packSet(['set'], options({ out: 'again' }))).parts;
    expect(second?.digest).toBe(first?.digest);
  });

  it('divides what is too large, each part with the lines of its own recordings', async () => {
    await writeSet(path.join(folder, 'set'), set);
    const { parts } = await packSet(['set'], options({ mostFiles: 3 }));
    expect(parts.map((part) => part.path)).toEqual(['packed/train-1-of-2.zip', 'packed/train-2-of-2.zip']);
    const lines = await Promise.all(parts.map(async (part) => await linesOfTranscript(part.path, { cwd: folder })));
    expect(lines.map((of) => of.map(({ recording, text }) => `${recording} ${text}`))).toEqual([
      ['a.wav hallo', 'b.wav auf Wiedersehen'],
      ['c.wav grüß Gott'],
    ]);
    const bySize = await packSet(['set'], options({ mostBytes: 33_000, out: 'by-size' }));
    expect(bySize.parts.map(({ recordings, bytes }) => recordings === 1 && bytes < 33_000)).toEqual([true, true, true]);
  });

  it('takes recordings out of archives and folders of them, and counts lines about none', async () => {
    await writeSet(folder, {
      'one.zip': { zip: { 'in/a.wav': { wav: {} }, 'in/trans.txt': 'in/a.wav\thallo\nx.wav\tnichts\n' } },
      'two/b.wav': { wav: {} },
      'two/trans.txt': 'b.wav\tbitte\n',
    });
    const packed = await packSet(['one.zip', 'two'], options());
    expect(packed).toMatchObject({ parts: [{ recordings: 2, lines: 2 }], strayLines: 1 });
    const lines = await linesOfTranscript('packed/train.zip', { cwd: folder });
    expect(lines.map(({ recording }) => recording)).toEqual(['a.wav', 'b.wav']);
  });

  it('refuses a name that occurs twice, a folder with something in it, and what cannot be read', async () => {
    await writeSet(folder, { 'one/a.wav': { wav: {} }, 'two/a.wav': { wav: {} }, 'bad.zip': 'PK\u0003\u0004 no zip' });
    const audio = options({ isTranscribed: false });
    await expect(packSet(['one', 'two'], audio)).rejects.toThrow(
      'Give each recording a name of its own: one/a.wav and two/a.wav have the same, also without their folders',
    );
    await expect(packSet(['one'], { ...audio, out: 'two' })).rejects.toThrow(
      'Name a new or empty folder with --out: two has "a.wav" in it',
    );
    await expect(packSet(['bad.zip'], audio)).rejects.toThrow(/^Mend bad\.zip/);
    await expect(packSet(['one'], options())).rejects.toThrow('Add trans.txt to one');
  });

  it('leaves no part of an archive behind when it is stopped', async () => {
    await writeSet(path.join(folder, 'set'), set);
    const stop = new AbortController();
    const packed = packSet(['set'], options({ signal: stop.signal, onProgress: () => stop.abort() }));
    await expect(packed).rejects.toThrow(/abort/i);
    expect(await readdir(path.join(folder, 'packed'))).toEqual([]);
  });
});
