import { describe, expect, it } from 'vitest';
import type { Tried } from '../../portal/api/deployment.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import { createFakeWorld, fakeEndpoint, fakeModel, serviceError } from '../workflows/steps/fake-world.ts';
import { fakeResource } from './fake-resource.ts';
import { startTestPortal, type TestPortal } from './start-test-portal.ts';

const [first, second] = [fakeModel('first'), fakeModel('second')];

async function portal(options: { readonly readOnly?: boolean; readonly fails?: boolean } = {}): Promise<TestPortal> {
  const world = createFakeWorld();
  world.objects.models.push(first, second);
  world.objects.endpoints.push(fakeEndpoint('one', first.self), fakeEndpoint('two', second.self));
  world.recognise = ({ displayName }) => {
    if (displayName === 'one')
      return { status: 'Success', lexical: 'call doctor smith', display: 'Call Doctor Smith.', finalSeconds: 0.5 };
    if (options.fails === true) return serviceError('It is redeployed', { status: 409, outcome: 'refused' });
    return { status: 'Success', lexical: 'call the doctor smyth', display: 'Call the Doctor Smyth.' };
  };
  const data = { ...world.ports.data, whyNotRecognised: createLocalData({ roots: [] }).whyNotRecognised };
  return await startTestPortal({ ...options, sources: { resources: [fakeResource({ ...world.ports, data })] } });
}

async function recognise(
  { ask }: TestPortal,
  query: string,
  body: Uint8Array = wav({ sampleRate: 16_000, seconds: 1 }),
): Promise<Response> {
  const headers = { 'content-type': 'audio/wav' };
  return await ask(`resources/contoso/deployment/try?${query}`, { method: 'POST', headers, body: Buffer.from(body) });
}

/** Silence. */
function wav({ sampleRate, seconds }: { readonly sampleRate: number; readonly seconds: number }): Uint8Array {
  const bytes = Buffer.alloc(44 + sampleRate * seconds * 2);
  bytes.write('RIFF', 0).toString();
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  return bytes;
}

describe('POST deployment/try', () => {
  it('has what both models have heard, and how the texts differ', async () => {
    const answered = await recognise(await portal(), 'endpoint=id-of-one&other=id-of-two');
    expect(answered.status).toBe(200);
    const { heard, difference } = (await answered.json()) as Tried;
    expect(heard).toEqual([
      {
        endpoint: { id: 'id-of-one', name: 'one' },
        model: { id: 'first', name: 'first' },
        status: 'Success',
        display: 'Call Doctor Smith.',
        lexical: 'call doctor smith',
        finalSeconds: 0.5,
      },
      expect.objectContaining({ endpoint: { id: 'id-of-two', name: 'two' }, lexical: 'call the doctor smyth' }),
    ]);
    expect(difference).toEqual({
      unit: 'word',
      reference: 'call doctor smith',
      text: 'call the doctor smyth',
      operations: 'CICS',
    });
  });

  it('has the answer of one where the other fails, with the reason', async () => {
    const { heard, difference } = (await (
      await recognise(await portal({ fails: true }), 'endpoint=id-of-one&other=id-of-two')
    ).json()) as Tried;
    expect(heard[0]?.status).toBe('Success');
    expect(heard[1]).toMatchObject({ status: 'Failed', lexical: '', problem: 'It is redeployed' });
    expect(difference).toBeUndefined();
  });

  it.each([
    ['of 61 s', wav({ sampleRate: 16_000, seconds: 61 }), 'has 61 s, and at most 60 s'],
    ['of 44.1 kHz', wav({ sampleRate: 44_100, seconds: 1 }), 'has 44100 Hz'],
    ['that is none', Buffer.from('no audio'), 'is no WAV file'],
  ])('refuses a WAV %s', async (_, body, why) => {
    const refused = await recognise(await portal(), 'endpoint=id-of-one', body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({ error: expect.stringContaining(why) });
  });

  it('refuses what is no audio, endpoints that are not there, and everything where it is read-only', async () => {
    const open = await portal();
    const headers = { 'content-type': 'application/json' };
    const json = await open.ask('resources/contoso/deployment/try?endpoint=id-of-one', {
      method: 'POST',
      headers,
      body: '{}',
    });
    expect(json.status).toBe(415);
    expect((await recognise(open, 'endpoint=gone')).status).toBe(404);
    expect((await recognise(open, '')).status).toBe(400);
    expect((await recognise(await portal({ readOnly: true }), 'endpoint=id-of-one')).status).toBe(403);
  });
});
