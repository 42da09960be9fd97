import type { TokenCredential } from '@azure/core-auth';
import { isLoopback, parseEndpoint } from '../document/base-url.ts';
import { requestPatienceMilliseconds } from '../engine/retries/repeat-pauses.ts';
import type { SpeakingVoice, TextToSpeechPort } from '../engine/ports.ts';
import type { ClockPort } from '../time/clock.ts';
import { sleep } from '../time/sleep.ts';
import type { SpeechCredential } from './credential.ts';
import { createSend } from './http.ts';
import type { RequestObserver } from './request-observer.ts';
import { isJsonObject, readJson } from './service-answer.ts';

export interface TextToSpeechOptions {
  /** Base URL of the Speech resource, as of the client. */
  readonly endpoint: string;
  readonly credential: SpeechCredential;
  /** The Azure resource id, which a token of Entra ID is sent with. A key does without. */
  readonly resourceId?: string | undefined;
  /** The first back-off; it doubles with every further one, up to 5 s. @default 800 */
  readonly retryDelayMilliseconds?: number;
  readonly sleep?: ClockPort['sleep'];
  readonly observer?: RequestObserver | undefined;
}

/**
 * The text-to-speech of a Speech resource, by its REST API (Microsoft Learn: "Text to speech REST API"). Throws an Error that names the
 * setting when endpoint and credential cannot be used; what fails later is a ServiceError. Requests are repeated as those of the client.
 */
export function createTextToSpeech(options: TextToSpeechOptions): TextToSpeechPort {
  const endpoint = parseEndpoint(options.endpoint);
  const { credential, resourceId, observer = {} } = options;
  const send = createSend({
    endpoint,
    credential: 'key' in credential || resourceId === undefined ? credential : ofResource(credential, resourceId),
    maxRetries: Infinity,
    retryDelayMilliseconds: options.retryDelayMilliseconds ?? 800,
    patienceMilliseconds: requestPatienceMilliseconds,
    sleep: options.sleep ?? sleep,
    requestTimeoutMilliseconds: 120_000,
    userAgent: 'speechops',
    observer,
  });
  return {
    async voices({ signal } = {}) {
      const url = synthesisAddress(endpoint, 'voices/list');
      return (
        await send({ method: 'GET', url, purpose: 'list voices', repetition: 'always', read: readVoices, signal })
      ).value;
    },
    async speak(text, { voice, locale, signal }) {
      const { value } = await send({
        method: 'POST',
        url: synthesisAddress(endpoint, 'v1'),
        purpose: `speak a text with the voice ${voice}`,
        // To say it twice changes nothing, and is billed twice.
        repetition: 'always',
        body: { type: 'application/ssml+xml', content: ssmlOf(text, { voice, locale }) },
        // The page lists no `riff` format of 16 kHz.
        headers: { 'X-Microsoft-OutputFormat': 'raw-16khz-16bit-mono-pcm' },
        read: () => undefined,
        readBytes: (bytes) => (bytes.byteLength > 0 && bytes.byteLength % 2 === 0 ? { value: bytes } : undefined),
        signal,
      });
      return value;
    },
  };
}

/**
 * Where a resource speaks: below `/tts` of its custom subdomain (Microsoft Learn: "Use Speech service through a private endpoint"), on a host
 * of its region that differs from the one for its other work, or on this machine.
 */
export function synthesisAddress(endpoint: URL, operation: 'v1' | 'voices/list'): URL {
  const [, region, domain] =
    /^([\w-]+)\.(?:api\.cognitive|stt\.speech|tts\.speech)\.(microsoft\.com|microsoft\.us|azure\.(?:cn|us))$/.exec(
      endpoint.hostname,
    ) ?? [];
  if (region === undefined || isLoopback(endpoint)) return new URL(`/tts/cognitiveservices/${operation}`, endpoint);
  // The host for other work of the US Government cloud has a domain of its own.
  const speech = domain === 'microsoft.us' ? 'azure.us' : domain;
  return new URL(`https://${region}.tts.speech.${speech}/cognitiveservices/${operation}`);
}

/** A text in one voice. */
export function ssmlOf(text: string, { voice, locale }: { readonly voice: string; readonly locale: string }): string {
  const attributes = `version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="${escapeXml(locale)}"`;
  return `<speak ${attributes}><voice name="${escapeXml(voice)}">${escapeXml(text)}</voice></speak>`;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML has no place for become spaces. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, ' ')
    .replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** Text-to-speech takes a token with the resource before it (Microsoft Learn: "Text to speech REST API", authentication). */
function ofResource(credential: TokenCredential, resourceId: string): TokenCredential {
  return {
    async getToken(scopes, options) {
      const token = await credential.getToken(scopes, options);
      return token && { ...token, token: `aad#${resourceId}#${token.token}` };
    },
  };
}

function readVoices(text: string): { readonly value: readonly SpeakingVoice[] } | undefined {
  const list = readJson(text);
  if (!Array.isArray(list)) return undefined;
  return {
    value: list.flatMap((one: unknown) => {
      const { ShortName: name, Locale: locale, Status: status } = isJsonObject(one) ? one : {};
      if (typeof name !== 'string' || typeof locale !== 'string') return [];
      return [{ name, locale, isGeneral: status === 'GA' }];
    }),
  };
}
