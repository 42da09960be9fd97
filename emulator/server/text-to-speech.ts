import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readSsml } from '../protocol/read-ssml.ts';
import { injectedError, recognitionError, ServiceError } from '../protocol/service-error.ts';
import { speak } from '../recognition/speak.ts';
import { speakingVoices } from '../state/speaking-voices.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { learnAudio } from '../work/known-audio.ts';
import { addChain, dataPlaneChain } from './request-chain.ts';
import { wavBytes } from '../recognition/wav-bytes.ts';

const longestBody = 64 * 1024;
const longestSeconds = 600;

/**
 * Text-to-speech REST API: the list of voices, and SSML in, audio out, deterministically. The resource knows what is said in what it
 * has spoken, so that recognition hears the words.
 */
export function textToSpeech(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/ssml+xml',
      { parseAs: 'string', bodyLimit: longestBody },
      async (_request: FastifyRequest, body: string) => body,
    );
    addChain(app, resource, dataPlaneChain);
    app.setErrorHandler(async (error, _request, reply) => {
      const known = error instanceof ServiceError ? error : asRefusal(error);
      if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
      return reply.code(known.status).send(recognitionError(known));
    });
    for (const prefix of ['', '/tts']) {
      app.get(`${prefix}/cognitiveservices/voices/list`, { config: { operation: 'ListVoices' } }, () => voiceList);
      app.post(`${prefix}/cognitiveservices/v1`, { config: { operation: 'Synthesise' } }, (request, reply) =>
        synthesise(resource, request, reply),
      );
    }
  };
}

const voiceList = speakingVoices.map(({ shortName, displayName, locale, gender }) => ({
  Name: `Microsoft Server Speech Text to Speech Voice (${locale}, ${shortName.slice(locale.length + 1)})`,
  DisplayName: displayName,
  LocalName: displayName,
  ShortName: shortName,
  Gender: gender,
  Locale: locale,
  SampleRateHertz: '24000',
  VoiceType: 'Neural',
  Status: 'GA',
}));

async function synthesise(
  resource: SpeechResource,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { container, sampleRate } = formatIn(request.headers['x-microsoft-outputformat']);
  const read = typeof request.body === 'string' ? readSsml(request.body) : { fault: 'The request has no SSML.' };
  if ('fault' in read) throw refused(400, read.fault);
  const voice = speakingVoices.find(({ shortName }) => shortName.toLowerCase() === read.voice.toLowerCase());
  if (voice === undefined) throw refused(400, `Unsupported voice ${read.voice}.`);
  const samples = speak(read.text, { voice: { name: voice.shortName, pitch: voice.pitch }, sampleRate });
  const spoken = samples.subarray(0, longestSeconds * sampleRate);
  const wav = wavBytes(spoken, sampleRate);
  if (read.text !== '') await learnAudio(resource, { bytes: wav, transcript: read.text });
  const body = container === 'riff' ? wav : wav.subarray(wav.length - 2 * spoken.length);
  return reply.type(container === 'riff' ? 'audio/x-wav' : 'audio/basic').send(body);
}

/** Of the formats of the service those that the recogniser takes. */
function formatIn(header: string | string[] | undefined): {
  readonly container: 'raw' | 'riff';
  readonly sampleRate: number;
} {
  const [, container, kilohertz] = /^(raw|riff)-(8|16)khz-16bit-mono-pcm$/.exec(String(header)) ?? [];
  if (container === 'raw' || container === 'riff') return { container, sampleRate: 1000 * Number(kilohertz) };
  throw refused(
    400,
    `Unsupported output format ${String(header)}: the emulator has {raw,riff}-{8,16}khz-16bit-mono-pcm.`,
  );
}

function refused(status: number, message: string): ServiceError {
  return new ServiceError(status, { ...injectedError(status, {}).body, message });
}

function asRefusal(error: unknown): ServiceError {
  const { statusCode } = (error ?? {}) as { readonly statusCode?: number };
  if (statusCode === 415) return refused(415, 'The Content-Type has to be application/ssml+xml.');
  return statusCode === undefined || statusCode >= 500
    ? injectedError(500, { code: 'InternalServerError' })
    : refused(statusCode, 'The request body cannot be read.');
}
