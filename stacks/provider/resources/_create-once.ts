import { randomUUID } from 'node:crypto';
import { type EntityCollection, ServiceError } from '../../../workflows/engine/ports.ts';
import { longestBackOffMilliseconds, RepeatPauses } from '../../../workflows/engine/retries/repeat-pauses.ts';
import type { Entity } from '../../../workflows/plan/speech-entities.ts';
import { sleep } from '../../../workflows/time/sleep.ts';
import { pipelinePrefix } from './_custom-properties.ts';
import type { CustomSpeechClient } from './customspeech-client.ts';

/** The entry of customProperties by which an object is known again whose creation was not confirmed. */
const creationProperty = `${pipelinePrefix}terraform`;

/**
 * Creates one object and never two. The service takes no id from its caller, so each creation leaves a mark of its own on the
 * object: when the answer is lost, the objects are looked through for it before anything is repeated.
 */
export async function createOnce<E extends Entity, New extends object>(
  collection: Pick<EntityCollection<E, New>, 'create' | 'list'>,
  body: New & { readonly customProperties: Readonly<Record<string, string>> },
  options: { readonly signal: AbortSignal } & Pick<
    CustomSpeechClient,
    'retryDelayMilliseconds' | 'retryPatienceMilliseconds'
  >,
): Promise<E> {
  const { signal } = options;
  const mark = randomUUID();
  const marked = { ...body, customProperties: { ...body.customProperties, [creationProperty]: mark } };
  const patience = abortedLater(signal);
  const pauses = new RepeatPauses({
    firstMilliseconds: options.retryDelayMilliseconds,
    longestMilliseconds: longestBackOffMilliseconds,
    patienceMilliseconds: options.retryPatienceMilliseconds,
  });
  try {
    for (;;) {
      try {
        return await collection.create(marked, { signal: patience.signal });
      } catch (error) {
        if (!mayHaveActed(error)) throw error;
        const pause = pauses.afterFailure(error instanceof ServiceError ? error.retryAfterSeconds : undefined);
        if (pause !== undefined && !signal.aborted) await sleep(pause, signal).catch(() => undefined);
        // A search that begins after the stop has time of its own; one that was under way ends with the patience.
        const until = signal.aborted ? AbortSignal.timeout(patienceMilliseconds) : patience.signal;
        const found = await findMarked(collection, { mark, signal: until, failure: error });
        if (found !== undefined) return found;
        if (pause === undefined) throw error;
        signal.throwIfAborted();
      }
    }
  } finally {
    patience.clear();
  }
}

/** Throws when nobody knows: then nothing may be repeated, and a person has to look. */
async function findMarked<E extends Entity>(
  collection: Pick<EntityCollection<E, never>, 'list'>,
  { mark, signal, failure }: { readonly mark: string; readonly signal: AbortSignal; readonly failure: unknown },
): Promise<E | undefined> {
  try {
    const all = await collection.list({ signal });
    return all.find((entity) => entity.customProperties?.[creationProperty] === mark);
  } catch (error) {
    const messages = [failure, error].map((one) => (one instanceof Error ? one.message : String(one)));
    throw new Error(`${messages.join('; looking whether it was created failed too: ')}`, { cause: error });
  }
}

/** An answer that is under way when Terraform stops is worth waiting for: it names the object. */
const patienceMilliseconds = 10_000;

function abortedLater(signal: AbortSignal): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => controller.abort(signal.reason), patienceMilliseconds);
  };
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** What is no answer of the service, an abort for example, says nothing about what it did. */
function mayHaveActed(error: unknown): boolean {
  return !(error instanceof ServiceError) || error.outcome === 'unknown';
}
