import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Connection } from '../../../emulator/realtime/connection.ts';
import type { SpeechResource } from '../../../emulator/state/speech-resource.ts';
import { requestIds, textMessage } from './raw-client.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limits = { connectionSeconds: 600, connectionIdleSeconds: 300 };

it('a connection is closed after five minutes without a message, counted from the last one', () => {
  const { socket, closed } = connect();
  vi.advanceTimersByTime(200_000);
  socket.emit('message', Buffer.from(textMessage('telemetry', requestIds[0], '{}')), false);
  vi.advanceTimersByTime(299_000);
  expect(closed).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(closed).toEqual(['1000 Exceeded maximum websocket connection idle duration(> 300000ms)']);
});

it('a connection is closed after ten minutes, whatever comes', () => {
  const { socket, closed } = connect();
  for (let minute = 0; minute < 9; minute += 1) {
    vi.advanceTimersByTime(60_000);
    socket.emit('message', Buffer.from(textMessage('telemetry', requestIds[0], '{}')), false);
  }
  expect(closed).toEqual([]);
  vi.advanceTimersByTime(61_000);
  expect(closed).toEqual(['1000 Exceeded maximum websocket connection duration(> 600000ms)']);
});

/** A connection on a web socket of which only the closing is seen. */
function connect() {
  const closed: string[] = [];
  const close = (code: number, reason: string): void => void closed.push(`${code} ${reason}`);
  const socket = Object.assign(new EventEmitter(), {
    readyState: 1,
    OPEN: 1,
    close,
    pause: () => {},
    resume: () => {},
  });
  const query = new URLSearchParams();
  const parts = { resource: {} as SpeechResource, limits, pathMode: undefined, query, fault: undefined };
  void new Connection(socket as unknown as WebSocket, { ...parts, stream: new Duplex() });
  return { socket, closed };
}
