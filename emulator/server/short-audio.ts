import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ModelReference } from '../state/entities.ts';
import { phraseBody } from '../protocol/recognised-phrase.ts';
import { injectedError, recognitionError, ServiceError } from '../protocol/service-error.ts';
import { readWav, type Wav } from '../recognition/read-wav.ts';
import { recogniseHeard } from '../recognition/recognise.ts';
import { learnDueAudio } from '../work/known-audio.ts';
import { unknownAudio } from '../work/unknown-audio.ts';
import { pinModel } from '../work/pinned-model.ts';
import { recogniserOf } from '../work/recognition-models.ts';
import { addChain, dataPlaneChain } from './request-chain.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

const longestAudioSeconds = 60;
const longestBody = 16 * 1024 ** 2;

declare module 'fastify' {
  interface FastifyRequest {
    model: ModelReference | undefined;
  }
}

/**
 * Speech-to-text REST API for short audio: one WAV of at most 60 s in, one phrase out. The model is that of the moment
 * when the request arrives, so that a swap never changes it under way.
 */
export function shortAudio(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: longestBody },
      async (_request: FastifyRequest, body: Buffer) => body,
    );
    app.decorateRequest('model', undefined);
    addChain(app, resource, dataPlaneChain);
    app.addHook('onRequest', (request, reply) => begin(resource, request, reply));
    app.setErrorHandler(async (error, _request, reply) => {
      const known = error instanceof ServiceError ? error : asRefusal(error);
      if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
      return reply.code(known.status).send(recognitionError(known));
    });
    for (const prefix of ['', '/stt']) {
      for (const mode of ['conversation', 'interactive', 'dictation']) {
        app.post(
          `${prefix}/speech/recognition/${mode}/cognitiveservices/v1`,
          { config: { operation: 'Recognise' } },
          (request, reply) => recognise(resource, request, reply),
        );
      }
    }
  };
}

interface Query {
  readonly language?: string;
  readonly cid?: string;
  readonly format?: string;
  readonly wordLevelTimestamps?: string;
}

/** The model of the moment when the request arrived, and its place among the recognitions at a time, which the answer frees. */
async function begin(resource: SpeechResource, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { cid, language } = request.query as Query;
  const pinned = await pinModel(resource, {
    ...(cid === undefined ? {} : { cid }),
    ...(language === undefined ? {} : { language }),
  });
  if (pinned.kind === 'refused') throw badRequest(pinned.message);
  const end = resource.openRecognitions.begin(pinned.place, resource.quotas.concurrentRecognitions);
  if (end === undefined) throw injectedError(429, {});
  reply.raw.once('close', end);
  request.model = pinned.model;
}

async function recognise(
  resource: SpeechResource,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const wav = wavIn(request.body);
  const { format, wordLevelTimestamps } = request.query as Query;
  const model = await recogniserOf(resource, request.model as ModelReference);
  await learnDueAudio(resource);
  const { samples, sampleRate } = wav;
  const heard = resource.library.identify(samples, sampleRate);
  if (heard.length === 0) resource.settings.log(unknownAudio);
  const words = recogniseHeard(heard, { model });
  const phrase = { words, sampleRate, start: 0, length: samples.length };
  return reply.send(
    phraseBody(phrase, { isDetailed: format === 'detailed', hasWords: wordLevelTimestamps === 'true' }),
  );
}

function wavIn(body: unknown): Wav {
  if (!Buffer.isBuffer(body) || body.length === 0) throw badRequest('The request has no audio.');
  const wav = readWav(body);
  if (wav.kind === 'fault') throw badRequest(`The audio cannot be read: it ${wav.message}.`);
  if (wav.samples.length <= longestAudioSeconds * wav.sampleRate) return wav;
  throw badRequest(`The audio is longer than ${longestAudioSeconds} seconds.`);
}

function badRequest(message: string): ServiceError {
  return new ServiceError(400, { ...injectedError(400, {}).body, message });
}

function asRefusal(error: unknown): ServiceError {
  const { statusCode } = (error ?? {}) as { readonly statusCode?: number };
  return statusCode === undefined || statusCode >= 500
    ? injectedError(500, { code: 'InternalServerError' })
    : badRequest('The request body cannot be read.');
}
