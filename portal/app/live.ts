import { createParser } from 'eventsource-parser';
import type { Change } from '../api/common.ts';
import { request } from './ask.ts';

/** Whether changes are heard of; a page that does not hear of them may show what is old. */
export type Hearing = 'connecting' | 'heard' | 'lost';

const listeners = new Set<(change: Change) => void>();
const hearingListeners = new Set<(hearing: Hearing) => void>();
let hearing: Hearing = 'connecting';
let isListening = false;

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
  for (let isFirst = true; ; isFirst = false) {
    try {
      await hear(isFirst);
    } catch {
      // It is tried again.
    }
    become('lost');
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}

async function hear(isFirst: boolean): Promise<void> {
  const response = await request('events');
  become('heard');
  // What has changed while nobody listened is not known.
  if (!isFirst) for (const change of ['objects', 'repository', 'runs', 'clock'] as const) tell(change);
  const parser = createParser({ onEvent: ({ data }) => tell(data as Change) });
  const text = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
  for await (const part of text) parser.feed(part);
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
