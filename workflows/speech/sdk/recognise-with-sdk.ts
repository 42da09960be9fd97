import { type Recognition, ServiceError } from '../../engine/ports.ts';
import { reasonOfEnd } from '../../engine/retries/unanswered.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { limitTime } from '../../time/time-limit.ts';
import { timedOut } from '../failure.ts';
import type { SdkChannel } from './sdk-channel.ts';
import { idOf } from '../references.ts';
import { internalError, readRecognition } from '../recognise.ts';
import type { SdkRecogniser } from './sdk-recogniser.ts';
import { lostConnection, sdkErrorNames, sdkFailureFacts, type SdkTrouble } from './sdk-failure.ts';
import { wavSamples } from './wav-samples.ts';

/**
 * What an endpoint answers to one WAV, recognised by Microsoft's SDK to its end: the phrases between its silences are one text. One
 * connection, tried once. Throws a {@link ServiceError}, also when there is no answer in time, because the SDK can wait for ever.
 */
export async function recogniseWithSdk(
  channel: SdkChannel,
  wav: Uint8Array,
  { endpoint, signal }: { readonly endpoint: Endpoint; readonly signal?: AbortSignal | undefined },
): Promise<Recognition> {
  const purpose = `recognise speech on endpoint ${idOf(endpoint.self)}`;
  const request = channel.begin(endpoint, purpose);
  signal?.throwIfAborted();
  const audio = wavSamples(wav);
  if (audio === undefined) {
    const message = `Cannot ${purpose}: the audio is no WAV file of PCM with 16 bits and one channel`;
    throw new ServiceError(message, { method: 'GET', path: request.url.pathname, attempts: 0, outcome: 'refused' });
  }
  const limit = limitTime(channel.timeLimitMilliseconds, signal);
  try {
    const recogniser = await request.open({ format: audio, reconnects: false });
    try {
      // The SDK connects when it is started, and was loaded before.
      const startedAt = performance.now();
      const { phrases, firstResultAt } = await phrasesOf(recogniser, { samples: audio.samples, signal: limit.signal });
      const finalSeconds = (performance.now() - startedAt) / 1000;
      request.end({ isFailure: false });
      return {
        ...joined(phrases),
        ...(firstResultAt === undefined ? {} : { firstResultSeconds: (firstResultAt - startedAt) / 1000 }),
        finalSeconds,
      };
    } finally {
      recogniser.close();
    }
  } catch (error) {
    const trouble = asTrouble(error, limit.hasPassed());
    const failure = trouble === undefined ? error : request.failure(trouble);
    request.end({ isFailure: true, failure });
    if (signal?.aborted) throw reasonOfEnd(signal, failure instanceof ServiceError ? failure : undefined);
    throw failure;
  } finally {
    limit.clear();
  }
}

/** The SDK has given up. */
class SdkError extends Error {
  override readonly name = 'SdkError';
  readonly trouble: SdkTrouble;

  constructor(trouble: SdkTrouble) {
    super(trouble.details);
    this.trouble = trouble;
  }
}

function asTrouble(error: unknown, isLate: boolean): ReturnType<typeof sdkFailureFacts> | undefined {
  if (isLate) return { code: timedOut, detail: 'The time limit has passed', mayHaveActed: true };
  return error instanceof SdkError ? sdkFailureFacts(error.trouble) : undefined;
}

interface Phrases {
  readonly phrases: readonly Recognition[];
  /** By the process's clock in milliseconds; undefined when there was no hypothesis. */
  readonly firstResultAt: number | undefined;
}

async function phrasesOf(
  recogniser: SdkRecogniser,
  { samples, signal }: { readonly samples: Uint8Array; readonly signal: AbortSignal },
): Promise<Phrases> {
  const { recognizer, audio } = recogniser;
  const { promise, resolve: end, reject } = Promise.withResolvers<void>();
  const phrases: Recognition[] = [];
  let firstResultAt: number | undefined;
  const fail = (trouble: SdkTrouble): void => reject(new SdkError(trouble));
  recognizer.recognizing = () => {
    firstResultAt ??= performance.now();
  };
  recognizer.recognized = (_, { result }) => {
    const phrase = readRecognition(result.json)?.value;
    if (phrase !== undefined) phrases.push(phrase);
  };
  recognizer.canceled = (_, { reason, errorCode, errorDetails }) => {
    // 1: the end of the audio has come.
    if ((reason as number) !== 0) end();
    else fail({ code: sdkErrorNames[errorCode as number] ?? internalError, details: errorDetails ?? '' });
  };
  recognizer.sessionStopped = () => end();
  // After the audio was sent the SDK connects again and waits for ever. Why a connection ended it tells a moment later.
  recogniser.onDisconnected(() => {
    setTimeout(() => fail(lostConnection), reasonMilliseconds);
  });
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    // A copy, because they may be a part of a larger buffer.
    audio.write(new Uint8Array(samples).buffer);
    audio.close();
    recogniser.start((details) => fail({ code: 'RuntimeError', details: String(details) }));
    await promise;
    return { phrases, firstResultAt };
  } finally {
    signal.removeEventListener('abort', onAbort);
    recogniser.onDisconnected(() => undefined);
  }
}

const reasonMilliseconds = 100;

/** The texts of all phrases that were understood; else what was said of the first. */
function joined(phrases: readonly Recognition[]): Recognition {
  const understood = phrases.filter(
    ({ status, lexical, display }) => status === 'Success' && `${lexical}${display}` !== '',
  );
  if (understood.length === 0) {
    const status = phrases.find((phrase) => phrase.status !== 'Success')?.status ?? 'NoMatch';
    return { status, lexical: '', display: '' };
  }
  return {
    status: 'Success',
    lexical: understood.map(({ lexical }) => lexical).join(' '),
    display: understood.map(({ display }) => display).join(' '),
  };
}
