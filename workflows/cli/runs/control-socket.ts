import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { sleepInBackground } from '../../time/sleep.ts';
import type { Holder } from '../../store/exclusive-lock.ts';
import { socketPlace } from '../../store/socket-place.ts';
import { type ControlRequest, readRequest, remoteControl, type RunControl } from './control-request.ts';

/**
 * Answers other processes of the same user until the returned function is called, which waits for the replies to requests under
 * way. `folder` is that of the store. No client can end this process, which holds at most one request and one answer of each.
 */
export async function serveControl(folder: string, control: RunControl): Promise<() => Promise<void>> {
  const address = await controlAddress(folder);
  await rm(address, { force: true });
  const sockets = new Set<Socket>();
  const answers = new Set<Promise<void>>();
  const answerTo = (socket: Socket) => async (line: string) => {
    const answered = reply(line, control).then(async (said) => await send(socket, said));
    answers.add(answered);
    await answered.finally(() => answers.delete(answered));
  };
  // A client may send its last request and close its side before it reads.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // A lost client is an `error` event of its socket, and without a listener the event ends the process.
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    if (sockets.size >= mostClients) return void socket.end(tooMany, () => socket.destroy());
    sockets.add(socket);
    socket.setTimeout(silenceMilliseconds, () => socket.destroy());
    converse(socket, answerTo(socket)).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
  // A connection that cannot be accepted, for want of file descriptors, fails for its client alone.
  server.on('error', () => undefined).unref();
  return async () => {
    server.close();
    await rm(address, { force: true });
    await Promise.race([Promise.allSettled(answers), sleepInBackground(lastAnswersMilliseconds)]);
    // A client that stays connected would keep this process from ending.
    for (const socket of sockets) socket.destroySoon();
  };
}

/** Answers one line after the other, so that nothing piles up here while the client sends more than it reads. */
async function converse(socket: Socket, answer: (line: string) => Promise<void>): Promise<void> {
  try {
    for await (const line of linesOf(socket, longestLine)) await answer(line);
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    await send(socket, { error: error.message });
  }
  socket.destroySoon();
}

/** Lines of text; throws a {@link LineTooLong} before more than so many characters of one are held. */
async function* linesOf(socket: Socket, longest = Infinity): AsyncGenerator<string, void> {
  let rest = '';
  for await (const text of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    const lines = (rest + String(text)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > longest) throw new LineTooLong(longest);
  }
}

class LineTooLong extends Error {
  constructor(longest: number) {
    super(`Send shorter lines: a request has at most ${longest} characters`);
  }
}

async function reply(line: string, control: RunControl): Promise<object> {
  try {
    return { result: await readRequest(line).perform(control) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Resolves when the answer is sent; rejects when the client has gone. */
async function send(socket: Socket, said: object): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.write(`${JSON.stringify(said)}\n`, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * The runs of the process that has the store open; undefined when no process accepts the connection. A request rejects when the
 * process does not answer in time, and as soon as the signal is aborted.
 */
export async function connectControl(
  folder: string,
  options: {
    readonly signal?: AbortSignal;
    /** The process to name when it does not answer. */
    readonly holder?: Pick<Holder, 'pid' | 'what'>;
  } = {},
): Promise<RunControl | undefined> {
  const socket = connect(await controlAddress(folder));
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  if (!connected) return undefined;
  socket.on('error', () => undefined);
  const lines = linesOf(socket);
  const { signal, holder } = options;
  const ask = async (request: ControlRequest, { isChange }: { readonly isChange: boolean }): Promise<unknown> => {
    const withinMilliseconds = isChange ? changeMilliseconds : readMilliseconds;
    let whyNot: unknown;
    const giveUp = (reason: unknown): void => {
      whyNot = reason;
      socket.destroy();
    };
    const stop = (): void => giveUp(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(() => giveUp(new Error(silent(withinMilliseconds, holder))), withinMilliseconds);
    try {
      socket.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next().catch(() => undefined);
      if (whyNot !== undefined) throw whyNot;
      if (line === undefined || line.done === true)
        throw new Error('Try again: the process that runs the pipeline has just ended');
      const { result, error } = JSON.parse(line.value) as { result?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return result;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  };
  return { ...remoteControl(ask), close: async () => void socket.end() };
}

function silent(milliseconds: number, holder: Pick<Holder, 'pid' | 'what'> = { pid: 0, what: '' }): string {
  const { pid, what } = holder;
  const who = pid === 0 ? 'the process that runs the pipeline' : `process ${pid} (${what})`;
  const wake = pid === 0 ? 'kill -CONT' : `kill -CONT ${pid}`;
  return `Let ${who} go on, or end it: it has not answered for ${milliseconds / 1000} seconds (${wake} wakes one that was stopped)`;
}

async function controlAddress(folder: string): Promise<string> {
  const place = await socketPlace(folder);
  return process.platform === 'win32' ? `\\\\.\\pipe\\speechops-${path.basename(place)}` : `${place}.sock`;
}

/** Only the comment of a decision can be long. */
const longestLine = 262_144;
/** People and scripts that look at one run at the same time. */
const mostClients = 64;
const tooMany = `${JSON.stringify({ error: 'Try again: too many processes ask at the same time' })}\n`;
/** A client that is silent and reads nothing for so long was stopped, or has forgotten its connection. */
const silenceMilliseconds = 30_000;
/** How long the end of a run waits for clients to read their answers. */
const lastAnswersMilliseconds = 5000;
/** A command that reads must end within five seconds, its start included, even without an answer. */
const readMilliseconds = 3500;
/** A change may have been made although no answer came, so the client waits longer for it. */
const changeMilliseconds = 30_000;
