import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connectControl, serveControl } from '../../workflows/cli/runs/control-socket.ts';
import { type RunControl } from '../../workflows/cli/runs/control-request.ts';
import { socketPlace } from '../../workflows/store/socket-place.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText } from './mutate.ts';
import { withScratchFolder } from './scratch-folder.ts';

/** A client that writes these bytes and then goes away in some way; an endless line goes on for so many bytes. */
interface Client {
  readonly bytes: string;
  readonly endlessBytes: number;
  readonly leaves: 'at once' | 'with the answer unread' | 'after the answer' | 'half closed';
}

/**
 * Clients of the socket of a living run that vanish at any byte, write what is no request, or never end a line: the process that runs
 * the pipeline goes on, and answers the next client.
 */
export const fuzzControlSocket: FuzzLane = async (lane) =>
  await withScratchFolder(async (folder) => {
    const stop = await serveControl(folder.path, runs);
    const address = `${await socketPlace(folder.path)}.sock`;
    let crash: unknown;
    const onCrash = (error: unknown): void => void (crash = error);
    process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash);
    try {
      return await fuzzDocuments(
        {
          draw: (draws) => draws.several(3, () => drawClient(draws)),
          async check(clients) {
            crash = undefined;
            await Promise.all(clients.map(async (client) => await play(client, address)));
            const asked = await connectControl(folder.path);
            if (asked === undefined) return 'nobody answers any more';
            const found = await Promise.race([asked.runs(), setTimeout(patienceMilliseconds)]);
            await asked.close();
            if (crash !== undefined) return `the process would have ended: ${String(crash)}`;
            return Array.isArray(found) ? undefined : 'no answer to a sound request';
          },
          *smaller(clients) {
            for (const left of clients) yield clients.filter((client) => client !== left);
          },
          show: (clients) => JSON.stringify(clients),
        },
        lane,
      );
    } finally {
      process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash);
      await stop();
    }
  });

const patienceMilliseconds = 10_000;

const runs: RunControl = {
  runs: async () => [
    { runId: 'a', pipeline: 'p'.repeat(2000), status: 'running', startedAt: '2026-01-01T00:00:00.000Z', format: 'x' },
  ],
  pulse: async () => 'unchanged',
  details: async () => undefined,
  log: async (_run, range) => [
    {
      number: 1,
      at: '2026-01-01T00:00:00.000Z',
      kind: 'run',
      message: 'x'.repeat(Math.min(range?.limit ?? 20, 100_000)),
    },
  ],
  async cancel(runId) {
    await setTimeout(1);
    if (typeof runId !== 'string') throw new TypeError('Give the id of a run');
    return 1;
  },
  decide: async (_run, _step, decision) => decision,
  lend: async () => false,
  close: async () => undefined,
};

const requests = [
  { method: 'runs', params: {} },
  { method: 'details', params: { runId: 'a' } },
  { method: 'log', params: { runId: 'a', limit: 50_000 } },
  { method: 'cancel', params: { runId: 'a' } },
  { method: 'lend', params: {} },
  { method: 'decide', params: { runId: 'a', stepId: 'b', decision: { approved: true, by: 'c', at: 'd' } } },
  { method: 'runs' },
  { method: 'details', params: null },
  { method: 'log', params: { limit: 'x' } },
  { method: '__proto__' },
  null,
  1,
  'x',
  [],
  {},
  [[[]]],
];

function drawClient(draws: Draws): Client {
  const pieces = [...hostileTexts, '\n', '\n\n', '"', '{"method":"runs","params":{}}\n'];
  const lines = draws.several(4, () => `${JSON.stringify(draws.pick(requests))}\n`).join('');
  const said = draws.chance(0.5) ? lines : mutateText(lines, { draws, pieces });
  return {
    bytes: draws.chance(0.3) ? said.slice(0, draws.below(said.length + 1)) : said,
    endlessBytes: draws.chance(0.03) ? 4_000_000 : 0,
    leaves: draws.pick(['at once', 'with the answer unread', 'after the answer', 'half closed']),
  };
}

async function play({ bytes, endlessBytes, leaves }: Client, address: string): Promise<void> {
  const socket = connect(address);
  // Nothing is taken out of the socket, which resets the connection when it is closed.
  if (leaves === 'with the answer unread') socket.pause();
  // What the server does with this client is its own affair.
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').catch(() => undefined);
  await once(socket, 'connect').catch(() => undefined);
  socket.write(bytes);
  for (let left = endlessBytes; left > 0 && socket.writable; left -= 65_536) await written(socket, 'x'.repeat(65_536));
  if (leaves === 'after the answer') await Promise.race([once(socket, 'data').catch(() => undefined), setTimeout(20)]);
  if (leaves === 'with the answer unread') await setTimeout(5);
  if (leaves === 'half closed') socket.end();
  else socket.destroy();
  await Promise.race([closed, setTimeout(50)]);
  socket.destroy();
}

/** Waits until the socket takes more, or is closed. */
async function written(socket: Socket, text: string): Promise<void> {
  if (socket.write(text)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('drain', resolve).once('close', resolve);
  await promise;
  socket.off('drain', resolve).off('close', resolve);
}
