import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Decision } from '../engine/decision.ts';
import type { Journal, RunDetails, RunSummary } from '../engine/journal.ts';
import type { RunLog } from '../engine/run-log.ts';
import { socketPlace } from '../engine/socket-place.ts';

/** What another process may ask of the one that has the embedded store open. */
export type RunControl = Pick<Journal, 'runs' | 'details' | 'cancel' | 'decide' | 'close'> & {
  /** The last lines of the run's log, oldest first. */
  log(runId: string, options?: LogRange): ReturnType<RunLog['read']>;
};

type LogRange = NonNullable<Parameters<RunLog['read']>[1]>;

type Request =
  | { readonly method: 'runs'; readonly params: { readonly limit?: number } }
  | { readonly method: 'details'; readonly params: { readonly runId: string } }
  | { readonly method: 'log'; readonly params: { readonly runId: string } & LogRange }
  | { readonly method: 'cancel'; readonly params: { readonly runId: string } }
  | {
      readonly method: 'decide';
      readonly params: { readonly runId: string; readonly stepId: string; readonly decision: Decision };
    };

/**
 * Answers other processes of the same user until the answer is called, which leaves nobody without a reply to what they
 * have asked. `folder` is that of the store.
 */
export async function serveControl(folder: string, control: RunControl): Promise<() => Promise<void>> {
  const address = await controlAddress(folder);
  await rm(address, { force: true });
  const sockets = new Set<Socket>();
  const answers = new Set<Promise<void>>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    createInterface({ input: socket }).on('line', (line) => {
      const answered = answer(line, { socket, control }).finally(() => answers.delete(answered));
      answers.add(answered);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
  server.unref();
  return async () => {
    server.close();
    await rm(address, { force: true });
    await Promise.all(answers);
    // Whoever stays connected would keep this process from ending.
    for (const socket of sockets) socket.destroySoon();
  };
}

/** The runs of a process that has the store open; undefined when none answers. */
export async function connectControl(folder: string): Promise<RunControl | undefined> {
  const socket = connect(await controlAddress(folder));
  const connected = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  if (!connected) return undefined;
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const ask = async <T>(request: Request): Promise<T> => {
    socket.write(`${JSON.stringify(request)}\n`);
    const line = await lines.next().catch(() => undefined);
    if (line === undefined || line.done === true)
      throw new Error('Try again: the process that runs the pipeline has just ended');
    const { result, error } = JSON.parse(line.value) as { result?: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return result as T;
  };
  return {
    runs: async (options = {}) => await ask<readonly RunSummary[]>({ method: 'runs', params: options }),
    details: async (runId) => await ask<RunDetails | undefined>({ method: 'details', params: { runId } }),
    log: async (runId, range = {}) =>
      await ask<Awaited<ReturnType<RunLog['read']>>>({ method: 'log', params: { runId, ...range } }),
    cancel: async (runId) => await ask<number>({ method: 'cancel', params: { runId } }),
    decide: async (runId, stepId, decision) =>
      await ask<Decision>({ method: 'decide', params: { runId, stepId, decision } }),
    close: async () => void socket.end(),
  };
}

async function answer(line: string, at: { readonly socket: Socket; readonly control: RunControl }): Promise<void> {
  const reply = await perform(line, at.control).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  at.socket.write(`${JSON.stringify(reply)}\n`);
}

async function perform(line: string, control: RunControl): Promise<unknown> {
  const request = JSON.parse(line) as Request;
  if (request.method === 'runs') return await control.runs(request.params);
  if (request.method === 'details') return await control.details(request.params.runId);
  if (request.method === 'log') return await control.log(request.params.runId, request.params);
  if (request.method === 'cancel') return await control.cancel(request.params.runId);
  if (request.method !== 'decide')
    throw new Error('Use the same version of speechops: the running one does not know this request');
  const { runId, stepId, decision } = request.params;
  return await control.decide(runId, stepId, decision);
}

async function controlAddress(folder: string): Promise<string> {
  const place = await socketPlace(folder);
  return process.platform === 'win32' ? `\\\\.\\pipe\\speechops-${path.basename(place)}` : `${place}.sock`;
}
