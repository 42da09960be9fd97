import { TooLarge } from '../content-folder.ts';
import type { SpeechResource } from '../speech-resource.ts';

const timeoutMilliseconds = 10 * 60_000;

/**
 * Stores what an anonymous GET of an address brings. Answers why it could not be had, without the query of the address
 * (it may hold a signature), or undefined when it is there.
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
    const response = await fetch(address, { signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      return `Cannot download the content from ${place}: it answered ${response.status}.`;
    }
    // Iterated as it is: a Readable made of it throws at nobody when it is aborted before it is read.
    await resource.contents.writeStream(target.owner, { ...target, stream: response.body });
    return undefined;
  } catch (error) {
    if (resource.closing.aborted) throw error;
    if (error instanceof TooLarge) {
      return `Cannot import the content of ${place}: it is larger than ${target.maximumBytes} bytes.`;
    }
    return `Cannot download the content from ${place}: ${reasonOf(error)}.`;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.name : 'unknown reason';
}
