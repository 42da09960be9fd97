import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { TooLarge } from '../state/content-folder.ts';
import { isRefusedAddress, lookupAllowed, type OutgoingRule, PrivateHost } from '../protocol/outgoing-address.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

const timeoutMilliseconds = 10 * 60_000;
const mostRedirects = 5;

/**
 * Stores what an anonymous GET of an address brings, over redirects. Other hosts of private networks are not reached. Answers
 * why it could not be had, without the query of the address (it may hold a signature), or undefined when it is there.
 */
export async function download(
  resource: SpeechResource,
  contentUrl: string,
  target: { readonly owner: string; readonly name: string; readonly maximumBytes: number },
): Promise<string | undefined> {
  const address = new URL(contentUrl);
  const place = `${address.origin}${address.pathname}`;
  const signal = AbortSignal.any([resource.closing, AbortSignal.timeout(timeoutMilliseconds)]);
  try {
    const response = await follow(address, { signal, allowPrivate: resource.settings.allowPrivate });
    const { statusCode = 0 } = response;
    if (statusCode < 200 || statusCode > 299) {
      response.destroy();
      return `Cannot download the content from ${place}: it answered ${statusCode}.`;
    }
    await resource.contents.writeStream(target.owner, { ...target, stream: contentOf(response) });
    return undefined;
  } catch (error) {
    if (resource.closing.aborted) throw error;
    if (error instanceof TooLarge) {
      return `Cannot import the content of ${place}: it is larger than ${target.maximumBytes} bytes.`;
    }
    return `Cannot download the content from ${place}: ${reasonOfDownload(error)}.`;
  }
}

/** An address, of the content or of a redirect, at which nothing is asked. */
class Refused extends Error {
  override readonly name = 'Refused';
}

type Outgoing = OutgoingRule & { readonly signal: AbortSignal };

/** The first answer that is no redirect. Each address on the way is checked anew. */
async function follow(start: URL, outgoing: Outgoing): Promise<IncomingMessage> {
  let url = start;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await get(url, outgoing);
    const { location } = response.headers;
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return response;
    response.destroy();
    const next = URL.parse(location, url.href);
    if (next === null) throw new Refused('it redirects to something that is no address');
    url = next;
  }
  throw new Refused(`it redirects more than ${mostRedirects} times`);
}

async function get(url: URL, { signal, ...rule }: Outgoing): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Refused('it redirects to no http or https');
  if (url.username !== '' || url.password !== '') throw new Refused('an address must not hold a user or a password');
  if (isRefusedAddress(url.hostname, rule)) throw new PrivateHost(url.hostname);
  return await new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    send(url, { agent: false, signal, lookup: lookupAllowed(rule) }, resolve)
      .on('error', reject)
      .end();
  });
}

/** What was sent, decoded: storage may keep and answer compressed content whether it is asked for or not. */
function contentOf(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const coding = response.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (coding === 'identity') return response;
  const makeDecoder = decoders.get(coding);
  if (makeDecoder === undefined) {
    response.destroy();
    throw new Refused('its Content-Encoding is not one of gzip, deflate and br');
  }
  // Who reads the decoder gets the error, of either.
  return pipeline(response, makeDecoder(), () => undefined);
}

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

function reasonOfDownload(error: unknown): string {
  if (error instanceof PrivateHost) {
    return `${error.message}, which is only reached by \`speechops emulator --allow-private\``;
  }
  if (error instanceof Refused) return error.message;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown reason';
}
