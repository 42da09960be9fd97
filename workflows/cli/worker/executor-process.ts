import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Count } from '../../telemetry/telemetry.ts';
import type { ExecutorSettings, ExecutorStatus, FromExecutor, LastMessage, ToExecutor } from './executor-messages.ts';
import { heapMegabytes, residentBytes } from './memory-bound.ts';
import type { LogLine } from './worker-log.ts';

export interface ExecutorOptions {
  readonly settings: ExecutorSettings;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The memory that the executor may use in all. */
  readonly memoryMegabytes: number;
  /** How long its event loop may stand still. */
  readonly stallSeconds: number;
  readonly log: (line: LogLine) => void;
  readonly onReady: () => void;
  readonly onCount: (count: Count) => void;
}

/** An executor, as its supervisor sees it. */
export interface ExecutorProcess {
  readonly executor: string;
  /** Its status a moment ago; undefined while it begins, and when it has been silent for some seconds. */
  status(): ExecutorStatus | undefined;
  /** Its metrics in the Prometheus text format; rejects when it does not answer in time. */
  metrics(memoryBeside: number): Promise<string>;
  /** Resident memory in bytes. */
  memory(): number;
  count(count: Count): void;
  /** Lets it end in good order, and kills it when that takes much longer than so many seconds. */
  leave(withinSeconds: number): void;
  readonly ended: Promise<ExecutorEnding>;
}

/** `cut`: in the middle of its runs, in a way that a run can bring about; `what` completes "it …". */
export type ExecutorEnding =
  | LastMessage
  | {
      readonly kind: 'cut';
      readonly cause: 'memory' | 'stall' | 'crash';
      readonly what: string;
      /** The runs that it had begun, each with its steps at work. */
      readonly inside: ReadonlyMap<string, readonly string[]>;
    };

/** Starts an executor, and kills it when it uses too much memory or stands still for too long. */
export function startExecutor(options: ExecutorOptions): ExecutorProcess {
  const { settings, memoryMegabytes, log } = options;
  const file = fileURLToPath(new URL(`./executor${path.extname(import.meta.url)}`, import.meta.url));
  const child = fork(file, [String(process.pid)], {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv,
    execArgv: [...process.execArgv, `--max-old-space-size=${heapMegabytes(memoryMegabytes)}`],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const watched = new WatchedExecutor(child, options);
  const words = readWords(child, log);
  const tell = (message: ToExecutor): void => {
    // The executor may have ended; the `exit` event tells that.
    if (child.connected) child.send(message, () => undefined);
  };
  tell({ kind: 'begin', settings });
  return {
    executor: settings.executor,
    status: () => watched.status(),
    memory: () => residentBytes(child.pid ?? 0) ?? 0,
    metrics: async (memoryBeside) =>
      await watched.metrics((number) => tell({ kind: 'read-metrics', number, memoryBeside })),
    count: (count) => tell({ kind: 'count', count }),
    leave(withinSeconds) {
      tell({ kind: 'leave', withinSeconds });
      setTimeout(() => child.kill('SIGKILL'), (withinSeconds + graceSeconds) * 1000).unref();
    },
    ended: endingOf(child, { watched, words, memoryMegabytes }),
  };
}

/** Seconds to write results after the steps have had their time. */
const graceSeconds = 15;

class WatchedExecutor {
  readonly #options: ExecutorOptions;
  readonly #inside = new Map<string, Map<string, 'works' | 'waits'>>();
  readonly #readings = new Map<number, (text: string | undefined) => void>();
  #status: ExecutorStatus | undefined;
  /** Ticks of this process since the last message. Ticks and not time, because this process may stand still, too. */
  #silentTicks = 0;
  #isBegun = false;
  /** The last message of the executor, or why this process has killed it. */
  ending: LastMessage | { readonly cause: 'memory' | 'stall'; readonly what: string } | undefined;

  constructor(child: ChildProcess, options: ExecutorOptions) {
    this.#options = options;
    const watching = setInterval(() => this.#tick(child), tickMilliseconds);
    child.once('exit', () => clearInterval(watching));
    child.on('message', (message) => this.#hear(message as FromExecutor));
  }

  status(): ExecutorStatus | undefined {
    return this.#silentTicks > freshTicks ? undefined : this.#status;
  }

  /** The runs that it has begun, each with its steps at work, or with those that wait when none works. */
  inside(): ReadonlyMap<string, readonly string[]> {
    return new Map(
      [...this.#inside].map(([runId, steps]) => {
        const working = [...steps].filter(([, activity]) => activity === 'works').map(([stepId]) => stepId);
        return [runId, working.length > 0 ? working : [...steps.keys()]];
      }),
    );
  }

  async metrics(ask: (number: number) => void): Promise<string> {
    const number = Math.random();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const late = (): void => reject(new Error('The process that executes runs does not answer'));
    const timer = setTimeout(late, metricsMilliseconds);
    this.#readings.set(number, (text) => (text === undefined ? late() : resolve(text)));
    ask(number);
    return await promise.finally(() => {
      clearTimeout(timer);
      this.#readings.delete(number);
    });
  }

  #tick(child: ChildProcess): void {
    const { memoryMegabytes } = this.#options;
    // Until it has loaded its code, the executor sends nothing.
    const stallSeconds = this.#isBegun ? this.#options.stallSeconds : Math.max(this.#options.stallSeconds, loadSeconds);
    this.#silentTicks += 1;
    if (this.ending !== undefined) return;
    if ((residentBytes(child.pid ?? 0) ?? 0) > memoryMegabytes * 2 ** 20)
      this.#end(child, { cause: 'memory', what: usedMemory(memoryMegabytes) });
    else if (this.#silentTicks * tickMilliseconds > stallSeconds * 1000)
      this.#end(child, { cause: 'stall', what: `kept its process busy for ${stallSeconds} s without a pause` });
  }

  #end(child: ChildProcess, why: { readonly cause: 'memory' | 'stall'; readonly what: string }): void {
    this.ending = why;
    child.kill('SIGKILL');
  }

  #hear(message: FromExecutor): void {
    this.#silentTicks = 0;
    const { log, onReady, onCount } = this.#options;
    if (message.kind === 'alive') this.#status = message.status;
    else if (message.kind === 'log') log(message.line);
    else if (message.kind === 'ready') {
      this.#isBegun = true;
      onReady();
    } else if (message.kind === 'count') onCount(message.count);
    else if (message.kind === 'metrics') this.#readings.get(message.number)?.(message.text);
    else if (message.kind === 'run') this.#note(message);
    else if (message.kind === 'step') this.#noteStep(message);
    else this.ending ??= message;
  }

  #note({ runId, isInside }: Extract<FromExecutor, { kind: 'run' }>): void {
    if (isInside) this.#inside.set(runId, new Map());
    else this.#inside.delete(runId);
  }

  #noteStep({ step, activity }: Extract<FromExecutor, { kind: 'step' }>): void {
    const at = step.indexOf('/');
    const steps = this.#inside.get(step.slice(0, at));
    if (activity === 'ended') steps?.delete(step.slice(at + 1));
    else steps?.set(step.slice(at + 1), activity);
  }
}

async function endingOf(
  child: ChildProcess,
  of: {
    readonly watched: WatchedExecutor;
    readonly words: { isOutOfMemory: boolean };
    readonly memoryMegabytes: number;
  },
): Promise<ExecutorEnding> {
  const { watched, words, memoryMegabytes } = of;
  const failed = once(child, 'error').then(([error]) => ({ failed: String(error) }));
  // The last message is read before the `disconnect` event.
  const gone = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) => ({
    failed: undefined,
    how: signal === null ? `exit status ${code}` : String(signal),
    isKilled: signal === 'SIGKILL',
  }));
  const end = await Promise.race([failed, gone]);
  const { ending } = watched;
  if (ending !== undefined && 'kind' in ending) return ending;
  const cut = { kind: 'cut', inside: watched.inside() } as const;
  if (ending !== undefined) return { ...cut, ...ending };
  if (end.failed !== undefined) return { ...cut, cause: 'crash', what: `could not be started (${end.failed})` };
  if (words.isOutOfMemory) return { ...cut, cause: 'memory', what: usedMemory(memoryMegabytes) };
  // The system kills the largest process when the machine or the container has no memory left.
  if (end.isKilled)
    return { ...cut, cause: 'memory', what: 'had its process killed, as by the system when memory runs out' };
  return { ...cut, cause: 'crash', what: `ended its process (${end.how})` };
}

function usedMemory(megabytes: number): string {
  return `used more memory than ${megabytes} MB`;
}

/** Logs what the executor writes to stderr, except the pages that Node writes when memory is used up. */
function readWords(child: ChildProcess, log: (line: LogLine) => void): { isOutOfMemory: boolean } {
  const words = { isOutOfMemory: false };
  let isDump = false;
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop()?.slice(-longestLine) ?? '';
    for (const line of lines) {
      isDump ||= line.startsWith('<--- Last few GCs');
      words.isOutOfMemory ||= /^FATAL ERROR: .*(?:out of memory|Allocation failed)/.test(line);
      const isWorth = isDump ? line.startsWith('FATAL ERROR') : line.trim() !== '';
      if (isWorth) log({ level: 'warn', message: line });
    }
  });
  return words;
}

const longestLine = 10_000;
const tickMilliseconds = 1000;
const freshTicks = 5;
const loadSeconds = 60;
const metricsMilliseconds = 4000;
