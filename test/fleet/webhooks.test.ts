import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFleet, pause, testDatabaseUrl, textPlan, type Fleet, type WorkerProcess } from './fleet.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import { until } from '../until.ts';

const secret = 'a secret for the tests';

describe.skipIf(testDatabaseUrl === '')('a fleet with webhooks', () => {
  let folder = '';
  let fleet: Fleet;
  let balancer: Balancer;

  beforeEach(async () => {
    vi.stubEnv('SPEECHOPS_WEBHOOK_SECRET', secret);
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-fleet-'));
    fleet = await openFleet({ speed: 120 });
    balancer = await startBalancer();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await fleet.close();
    await balancer.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('wakes the steps of every worker by callbacks that reach one of them', { timeout: 300_000 }, async () => {
    const workers = await Promise.all([startWorker(), startWorker()]);
    balancer.reach(workers[0]);
    await untilCalledBack(workers);
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await enqueue(names, { trains: false });
    await fleet.runs();

    // From here on a training takes minutes of the clock on the wall, and no step reads again before they are over.
    await control('POST', '/clock', { speed: 1 });
    await control('DELETE', '/requests');
    const trainings = names.map((name) => `train-${name}`);
    for (const name of names) await enqueue([name], { as: `train-${name}` });
    await until(async () => (await readings()) >= names.length, 100);
    for (const worker of workers) expect(begun(worker, trainings), worker.log()).toBeGreaterThan(0);
    await control('POST', '/clock', { advanceSeconds: 600 });
    const runs = await fleet.runs();
    expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'succeeded'));
    expect(workers.map((worker) => worker.log()).join('')).not.toContain(secret);
  });

  it('keeps one webhook, also when its workers are replaced', { timeout: 300_000 }, async () => {
    const first = await startWorker();
    balancer.reach(first);
    await untilCalledBack([first]);
    const [before] = await webhooks();
    await first.stop('SIGKILL');
    const second = await startWorker();
    balancer.reach(second);
    await untilCalledBack([second]);
    expect((await webhooks()).map(({ self }) => self)).toEqual([before?.self]);
    expect(await second.stop('SIGTERM'), second.log()).toBe(0);
  });

  it('polls as ever while callbacks do not arrive, and says so', { timeout: 300_000 }, async () => {
    const worker = await startWorker();
    await enqueue(['a']);
    const [run] = await fleet.runs();
    expect(run?.status).toBe('succeeded');
    const said = 'does not call back, steps poll: The challenge was not answered with 200 but with 502.';
    await until(() => worker.log().includes(said), 50);
  });

  async function startWorker(): Promise<WorkerProcess> {
    return await fleet.startWorker(['--concurrency', '3', '--webhooks', balancer.url]);
  }

  /** Gives the workers runs until each has seen that the service calls back. */
  async function untilCalledBack(workers: readonly WorkerProcess[]): Promise<void> {
    const isCalledBack = (worker: WorkerProcess): boolean => worker.log().includes('calls back: steps wait');
    for (let index = 0; !workers.every(isCalledBack); index += 1) {
      await enqueue([`warm-${workers[0]?.name}-${index}`], { trains: false });
      await fleet.runs();
      await pause(500);
    }
  }

  /** Gives the workers a run for each name, called like it or `as` told, on words of that name. */
  async function enqueue(
    names: readonly string[],
    options: { readonly trains?: boolean; readonly as?: string } = {},
  ): Promise<void> {
    const target = { endpoint: fleet.emulators[0].url };
    const { as, trains = true } = options;
    for (const name of names) {
      await fleet.journal.enqueue(as ?? name, await textPlan(folder, { name, target, trains }));
    }
  }

  /** How often the service was asked for a model. */
  async function readings(): Promise<number> {
    const { operations } = (await control('GET', '/requests')) as {
      readonly operations: Readonly<Record<string, Readonly<Record<string, number>>>>;
    };
    return operations['Models_GetCustomModel']?.['200'] ?? 0;
  }

  async function webhooks(): Promise<readonly { readonly self: string }[]> {
    const [{ url, key }] = fleet.emulators;
    const response = await fetch(`${url}/speechtotext/webhooks?api-version=2025-10-15`, {
      headers: { 'ocp-apim-subscription-key': key },
    });
    return ((await response.json()) as { readonly values: readonly { readonly self: string }[] }).values;
  }

  async function control(method: string, where: string, body?: object): Promise<unknown> {
    const response = await controlEmulator(fleet.emulators[0], where, { method, body });
    return response.status === 204 ? undefined : await response.json();
  }
});

/** How many of these runs a worker has begun. */
function begun(worker: WorkerProcess, runs: readonly string[]): number {
  const begins = worker.lines().filter((line) => String(line['message']).endsWith('begins here'));
  return begins.filter((line) => runs.includes(String(line['run']))).length;
}

interface Balancer {
  /** The public address of the fleet. */
  readonly url: string;
  /** Passes everything to this worker from now on; before it answers 502. */
  reach(worker: WorkerProcess): void;
  close(): Promise<void>;
}

/** A load balancer in front of the fleet that knows one of its workers. */
async function startBalancer(): Promise<Balancer> {
  let origin: string | undefined;
  const server = createServer((request, response) => {
    if (origin === undefined) {
      response.writeHead(502).end();
      return;
    }
    const passed = send(`${origin}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    reach: (worker) => void (origin = worker.origin),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
