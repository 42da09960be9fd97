import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { FirstContact } from '../../../workflows/speech/first-contact.ts';
import { jumpingClock } from '../engine/test-clocks.ts';

const host = 'calls.cognitiveservices.azure.com';
const unknownName = new RestError('getaddrinfo', { code: 'ENOTFOUND' });
const denied = { error: { code: 'PermissionDenied', message: 'Principal does not have access to API/Operation.' } };
const nameWait = `waiting for the name ${host} to be known, as after the resource was made (at most 5 minutes; check the address meanwhile)`;
const roleWait = `waiting for the role of the identity on ${host}, as after it was granted (at most 10 minutes)`;
type Reply = RestError | { readonly status: number; readonly body?: object };

/** Sends requests one after the other to a resource that gives these answers, and the last one for ever. */
async function contact(
  replies: readonly Reply[],
  {
    signedWith = 'Entra ID',
    endpoint = `https://${host}`,
    requests = 1,
  }: { readonly signedWith?: 'key' | 'Entra ID'; readonly endpoint?: string; readonly requests?: number } = {},
) {
  const clock = jumpingClock();
  const told: string[] = [];
  let asked = 0;
  const next = async (request: PipelineRequest): Promise<PipelineResponse> => {
    const reply = replies[Math.min(asked++, replies.length - 1)];
    if (reply === undefined || reply instanceof Error) throw reply ?? new Error('No answer is scripted');
    const { status, body } = reply;
    return { status, bodyAsText: JSON.stringify(body ?? {}), headers: createHttpHeaders(), request };
  };
  const of = new FirstContact({
    endpoint: new URL(endpoint),
    signedWith,
    sleep: clock.sleep,
    tell: (text) => told.push(text),
  });
  const outcomes: unknown[] = [];
  for (let count = 0; count < requests; count += 1) {
    const answer = of.policy(undefined).sendRequest(createPipelineRequest({ url: endpoint }), next);
    outcomes.push(
      await answer.then(
        ({ status }) => status,
        (error: RestError) => error.code,
      ),
    );
  }
  return { outcomes, told, seconds: clock.slept.reduce((sum, pause) => sum + pause, 0) };
}

describe('a resource that is reached for the first time', () => {
  test('is waited for until its name is known and the role holds, and each is said once', async () => {
    const replies: Reply[] = [
      unknownName,
      unknownName,
      { status: 401, body: denied },
      { status: 403 },
      { status: 200 },
    ];
    const { outcomes, told } = await contact(replies);
    expect(outcomes).toEqual([200]);
    expect(told).toEqual([nameWait, roleWait, `${host} answers`]);
  });

  test.each([
    ['5 minutes when its name stays unknown', unknownName, 'ENOTFOUND', 300],
    ['10 minutes when the role does not come', { status: 401, body: denied }, 401, 600],
  ] satisfies [string, Reply, string | number, number][])('is given up after %s', async (_, reply, outcome, most) => {
    const { outcomes, seconds } = await contact([reply]);
    expect(outcomes).toEqual([outcome]);
    expect(seconds).toBe(most);
  });

  test.each<[string, Reply, Parameters<typeof contact>[1]]>([
    ['a wrong key', { status: 401 }, { signedWith: 'key' }],
    ['a key that network rules refuse', { status: 403 }, { signedWith: 'key' }],
    [
      'network rules',
      {
        status: 403,
        body: { error: { code: '403', message: 'Access denied due to Virtual Network/Firewall rules.' } },
      },
      {},
    ],
    ['what the service itself forbids', { status: 403, body: { code: 'Forbidden', message: 'No' } }, {}],
    ['a misspelt region', unknownName, { endpoint: 'https://westeurop.api.cognitive.microsoft.com' }],
    ['a host of somebody else', unknownName, { endpoint: 'https://speech.example' }],
    ['a service that is down', new RestError('no', { code: 'ECONNREFUSED' }), {}],
  ])('is not waited for because of %s', async (_, reply, options) => {
    const { told, seconds } = await contact([reply], options);
    expect([told, seconds]).toEqual([[], 0]);
  });

  test('is not waited for again once it has answered', async () => {
    const { outcomes, seconds } = await contact([{ status: 200 }, { status: 401, body: denied }, unknownName], {
      requests: 3,
    });
    expect([outcomes, seconds]).toEqual([[200, 401, 'ENOTFOUND'], 0]);
  });

  test('ends its wait with the reason of the signal', async () => {
    const reason = new Error('Ctrl-C');
    const of = new FirstContact({
      endpoint: new URL(`https://${host}`),
      signedWith: 'key',
      sleep: jumpingClock().sleep,
      tell: () => undefined,
    });
    const sending = of
      .policy(AbortSignal.abort(reason))
      .sendRequest(createPipelineRequest({ url: `https://${host}` }), () => Promise.reject(unknownName));
    await expect(sending).rejects.toBe(reason);
  });
});
