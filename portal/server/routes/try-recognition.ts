import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Ports } from '../../../workflows/engine/ports.ts';
import type { Endpoint } from '../../../workflows/plan/speech-entities.ts';
import { scoreUtterances, unitOfLocale } from '../../../workflows/scoring/index.ts';
import { type Heard, Tried } from '../../api/deployment.ts';
import { answer } from '../answer.ts';
import { namedObject } from '../lives.ts';
import { type PortalContext, PortalProblem, resourceIn } from '../portal-context.ts';
import type { Objects } from '../snapshots.ts';
import { endpointIn } from './deployment.ts';

/** Recognises a recording with one or two endpoints. Nothing of it is kept. */
export function tryRecognitionRoutes(app: FastifyInstance, context: PortalContext): void {
  app.addContentTypeParser('audio/wav', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
  const params = Type.Object({ resource: Type.String() });
  const query = Type.Object({
    endpoint: Type.String({ description: 'The id of an endpoint.' }),
    other: Type.Optional(Type.String({ description: 'That of a second one.' })),
  });
  answer(
    app,
    { method: 'POST', url: '/api/resources/:resource/deployment/try', params, query, answer: Tried },
    async (request) => {
      const { source, objects } = await resourceIn(context, request.params.resource);
      const { endpoint, other } = request.query;
      const endpoints = [endpoint, ...(other === undefined ? [] : [other])].map((id) => endpointIn(objects, id));
      const body: unknown = request.body;
      if (!(body instanceof Uint8Array)) throw new PortalProblem('Send a WAV file, as audio/wav', { status: 415 });
      return await source.borrow(async (ports, turn) => {
        const fault = ports.data.whyNotRecognised(body);
        if (fault !== undefined)
          throw new PortalProblem(
            `Take a WAV of PCM, 16 bits, one channel, 8 or 16 kHz, of at most 60 s: this one ${fault}`,
          );
        const heard = await Promise.all(
          endpoints.map(async (one) => await hear(body, { endpoint: one, ports, objects, turn })),
        );
        const difference = differenceOf(heard, endpoints[0]?.locale ?? '');
        return { heard, ...(difference && { difference }) };
      });
    },
  );
}

async function hear(
  audio: Uint8Array,
  {
    endpoint,
    ports,
    objects,
    turn,
  }: {
    readonly endpoint: Endpoint;
    readonly ports: Ports;
    readonly objects: Objects;
    readonly turn: AbortSignal;
  },
): Promise<Heard> {
  const common = {
    endpoint: namedObject(endpoint.self, objects),
    ...(endpoint.model && { model: namedObject(endpoint.model.self, objects) }),
  };
  try {
    // The snapshot may be of an emulator that has another address now.
    const current = (await ports.speech.endpoints.get(endpoint.self)) ?? endpoint;
    const signal = AbortSignal.any([turn, AbortSignal.timeout(longestMilliseconds)]);
    const { status, display, lexical, firstResultSeconds, finalSeconds } = await ports.speech.recognise(audio, {
      endpoint: current,
      signal,
    });
    return {
      ...common,
      status,
      display,
      lexical,
      ...(firstResultSeconds !== undefined && { firstResultSeconds }),
      ...(finalSeconds !== undefined && { finalSeconds }),
    };
  } catch (error) {
    // It is begun anew in the next turn.
    turn.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    return { ...common, status: 'Failed', display: '', lexical: '', problem };
  }
}

/** A minute of audio is answered long before. */
const longestMilliseconds = 120_000;

function differenceOf([one, other]: readonly Heard[], locale: string): Tried['difference'] {
  if (one === undefined || other === undefined || one.lexical === '' || other.lexical === '') return undefined;
  const unit = unitOfLocale(locale);
  const [scored] = scoreUtterances({
    references: [{ id: '', text: one.lexical }],
    hypotheses: [{ id: '', text: other.lexical }],
    profile: 'none',
    unit,
  }).utterances;
  if (scored === undefined || unit === 'token') return undefined;
  const between = unit === 'char' ? '' : ' ';
  return {
    unit,
    reference: scored.reference.join(between),
    text: scored.hypothesis.join(between),
    operations: scored.operations,
  };
}
