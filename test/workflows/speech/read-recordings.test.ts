import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';
import { acousticZip, recordings, wavOf } from '../../emulator/acoustic-zip.ts';
import { startClient } from '../../emulator/client.ts';
import { ward } from '../../emulator/recognition/spoken-texts.ts';
import { file } from './answers.ts';
import { clientOf, rejectionOf, startScriptedService } from './scripted-service.ts';

describe('readRecordings', () => {
  it('reads single recordings out of the zip of a dataset, and little besides', async () => {
    const { emulator, client, archive, clips } = await uploaded(12);
    const wanted = [clips[3], clips[8]].filter((clip) => clip !== undefined);
    const names = [...wanted.map(({ name }) => name), 'is-not-there.wav'];
    const found = await client.readRecordings(archive, names);
    expect([...found.keys()]).toEqual(wanted.map(({ name }) => name));
    for (const clip of wanted) expect(Buffer.from(found.get(clip.name) ?? [])).toEqual(wavOf(clip));
    const { operations } = (await emulator.control('GET', '/requests')).body;
    // The directory at the end, and two recordings of about 80 kB, in blocks of 256 KiB.
    expect(operations['ReadFile']['206']).toBeLessThanOrEqual(5);
    expect(archive.properties?.size).toBeGreaterThan(5 * 256 * 1024);
  });

  it('leaves out what is larger than it may be', async () => {
    const { client, archive, clips } = await uploaded(1);
    const [clip] = clips;
    if (clip === undefined) throw new Error('there is a recording');
    const { length } = wavOf(clip);
    const read = async (mostBytes: number) => await client.readRecordings(archive, [clip.name], { mostBytes });
    expect((await read(length)).size).toBe(1);
    expect((await read(length - 1)).size).toBe(0);
  });

  it('lists what the directory says, of which the same recording says the same in every zip', async () => {
    const { client, archive, clips } = await uploaded(2);
    const listed = await client.listArchive(archive);
    expect(listed.map(({ name, bytes }) => ({ name, bytes }))).toEqual([
      ...clips.map((clip) => ({ name: clip.name, bytes: wavOf(clip).length })),
      { name: 'trans.txt', bytes: expect.any(Number) },
    ]);
    const other = await uploaded(3);
    const again = await other.client.listArchive(other.archive);
    expect(again.map(({ crc32 }) => crc32).slice(0, 2)).toEqual(listed.map(({ crc32 }) => crc32).slice(0, 2));
    expect(new Set(again.map(({ crc32 }) => crc32)).size).toBe(4);
  });

  it('goes on when a connection is cut', async () => {
    const { emulator, client, archive, clips } = await uploaded(2);
    await emulator.addFault({ operation: 'ReadFile', kind: 'cut', count: 2 });
    const names = clips.map(({ name }) => name);
    expect([...(await client.readRecordings(archive, names)).keys()]).toEqual(names);
  });

  it('says why when the server sends whole files alone, or the file is no zip, or names no place', async () => {
    await using service = await startScriptedService({ body: 'all of it' }, { status: 206, body: { a: 1 } });
    const client = clientOf(service);
    const size = JSON.stringify({ a: 1 }).length;
    const at = { ...file, links: { contentUrl: `${service.endpoint}/file` }, properties: { size } };
    const read = async (archive: typeof at): Promise<string> =>
      String(await rejectionOf(client.readRecordings(archive, ['a.wav'])));
    expect(await read(at)).toContain('the server sends no parts of files');
    expect(await read(at)).toContain('it is no zip that can be read');
    expect(await read({ ...at, links: { contentUrl: '' } })).toContain('it has no links.contentUrl');
    expect(await read({ ...at, properties: { size: 0 } })).toContain('does not tell its size');
  });

  it('reads no directory that names more files than can be held', async () => {
    const zip = emptyZipOf(100_001);
    const server = createServer((_, response) => response.writeHead(206).end(zip)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createSpeechClient({ endpoint, credential: { key: 'key' } });
    const archive = { ...file, links: { contentUrl: `${endpoint}/file` }, properties: { size: zip.byteLength } };
    const said = String(await rejectionOf(client.listArchive(archive)));
    expect(said).toContain('split it, because its directory names 100001 files, and 100000 are read at most');
  });
});

/** A zip whose end says that there are so many files in it (APPNOTE.TXT, sections 4.3.14 to 4.3.16), and nothing else. */
function emptyZipOf(entries: number): Buffer {
  const end = Buffer.alloc(98);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(entries), 24);
  end.writeBigUInt64LE(BigInt(entries), 32);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeUInt32LE(1, 72);
  end.writeUInt32LE(0x06054b50, 76);
  end.fill(0xff, 84, 96);
  return end;
}

async function uploaded(count: number) {
  const emulator = await startClient();
  const sentences = Array.from({ length: count }, (_, index) => `${ward[index % ward.length]} ${ward[index]}`);
  const clips = recordings('long', sentences);
  const dataset = await emulator.dataset({ kind: 'Acoustic' }, acousticZip(clips));
  const { url, key } = emulator.emulator;
  const client = createSpeechClient({ endpoint: url, credential: { key }, retryDelayMilliseconds: 1 });
  const [archive] = (await client.datasets.files(dataset.self)).filter(({ kind }) => kind === 'AcousticDataArchive');
  if (archive === undefined) throw new Error('the dataset has no archive');
  return { emulator, client, archive, clips };
}
