import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Ended {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpeechopsProcess {
  readonly ended: Promise<Ended>;
  readonly pid: number;
  /** Resolves when this was printed to stderr, or to its terminal; rejects when the process ends without. */
  said(text: string): Promise<void>;
  /** To the program, also when it is on a terminal. */
  send(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Kill -9, resolves when it is dead. */
  kill(): Promise<void>;
}

const thisProgram = path.join(import.meta.dirname, '../../bin/speechops.js');

/** The program in a process of its own, to be killed. */
export function startSpeechops(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly preload?: URL;
    /** @default the executable file of this version */
    readonly program?: string;
    /** Both its outputs are a terminal's, whose text is that of stdout here (util-linux: script). */
    readonly onTerminal?: boolean;
  },
): SpeechopsProcess {
  const { program = thisProgram } = options;
  const preload = options.preload === undefined ? [] : ['--import', options.preload.href];
  const command = [process.execPath, ...preload, program, ...args];
  const quoted = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const [file = '', ...rest] =
    options.onTerminal === true ? ['script', '-qec', `stty cols 120 rows 40; exec ${quoted}`, '/dev/null'] : command;
  const child = spawn(file, rest, {
    cwd: options.cwd,
    // With what others have compiled, a process that runs a pipeline starts in half of the time.
    env: { ...only('PATH', 'NODE_COMPILE_CACHE'), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  const onText = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
    if (options.onTerminal === true) for (const look of onText) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
    for (const look of onText) look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, ...printed }));
  });
  return {
    ended,
    pid: child.pid ?? 0,
    async said(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const look = (): void => {
        if (printed[options.onTerminal === true ? 'stdout' : 'stderr'].includes(text)) resolve();
      };
      onText.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended without saying ${text}:\n${printed.stderr}`)), reject);
      await promise;
      onText.delete(look);
    },
    send(signal) {
      if (options.onTerminal === true) process.kill(onlyChildOf(child.pid), signal);
      else child.kill(signal);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Those of these variables that are set here. */
function only(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => [[name, process.env[name] ?? '']]).filter(([, value]) => value !== ''),
  );
}

/** The program that script has started. */
function onlyChildOf(pid = 0): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}
