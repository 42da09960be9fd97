import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';

export interface OwnPostgres {
  readonly url: string;
  /** Kill -9 of the server and of every process of it, as a power cut of its machine does. */
  kill(): Promise<void>;
  /** Ends it without waiting for anybody: what was committed is kept. */
  stopAtOnce(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** A PostgreSQL of a test's own, which it may stop and kill; needs what `scripts/with-postgres.sh` needs. */
export async function startPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-own-postgres-'));
  const data = path.join(folder, 'data');
  const user = await serverUser();
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const options = { cwd: folder, stdio: 'ignore', ...user, env: { PATH: process.env['PATH'], HOME: folder } } as const;
  const programs = await programFolder();
  execFileSync(
    path.join(programs, 'initdb'),
    ['-D', data, '-U', 'speechops', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    options,
  );
  const port = await freePort();
  const url = `postgresql://speechops@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  const end = async (signal: 'SIGQUIT' | 'SIGKILL'): Promise<void> => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    // A stopped server starts no more processes while they are listed.
    if (signal === 'SIGKILL') server.kill('SIGSTOP');
    const children = signal === 'SIGKILL' ? await childrenOf(server.pid ?? 0) : [];
    for (const pid of children) killIfThere(pid);
    server.kill(signal);
    await ended;
    // A process that is still there would keep the next server from starting.
    for (const pid of children) while (await isAlive(pid)) await pause();
  };
  const postgres: OwnPostgres = {
    url,
    kill: async () => await end('SIGKILL'),
    stopAtOnce: async () => await end('SIGQUIT'),
    async start() {
      server = spawn(
        path.join(programs, 'postgres'),
        ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        options,
      );
      while (!(await answers(url))) {
        if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`);
        await pause();
      }
    },
    async remove() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
  await postgres.start();
  return postgres;
}

/** Debian keeps the programs out of PATH, in a folder of each version: the newest one counts. */
async function programFolder(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = (await readdir(root).catch(() => [])).toSorted((a, b) => Number(a) - Number(b));
  const newest = versions.at(-1);
  return newest === undefined ? '' : path.join(root, newest, 'bin');
}

/** The server refuses root. */
async function serverUser(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  return found === undefined ? undefined : { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Below the ports that the system gives to others by itself: so it is still free whenever the server is started again. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** By Linux's /proc: the server's processes are in groups of their own. */
async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (new RegExp(`^PPid:\\t${parent}$`, 'm').test(status)) found.push(pid);
  }
  return found;
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^State:\t[^ZX]/m.test(status);
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with its parent.
  }
}
