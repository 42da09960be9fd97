import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accountView, changeAccount } from '../state/account.ts';
import { readFaultOrder } from './fault-order.ts';
import { checkedSpeed } from '../state/clock.ts';
import { readRedeployment } from '../state/redeployment.ts';
import { learnAllAudio, learnAudio } from '../work/known-audio.ts';
import { originOf } from '../protocol/origin.ts';
import { isSameSecret } from '../protocol/same-secret.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

const longestAudio = 64 * 1024 ** 2;

/**
 * The emulator's own API below `/_emulator`: clock, faults, account, redeployment, reset, audio, requests. Wants the key as header, which a web
 * page cannot send without permission and another user of the machine does not know, whatever the account says of keys.
 */
export function controlApi(resource: SpeechResource, audioDirectories: readonly string[]) {
  return async (app: FastifyInstance): Promise<void> => {
    app.addContentTypeParser(
      ['audio/wav', 'audio/x-wav', 'application/octet-stream'],
      { parseAs: 'buffer', bodyLimit: longestAudio },
      async (_request: FastifyRequest, body: Buffer) => body,
    );
    // Some clients name the type of a body that they do not send.
    app.addContentTypeParser(
      'application/json',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => (body === '' ? undefined : (JSON.parse(body) as unknown)),
    );
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers.origin !== undefined)
        return reply.code(403).send({ error: 'Web pages may not use this API' });
      if (!isSameSecret(request.headers['ocp-apim-subscription-key'], resource.settings.key))
        return reply.code(401).send({ error: "Send the emulator's key as header Ocp-Apim-Subscription-Key" });
      return undefined;
    });
    app.setErrorHandler(async (error, _request, reply) => {
      const { statusCode = 400 } = error as { readonly statusCode?: number };
      return reply.code(statusCode).send({ error: error instanceof Error ? error.message : String(error) });
    });

    app.setNotFoundHandler(async (_request, reply) =>
      reply.code(404).send({ error: 'Use one of /clock, /faults, /audio, /requests, /account, /redeployment, /reset' }),
    );

    app.get('/clock', () => clockView(resource));
    app.post('/clock', (request) => moveClock(resource, request.body));

    app.get('/account', (request) => accountView(resource.account, originOf(request)));
    app.post('/account', (request) => {
      resource.account = changeAccount(resource.account, request.body);
      return accountView(resource.account, originOf(request));
    });

    app.get('/redeployment', () => ({ redeployment: resource.redeployment }));
    app.post('/redeployment', (request) => {
      const { redeployment, ...others } = (request.body ?? {}) as { readonly redeployment?: unknown };
      const [unknown] = Object.keys(others);
      if (unknown !== undefined) throw new Error(`Unknown member '${unknown}': allowed is redeployment`);
      resource.redeployment = readRedeployment(redeployment);
      return { redeployment: resource.redeployment };
    });

    app.get('/faults', () => ({ faults: resource.faults.list() }));
    app.post('/faults', (request, reply) => {
      reply.code(201);
      const orders = (Array.isArray(request.body) ? request.body : [request.body]).map(readFaultOrder);
      return { faults: orders.map((order) => resource.faults.add(order)) };
    });
    app.delete('/faults', (_request, reply) => {
      resource.faults.clear();
      return reply.code(204).send();
    });

    app.get('/requests', () => ({ operations: resource.requests.list() }));
    app.delete('/requests', (_request, reply) => {
      resource.requests.clear();
      return reply.code(204).send();
    });

    app.post('/audio', async (request, reply) => {
      const { transcript } = request.query as { readonly transcript?: string };
      if (!transcript?.trim()) throw new Error('The query parameter transcript is missing: it says what is spoken');
      if (!Buffer.isBuffer(request.body)) throw new Error('The body must be a WAV file, with Content-Type audio/wav');
      reply.code(201);
      return learnAudio(resource, { bytes: request.body, transcript: transcript.trim() });
    });

    app.post('/reset', async (_request, reply) => {
      await resource.reset();
      await learnAllAudio(resource, audioDirectories);
      return reply.code(204).send();
    });
  };
}

function clockView({ clock }: SpeechResource) {
  return { now: new Date(clock.now()).toISOString(), speed: clock.speed };
}

function moveClock(resource: SpeechResource, body: unknown) {
  const { advanceSeconds, speed, ...others } = (body ?? {}) as { advanceSeconds?: unknown; speed?: unknown };
  const [unknownMember] = Object.keys(others);
  if (unknownMember !== undefined || (advanceSeconds === undefined && speed === undefined)) {
    throw new Error('The body must be an object with advanceSeconds, speed or both');
  }
  // Both are good, or nothing happens.
  if (speed !== undefined) checkedSpeed(speed);
  if (advanceSeconds !== undefined) resource.clock.advance(advanceSeconds);
  if (speed !== undefined) resource.clock.setSpeed(speed);
  return clockView(resource);
}
