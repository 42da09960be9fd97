import { WebSocket } from 'ws';
import type { Client } from '../client.ts';
import { makeWav } from '../recognition/make-wav.ts';

/** A message as the service sent it. */
export interface ReceivedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A connection of which the test writes every byte. */
export interface RawConnection {
  readonly socket: WebSocket;
  readonly received: ReceivedMessage[];
  /** Code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  text(path: string, requestId: string, body?: string): void;
  audio(requestId: string, body: Uint8Array): void;
  /** The paths of what came so far. */
  paths(): readonly string[];
}

export async function openRaw(
  client: Client,
  { path = '/stt/speech/universal/v2?language=en-US' }: { readonly path?: string } = {},
): Promise<RawConnection> {
  const url = `${client.emulator.url.replace('http', 'ws')}${path}`;
  const socket = new WebSocket(url, { headers: { 'Ocp-Apim-Subscription-Key': client.emulator.key } });
  const received: ReceivedMessage[] = [];
  socket.on('message', (data: Buffer) => {
    const whole = data.toString();
    const end = whole.indexOf('\r\n\r\n');
    const lines = whole.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1)]),
    );
    received.push({ headers, text: whole.slice(end + 4) });
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  socket.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    socket,
    received,
    closed,
    text: (name, requestId, body = '{}') => socket.send(textMessage(name, requestId, body)),
    audio: (requestId, body) => socket.send(binaryMessage(`Path: audio\r\nX-RequestId: ${requestId}\r\n`, body)),
    paths: () => received.map(({ headers }) => headers['path'] ?? ''),
  };
}

/** A message as Microsoft's client writes it. */
export function textMessage(path: string, requestId: string, body: string): string {
  return `Path: ${path}\r\nX-RequestId: ${requestId}\r\nX-Timestamp: 2026-11-29T00:00:00Z\r\nContent-Type: application/json\r\n\r\n${body}`;
}

export function binaryMessage(headers: string, body: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(headers.length);
  return Buffer.concat([length, Buffer.from(headers), body]);
}

/** The header of a stream of 16-bit audio that has no end yet. */
export const streamHeader = makeWav(new Int16Array(0), { dataSize: 0 });

export const requestIds = ['0123456789ABCDEF0123456789ABCDE0', '0123456789ABCDEF0123456789ABCDE1'] as const;

export function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}
