import { createParser } from 'eventsource-parser';
import type { Change } from '../api/common.ts';
import { AskProblem, request } from './ask.ts';

/** Whether changes are heard of; a page that does not hear of them may show what is old. */
export type Hearing = 'connecting' | 'heard' | 'lost' | 'refused';

const listeners = new Set<(change: Change) => void>();
const hearingListeners = new Set<(hearing: Hearing) => void>();
const tried = Promise.withResolvers<void>();
let hearing: Hearing = 'connecting';
let isListening = false;
/** Whether something may have been asked while no change was heard of. */
let mayBeOld = false;

/**
 * Settles when changes are heard of, or cannot be for now. Who asks earlier would not hear of a change between the answer and the
 * beginning of the stream, and show what is old until the next one.
 */
export const whenTried: Promise<void> = tried.promise;

/** Calls `told` with each change; the returned function ends that. */
export function onChange(told: (change: Change) => void): () => void {
  listeners.add(told);
  if (!isListening) {
    isListening = true;
    void listen();
  }
  return () => void listeners.delete(told);
}

/** Calls `told` now and whenever the connection comes and goes; the returned function ends that. */
export function onHearing(told: (hearing: Hearing) => void): () => void {
  hearingListeners.add(told);
  told(hearing);
  return () => void hearingListeners.delete(told);
}

async function listen(): Promise<never> {
  setTimeout(() => hearing === 'connecting' && askAnyway(), patienceMilliseconds);
  for (;;) {
    await untilSeen();
    let isRefused = false;
    try {
      await hear();
    } catch (error) {
      // It is tried again; another token comes with another address alone.
      isRefused = error instanceof AskProblem && error.status === 401;
    }
    askAnyway();
    // The page is covered, and `hear` has ended the stream itself.
    if (document.hidden) continue;
    become(isRefused ? 'refused' : 'lost');
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}

/** Hears the stream of changes until it ends. A browser has few connections for all pages of an address, so a page that is covered ends its own. */
async function hear(): Promise<void> {
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => ended.abort(), unseenMilliseconds);
  };
  document.addEventListener('visibilitychange', look);
  try {
    const response = await request('events', { signal: ended.signal });
    become('heard');
    tried.resolve();
    // The server keeps no changes for a page that was not listening.
    if (mayBeOld) for (const change of ['objects', 'repository', 'runs', 'clock'] as const) tell(change);
    mayBeOld = false;
    const parser = createParser({ onEvent: ({ data }) => tell(data as Change) });
    const text = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
    for await (const part of text) parser.feed(part);
  } finally {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  }
}

/** Lets be asked what may be old soon: the stream tells everything anew when it begins. */
function askAnyway(): void {
  mayBeOld = true;
  tried.resolve();
}

async function untilSeen(): Promise<void> {
  if (!document.hidden) return;
  askAnyway();
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
  });
}

function tell(change: Change): void {
  for (const listener of listeners) listener(change);
}

function become(now: Hearing): void {
  if (now === hearing) return;
  hearing = now;
  for (const listener of hearingListeners) listener(now);
}

const pauseMilliseconds = 2000;
const unseenMilliseconds = 3000;
/** Some proxies hold a stream back. */
const patienceMilliseconds = 1000;
