import { type Recognition, ServiceError } from '../engine/ports.ts';
import type { Endpoint } from '../plan/speech-entities.ts';
import type { SpeechService } from './collections.ts';
import { idOf } from './references.ts';
import { isJsonObject, readJson } from './service-answer.ts';

const shortAudioPath = '/speech/recognition/conversation/cognitiveservices/v1';

/**
 * What an endpoint answers to one WAV of at most 60 s, sent once (Microsoft Learn: "Speech to text REST API for short
 * audio"). `signedWith` says which host takes the credential: see {@link shortAudioUrl}.
 */
export async function recognise(
  { endpoint: resource, send }: SpeechService,
  audio: Uint8Array,
  options: {
    readonly endpoint: Endpoint;
    readonly signedWith: 'key' | 'token';
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Recognition> {
  const { endpoint, signedWith, signal } = options;
  const url = shortAudioUrl(endpoint, signedWith === 'token' ? resource : undefined);
  const purpose = `recognise speech on endpoint ${idOf(endpoint.self)}`;
  const { value } = await send({
    method: 'POST',
    url,
    purpose,
    repetition: 'never',
    body: { type: audioType(audio), content: audio },
    read: readRecognition,
    signal,
  });
  if (value.status !== internalError) return value;
  throw new ServiceError(`Cannot ${purpose}: the service answers with an error of its own (${internalError})`, {
    method: 'POST',
    path: url.pathname,
    status: 200,
    code: internalError,
    attempts: 1,
    outcome: 'unknown',
  });
}

/** The RecognitionStatus that says nothing about the audio: "an internal error […] Try again if possible" (the same page). */
const internalError = 'Error';

/**
 * The short-audio URL of an endpoint: on the host of its WebSocket link, with the path that hosts of resources with a custom
 * subdomain have before it (Microsoft Learn: "Use Speech service through a private endpoint"). An Entra ID token is good
 * only for the custom subdomain, so with one that host is used where the client has it (that it takes the bare token there,
 * as it does for management, is inferred).
 */
function shortAudioUrl(endpoint: Endpoint, tokenHost: URL | undefined): URL {
  const { webSocket } = endpoint.links ?? {};
  if (webSocket === undefined || !URL.canParse(webSocket) || !/^wss?:/i.test(webSocket)) {
    throw new ServiceError('Cannot recognise speech: the endpoint has no links.webSocket that names its host', {
      method: 'POST',
      path: shortAudioPath,
      attempts: 0,
      outcome: 'refused',
    });
  }
  const link = new URL(webSocket.replace(/^ws/i, 'http'));
  const host = tokenHost && hasCustomSubdomain(tokenHost) ? tokenHost : link;
  const url = new URL(`${hasCustomSubdomain(host) ? '/stt' : ''}${shortAudioPath}`, host);
  const id = encodeURIComponent(idOf(endpoint.self));
  url.search = `?language=${encodeURIComponent(endpoint.locale)}&cid=${id}&format=detailed`;
  return url;
}

function hasCustomSubdomain({ hostname }: URL): boolean {
  return /\.cognitiveservices\.azure\.(com|cn|us)$/.test(hostname);
}

/** The sample rate is told as the WAV header has it: in the usual layout at byte 24, after `fmt `. */
function audioType(audio: Uint8Array): string {
  const header = Buffer.from(audio.buffer, audio.byteOffset, Math.min(audio.byteLength, 44));
  if (header.byteLength < 44 || header.toString('latin1', 12, 16) !== 'fmt ') return 'audio/wav';
  return `audio/wav; codecs=audio/pcm; samplerate=${header.readUInt32LE(24)}`;
}

/** Offset and Duration, which come as numbers or as strings, are not read. */
function readRecognition(text: string): { readonly value: Recognition } | undefined {
  const body = readJson(text);
  if (!isJsonObject(body) || typeof body['RecognitionStatus'] !== 'string') return undefined;
  const list = body['NBest'];
  const best: unknown = Array.isArray(list) ? list[0] : undefined;
  const { Lexical, Display } = isJsonObject(best) ? best : {};
  const display = textOf(body['DisplayText']) ?? textOf(Display) ?? '';
  return {
    value: { status: body['RecognitionStatus'], lexical: textOf(Lexical) ?? lexicalOf(display), display },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** An approximation for answers without the detailed format: lower case, apostrophes only inside words, no punctuation. */
function lexicalOf(display: string): string {
  const words = display
    .toLowerCase()
    .replace(/’/g, "'")
    .match(/[\p{L}\p{N}\p{M}]+(?:'[\p{L}\p{N}\p{M}]+)*/gu);
  return (words ?? []).join(' ');
}
