import { describe, expect, it } from 'vitest';
import { recordingAddress } from '../../portal/server/recordings.ts';
import { acousticZip, recordings, wavOf } from '../emulator/acoustic-zip.ts';
import { craftZip } from '../emulator/ingest/craft-zip.ts';
import { idOf } from '../emulator/client.ts';
import { startEmulatorResource } from './emulator-resource.ts';
import { testToken } from './portal-on.ts';
import { startTestPortal } from './start-test-portal.ts';
import { withTicket } from '../../portal/server/access.ts';

async function started(upload?: (wav: Buffer) => Buffer) {
  const { emulator, resource } = await startEmulatorResource();
  const [clip] = recordings('visit', ['the patient sleeps']);
  if (clip === undefined) throw new Error('there is a recording');
  const wav = wavOf(clip);
  const dataset = await emulator.dataset({ kind: 'Acoustic' }, upload?.(wav) ?? acousticZip([clip]));
  const portal = await startTestPortal({ sources: { resources: [resource] } });
  const audio = async (name: string, init: RequestInit = {}) =>
    await portal.ask(`resources/east/datasets/${idOf(dataset.self)}/audio/${encodeURIComponent(name)}`, init);
  return { emulator, portal, dataset, clip, wav, audio };
}

describe('a recording of a dataset', () => {
  it('is sent as it was uploaded, as audio and nothing else', async () => {
    const { audio, clip, wav } = await started();
    const answer = await audio(clip.name);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'audio/wav',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(wav);
  });

  it('is sent in the range that is asked for', async () => {
    const { audio, clip, wav } = await started();
    const size = wav.length;
    const parts: readonly (readonly [string, number, number])[] = [
      ['bytes=0-9', 0, 9],
      ['bytes=100-', 100, size - 1],
      ['bytes=-44', size - 44, size - 1],
      [`bytes=10-${size + 100}`, 10, size - 1],
      [`bytes=-${size + 100}`, 0, size - 1],
    ];
    for (const [range, first, last] of parts) {
      const answer = await audio(clip.name, { headers: { range } });
      expect(answer.status).toBe(206);
      expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/${size}`);
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(wav.subarray(first, last + 1));
    }
  });

  it('has nothing behind its end, and is sent whole where a range is none', async () => {
    const { audio, clip, wav } = await started();
    for (const range of [`bytes=${wav.length}-`, 'bytes=-0']) {
      const answer = await audio(clip.name, { headers: { range } });
      expect(answer.status).toBe(416);
      expect(answer.headers.get('content-range')).toBe(`bytes */${wav.length}`);
      expect((await answer.arrayBuffer()).byteLength).toBe(0);
    }
    for (const range of ['bytes=9-2', 'bytes=-', 'bytes=0-1,5-6', 'lines=1-2'])
      expect((await audio(clip.name, { headers: { range } })).status).toBe(200);
  });

  it('is read out of the service once, for all its ranges', async () => {
    const { emulator, audio, clip } = await started();
    const reads = async (): Promise<number> =>
      Object.values(
        (await emulator.control('GET', '/requests')).body.operations['ReadFile'] as Record<string, number>,
      ).reduce((sum, count) => sum + count, 0);
    await Promise.all(['bytes=0-1', 'bytes=2-3'].map(async (range) => await audio(clip.name, { headers: { range } })));
    const once = await reads();
    await audio(clip.name, { headers: { range: 'bytes=4-' } });
    expect(await reads()).toBe(once);
  });

  it('is opened by its address alone where that has a ticket', async () => {
    const { portal, dataset, clip, wav } = await started();
    const ticketed = (path: string): string => withTicket(path, { token: testToken, now: Date.now() });
    const address = recordingAddress({ ticketed }, { resource: 'east', dataset: idOf(dataset.self), name: clip.name });
    expect((await (await fetch(`${portal.url}${address}`)).arrayBuffer()).byteLength).toBe(wav.length);
    expect((await fetch(`${portal.url}${address.replace(/\?.*/, '')}`)).status).toBe(401);
  });

  it('may have any name that the archive has, and no other leads anywhere', async () => {
    const odd = `a b?#%&"<b>é\u202E${'x'.repeat(120)}.wav`;
    const { audio } = await started((wav) =>
      craftZip([
        { name: odd, content: wav },
        { name: 'trans.txt', content: Buffer.from(`\uFEFF${odd}\tthe patient sleeps\n`) },
      ]),
    );
    expect((await audio(odd)).status).toBe(200);
    for (const name of [
      '../../etc/passwd.wav',
      '/etc/passwd.wav',
      'C:\\x.wav',
      'constructor.wav',
      'other.wav',
      '..wav',
    ]) {
      const answer = await audio(name);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({ error: expect.stringContaining('has no recording') });
    }
    for (const name of ['trans.txt', '..', '%2e%2e']) expect((await audio(name)).status).toBe(404);
  });

  it('is asked for in vain where there is no such dataset, or it has no recordings', async () => {
    const { emulator, portal } = await started();
    expect((await portal.ask('resources/east/datasets/none/audio/a.wav')).status).toBe(404);
    expect((await portal.ask('resources/west/datasets/none/audio/a.wav')).status).toBe(404);
    const text = await emulator.text(['a line']);
    await portal.ask('refresh', { method: 'POST' });
    const answer = await portal.ask(`resources/east/datasets/${idOf(text.self)}/audio/a.wav`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: 'This dataset has no archive of its recordings' });
  });
});
