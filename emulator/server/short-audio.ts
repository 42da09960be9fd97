import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ModelReference } from '../state/entities.ts';
import { newestBaseModel, servedModel } from '../state/models-catalogue.ts';
import { recogniserOf } from '../work/recognition-models.ts';
import { readWav, type Wav } from '../recognition/read-wav.ts';
import { recogniseAudio, type RecognisedWord } from '../recognition/recognise.ts';
import { addChain, dataPlaneChain } from './request-chain.ts';
import { injectedError, ServiceError } from '../protocol/service-error.ts';
import { settled } from '../work/settle.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

const longestAudioSeconds = 60;
const longestBody = 16 * 1024 ** 2;
const ticksPerSecond = 10_000_000;

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
    app.addHook('onRequest', async (request) => {
      request.model = await pinnedModel(resource, request.query as Query);
    });
    app.setErrorHandler(async (error, _request, reply) => {
      const known = error instanceof ServiceError ? error : asRefusal(error);
      if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
      return reply.code(known.status).send(known.body);
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
}

async function pinnedModel(resource: SpeechResource, { language = '', cid }: Query): Promise<ModelReference> {
  const base = newestBaseModel(resource.clock.now(), language);
  if (!base) {
    throw badRequest(
      language === '' ? 'The query parameter language is required.' : `The language '${language}' is not supported.`,
    );
  }
  if (cid === undefined) return { kind: 'base', id: base.id };
  const endpoint = await settled(resource, 'endpoints', cid.toLowerCase());
  if (endpoint && endpoint.locale === base.generation.locale) return servedModel(resource, endpoint);
  if (resource.settings.unknownEndpoint === 'refuse')
    throw badRequest('The query parameter cid names no endpoint of this language.');
  return { kind: 'base', id: base.id };
}

async function recognise(
  resource: SpeechResource,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const wav = wavIn(request.body);
  const { format } = request.query as Query;
  const model = await recogniserOf(resource, request.model as ModelReference);
  const words = recogniseAudio(wav.samples, wav.sampleRate, { library: resource.library, model });
  if (words.length === 0 && resource.library.identify(wav.samples, wav.sampleRate).length === 0) {
    resource.settings.log(
      'Recognise: nobody has told the emulator what is said in this audio, so it hears nothing. Import it in an Acoustic ' +
        'dataset, start with --audio-dir (WAV files with a trans.txt), or POST it to /_emulator/audio?transcript=…',
    );
  }
  return reply.send(format === 'detailed' ? detailed(wav, words) : simple(wav, words));
}

function wavIn(body: unknown): Wav {
  if (!Buffer.isBuffer(body) || body.length === 0) throw badRequest('The request has no audio.');
  const wav = readWav(body);
  if (wav.kind === 'fault') throw badRequest(`The audio cannot be read: it ${wav.message}.`);
  if (wav.samples.length <= longestAudioSeconds * wav.sampleRate) return wav;
  throw badRequest(`The audio is longer than ${longestAudioSeconds} seconds.`);
}

function simple(wav: Wav, words: readonly RecognisedWord[]) {
  return { ...envelope(wav, words), DisplayText: displayOf(words) };
}

function detailed(wav: Wav, words: readonly RecognisedWord[]) {
  if (words.length === 0) return envelope(wav, words);
  const lexical = lexicalOf(words);
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  const best = {
    Confidence: Math.round(confidence * 10_000) / 10_000,
    Lexical: lexical,
    ITN: lexical,
    MaskedITN: lexical,
    Display: displayOf(words),
  };
  return { ...envelope(wav, words), NBest: [best] };
}

/** Offset and duration in ticks of 100 ns, from the first word to the end of the last. */
function envelope(wav: Wav, words: readonly RecognisedWord[]) {
  const [first, last] = [words[0], words.at(-1)];
  const ticks = (samples: number): number => Math.round((samples * ticksPerSecond) / wav.sampleRate);
  const offset = first ? first.offset : 0;
  const end = last ? last.offset + last.duration : wav.samples.length;
  return {
    RecognitionStatus: words.length > 0 ? 'Success' : 'NoMatch',
    Offset: ticks(offset),
    Duration: ticks(end - offset),
  };
}

function lexicalOf(words: readonly RecognisedWord[]): string {
  return words.map(({ word }) => word).join(' ');
}

/** The emulator has no display model: a capital letter and a full stop are all it adds. */
function displayOf(words: readonly RecognisedWord[]): string {
  const lexical = lexicalOf(words);
  return lexical === '' ? '' : `${lexical.slice(0, 1).toUpperCase()}${lexical.slice(1)}.`;
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
