import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach } from 'vitest';
import { scoreCommand } from '../../../../workflows/cli/commands/score.ts';
import type { Session } from '../../../../workflows/cli/session.ts';

/** A folder for each test, and the command in it. */
export interface ScoreFolder {
  folder(): string;
  /** Writes the files into the folder; undefined is a file that is not there. */
  files(contents: Readonly<Record<string, string | Uint8Array | undefined>>): Promise<void>;
  /** Runs the command in the folder on ref.tsv and hyp.tsv unless others are given. */
  score(
    ...given: readonly (Call | string)[]
  ): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;
}

interface Call {
  readonly env?: Readonly<Record<string, string>>;
  /** Filled while the command runs. */
  readonly written?: { stdout: string; stderr: string };
}

/** Prepares a folder for each test of the file. */
export function useScoreFolder(): ScoreFolder {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'score-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  return {
    folder: () => folder,
    async files(contents) {
      for (const [name, content] of Object.entries(contents)) {
        if (content !== undefined) await writeFile(join(folder, name), content);
      }
    },
    score: async (...given) => await score(folder, given),
  };
}

async function score(folder: string, given: readonly (Call | string)[]): ReturnType<ScoreFolder['score']> {
  const { env = {}, written = { stdout: '', stderr: '' } }: Call = given.find((part) => typeof part === 'object') ?? {};
  const args = given.filter((part) => typeof part === 'string');
  const session: Session = {
    io: {
      stdout: { write: (text) => void (written.stdout += text) },
      stderr: { write: (text) => void (written.stderr += text) },
      env,
      cwd: folder,
      signal: new AbortController().signal,
    },
    exitCode: 3,
  };
  const command = scoreCommand(session).exitOverride().configureOutput({ writeErr: session.io.stderr.write });
  const program = new Command('speechops').addCommand(command);
  const sides = ['ref', 'hyp'].flatMap((side) => (args.includes(`--${side}`) ? [] : [`--${side}`, `${side}.tsv`]));
  await program.parseAsync(['score', ...sides, ...args], { from: 'user' });
  return { ...written, exitCode: session.exitCode };
}
