import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import yazl from 'yazl';
import type { DataSource } from '../../../../../workflows/data/check/reading/data-file.ts';
import { DataFindings } from '../../../../../workflows/data/check/data-findings.ts';
import { openZip } from '../../../../../workflows/data/check/reading/open-zip.ts';

const opened: { readonly folder: string; readonly source: DataSource }[] = [];
afterEach(async () => {
  for (const { folder, source } of opened.splice(0)) {
    source.close();
    await rm(folder, { recursive: true });
  }
});

async function open(bytes: Uint8Array): Promise<DataSource> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-open-zip-'));
  const file = path.join(folder, 'a.zip');
  await writeFile(file, bytes);
  const source = await openZip(file, { shown: 'a.zip', findings: new DataFindings() });
  opened.push({ folder, source });
  return source;
}

async function zipOf(contents: Readonly<Record<string, Buffer>>, { compress = true } = {}): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(contents)) zip.addBuffer(content, name, { compress });
  zip.end();
  return await buffer(zip.outputStream);
}

async function contentOf(source: DataSource, name: string): Promise<Buffer> {
  const file = source.files.find((one) => one.name === name);
  return await buffer(file!.read());
}

/** Larger than what is read and unpacked at once, and half of it packs. */
function madeContent(seed: number): Buffer {
  const noise = randomBytes(200_001);
  return Buffer.concat([noise, Buffer.alloc(300_000, seed), noise]);
}

describe('an archive', () => {
  const contents = {
    'a.wav': madeContent(1),
    'b.wav': madeContent(2),
    'c.wav': madeContent(3),
    'd.wav': Buffer.alloc(0),
  };

  it.each([true, false])(
    'has the contents of its files, also of several that are read at once (packed: %s)',
    async (compress) => {
      const source = await open(await zipOf(contents, { compress }));
      const names = Object.keys(contents) as (keyof typeof contents)[];
      const read = await Promise.all(names.map(async (name) => await contentOf(source, name)));
      for (const [index, name] of names.entries()) expect(read[index]!.equals(contents[name])).toBe(true);
      // The memory of those is used again.
      for (const name of names) expect((await contentOf(source, name)).equals(contents[name])).toBe(true);
    },
  );

  it('has the contents of its files after others that were not read to their ends', async () => {
    const source = await open(await zipOf(contents));
    for (let time = 0; time < 5; time += 1) {
      for await (const piece of source.files[0]!.read()) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect((await contentOf(source, 'b.wav')).equals(contents['b.wav'])).toBe(true);
    }
  });

  it.each([-1, 1])('is damaged where a file has another size than its directory says: by %s', async (by) => {
    const zip = await zipOf({ 'a.wav': contents['a.wav'] });
    const header = zip.indexOf('PK\u0001\u0002');
    zip.writeUInt32LE(contents['a.wav'].length + by, header + 24);
    await expect(contentOf(await open(zip), 'a.wav')).rejects.toThrow('another size than its directory says');
  });

  it('is damaged where what is packed ends too early, or is none', async () => {
    const zip = await zipOf({ 'a.wav': contents['a.wav'] });
    const header = zip.indexOf('PK\u0001\u0002');
    const cut = Buffer.from(zip);
    cut.writeUInt32LE(100_000, header + 20);
    await expect(contentOf(await open(cut), 'a.wav')).rejects.toThrow('unexpected end of file');
    const bad = Buffer.from(zip);
    bad.fill(0xff, 30 + 5, 30 + 5 + 1000);
    await expect(contentOf(await open(bad), 'a.wav')).rejects.toThrow('"a.wav" in it cannot be unpacked: invalid');
  });
});
