import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Io } from '../session.ts';

/**
 * Starts the program once more with these arguments, `resume` or `fork`, as a process of its own that outlives this one. Resolves with the id of
 * the run when that goes on, and without one when the process still waits for its turn after `patienceMilliseconds`. Rejects with what the
 * process says when it ends before.
 */
export async function startProgram(
  args: readonly string[],
  {
    io,
    program,
    patienceMilliseconds = 30_000,
    settleMilliseconds = 500,
  }: {
    readonly io: Io;
    readonly program: string;
    readonly patienceMilliseconds?: number;
    /** How long a process may still be refused that has said that its run goes on. */
    readonly settleMilliseconds?: number;
  },
): Promise<{ readonly runId?: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-portal-'));
  // A pipe would end with this process, and the run with the pipe.
  const said = await open(path.join(folder, 'stderr'), 'wx+', 0o600);
  try {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: io.cwd,
      env: { ...io.env },
      detached: true,
      stdio: ['ignore', 'ignore', said.fd],
    });
    const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null }));
    // It is looked at only when the process has begun.
    ended.catch(() => undefined);
    await once(child, 'spawn');
    child.unref();
    const end = Date.now() + patienceMilliseconds;
    for (;;) {
      const now = await Promise.race([ended, setTimeout(lookEveryMilliseconds, undefined, { ref: false })]);
      const text = await textOf(said);
      const runId = begun.exec(text)?.[1];
      if (runId !== undefined && now === undefined) {
        // It says so before the journal lets it have the run.
        const soon = await Promise.race([ended, setTimeout(settleMilliseconds, undefined, { ref: false })]);
        if (soon?.code === wrongUsage) throw new Error(whyEnded(await textOf(said)));
      }
      if (runId !== undefined && now?.code !== wrongUsage) return { runId };
      if (now !== undefined) throw new Error(whyEnded(text));
      if (Date.now() >= end) return {};
    }
  } finally {
    await said.close();
    // What the process writes from now on is in the log of its run; nobody reads it here.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** The line with which a run begins that no terminal shows. */
const begun = /, run ([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/m;

/** From the beginning, whatever was read before. */
async function textOf(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

function whyEnded(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const faults = lines.filter((line) => line.startsWith('error: ')).map((line) => line.slice('error: '.length));
  return (faults.length > 0 ? faults : lines).join(' ') || 'It has ended at once, and said nothing';
}

/** How the program ends when it has not begun. */
const wrongUsage = 2;
const mostBytes = 65_536;
const lookEveryMilliseconds = 100;
