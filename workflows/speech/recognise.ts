import { type Recognition, ServiceError } from '../engine/ports.ts';
import type { Endpoint } from '../plan/speech-entities.ts';
import type { SpeechService } from './collections.ts';
import { recognitionAddress } from './recognition-address.ts';
import { idOf } from './references.ts';
import { isJsonObject, readJson } from './service-answer.ts';

/**
 * What an endpoint answers to one WAV of at most 60 s, sent once (Microsoft Learn: "Speech to text REST API for short
 * audio"). `signedWith` says which host takes the credential: see {@link recognitionAddress}.
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
  const url = recognitionAddress(endpoint, { channel: 'rest', signedWith, resource });
  const purpose = `recognise speech on endpoint ${idOf(endpoint.self)}`;
  const startedAt = performance.now();
  const { value } = await send({
    method: 'POST',
    url,
    purpose,
    repetition: 'never',
    body: { type: audioType(audio), content: audio },
    read: readRecognition,
    signal,
  });
  const finalSeconds = (performance.now() - startedAt) / 1000;
  if (value.status !== internalError) return { ...value, finalSeconds };
  throw internalFailure({ purpose, method: 'POST', url });
}

/** The RecognitionStatus that says nothing about the audio: "an internal error […] Try again if possible" (the same page). */
export const internalError = 'Error';

/** The failure that such an answer is. */
export function internalFailure(of: {
  readonly purpose: string;
  readonly method: string;
  readonly url: URL;
}): ServiceError {
  const message = `Cannot ${of.purpose}: the service answers with an error of its own (${internalError})`;
  const { method, url } = of;
  const facts = { method, path: url.pathname, status: 200, code: internalError, attempts: 1 } as const;
  return new ServiceError(message, { ...facts, outcome: 'unknown' });
}

/** The sample rate is told as the WAV header has it: in the usual layout at byte 24, after `fmt `. */
function audioType(audio: Uint8Array): string {
  const header = Buffer.from(audio.buffer, audio.byteOffset, Math.min(audio.byteLength, 44));
  if (header.byteLength < 44 || header.toString('latin1', 12, 16) !== 'fmt ') return 'audio/wav';
  return `audio/wav; codecs=audio/pcm; samplerate=${header.readUInt32LE(24)}`;
}

/** What the body of an answer or of a phrase says. Offset and Duration, which come as numbers or as strings, are not read. */
export function readRecognition(text: string): { readonly value: Recognition } | undefined {
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
