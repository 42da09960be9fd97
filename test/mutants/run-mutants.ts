import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transform } from 'esbuild';
import type { Ended, HostRequest } from './test-host.ts';

/** One small wrong change of the program, and the tests that are to notice it. */
export interface Mutant {
  readonly name: string;
  /** Base name of a file under `workflows/`, wherever it lies there. */
  readonly file: string;
  /** Occurs in the file once. */
  readonly text: string;
  readonly replacement: string;
  /** What would be wrong for a user. */
  readonly means: string;
  /** Base names of files under `test/workflows/`, wherever they lie there. */
  readonly tests: readonly string[];
}

export interface MutantResult {
  readonly mutant: Mutant;
  readonly outcome: 'killed' | 'survived';
  /** The test that failed, or what else ended the tests. */
  readonly by?: string;
  readonly seconds: number;
}

/** Results of all mutants; or faults, when a mutant cannot be made any more or the tests fail without one: then none was run. */
export type MutantRun =
  | { readonly kind: 'results'; readonly results: readonly MutantResult[] }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

export interface MutantOptions {
  /** Folder with `workflows/`, `test/` and `node_modules/`. Is only read. */
  readonly root: string;
  /** For the tests of one mutant; one that makes them run longer is killed. @default 120 */
  readonly secondsEach?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/**
 * Makes one mutant after the other in a temporary copy of the tree, and runs its tests there. Rejects with the signal's reason
 * when it is aborted; the copy is removed in every outcome.
 */
export async function runMutants(mutants: readonly Mutant[], options: MutantOptions): Promise<MutantRun> {
  const copy = await mkdtemp(path.join(tmpdir(), 'speechops-mutants-'));
  try {
    await copyTree(options.root, copy);
    const made = await Promise.all(mutants.map((mutant) => locate(mutant, copy)));
    const faults = made.flatMap((located) => (typeof located === 'string' ? [located] : []));
    if (faults.length > 0) return { kind: 'faults', faults };
    const located = made.filter((one) => typeof one !== 'string');
    const tests = [...new Set(located.flatMap((one) => one.tests))].toSorted();
    options.onProgress?.(`${tests.length} files of tests without a mutant`);
    await using runner = new TestRunner(copy, options.signal);
    const sound = await runner.run({ tests, changed: [] }, { seconds: 600 });
    if (sound.kind !== 'passed')
      return { kind: 'faults', faults: [`Mend the tests first, they fail without a mutant: ${sound.by}`] };
    return await runEach(located, { ...options, runner });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** A mutant in the copy: where it is made, and what its file reads then. */
interface Located {
  readonly mutant: Mutant;
  readonly file: string;
  readonly original: string;
  readonly mutated: string;
  readonly tests: readonly string[];
}

async function copyTree(root: string, copy: string): Promise<void> {
  const left = new Set(['node_modules', 'dist', 'coverage'].map((name) => path.join(root, name)));
  // Settings of other programs, and the repository: nothing of what begins with a point is read by tests.
  const isWanted = (file: string): boolean =>
    !left.has(file) && !(path.dirname(file) === root && path.basename(file).startsWith('.'));
  await cp(root, copy, { recursive: true, filter: isWanted });
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
}

/** The mutant in this copy, or why it cannot be made there. */
async function locate(mutant: Mutant, copy: string): Promise<Located | string> {
  const { name, text, replacement } = mutant;
  const file = theFile(mutant.file, { copy, under: 'workflows' });
  if (!file.isOne) return `${name}: ${file.fault}`;
  const original = await readFile(path.join(copy, file.path), 'utf8');
  const times = original.split(text).length - 1;
  const shown = JSON.stringify(text);
  if (times === 0) return `${name} is stale: ${file.path} does not have its text any more: ${shown}`;
  if (times > 1) return `${name} is stale: ${file.path} has its text ${times} times: ${shown}`;
  const mutated = original.replace(text, () => replacement);
  try {
    await transform(mutated, { loader: 'ts', logLevel: 'silent' });
  } catch (error) {
    return `${name}: with the replacement ${file.path} cannot be read: ${messageOf(error)}`;
  }
  const tests: string[] = [];
  for (const test of mutant.tests) {
    const found = theFile(test, { copy, under: 'test/workflows' });
    if (!found.isOne) return `${name}: ${found.fault}`;
    tests.push(found.path);
  }
  return { mutant, file: path.join(copy, file.path), original, mutated, tests };
}

/** The one file of this base name, with its path from the copy. */
function theFile(
  base: string,
  where: { readonly copy: string; readonly under: string },
): { readonly isOne: true; readonly path: string } | { readonly isOne: false; readonly fault: string } {
  const found = globSync(`${where.under}/**/${base}`, { cwd: where.copy });
  const [first] = found;
  if (first !== undefined && found.length === 1) return { isOne: true, path: first };
  const fault =
    first === undefined ? `${where.under}/ has no ${base}` : `${base} is not one file: ${found.toSorted().join(', ')}`;
  return { isOne: false, fault };
}

async function runEach(
  mutants: readonly Located[],
  { runner, secondsEach = 120, onProgress }: MutantOptions & { readonly runner: TestRunner },
): Promise<MutantRun> {
  const results: MutantResult[] = [];
  let before: readonly string[] = [];
  for (const { mutant, file, original, mutated, tests } of mutants) {
    onProgress?.(`${results.length + 1}/${mutants.length} ${mutant.name}`);
    const start = performance.now();
    await writeFile(file, mutated);
    const ended = await runner.run({ tests, changed: [...before, file] }, { seconds: secondsEach });
    await writeFile(file, original);
    before = [file];
    if (ended.kind === 'unreadable')
      return { kind: 'faults', faults: [`${mutant.name}: the tests do not begin with the replacement: ${ended.by}`] };
    const seconds = (performance.now() - start) / 1000;
    results.push(
      ended.kind === 'passed'
        ? { mutant, outcome: 'survived', seconds }
        : { mutant, outcome: 'killed', by: ended.by, seconds },
    );
  }
  return { kind: 'results', results };
}

/** Runs tests of the copy in a process that stays, because vitest takes longer to begin than the tests do; one that hangs is replaced. */
class TestRunner implements AsyncDisposable {
  readonly #copy: string;
  readonly #signal: AbortSignal | undefined;
  #host: ChildProcess | undefined;

  constructor(copy: string, signal: AbortSignal | undefined) {
    this.#copy = copy;
    this.#signal = signal;
  }

  async run(request: HostRequest, { seconds }: { readonly seconds: number }): Promise<Ended> {
    const host = (this.#host ??= await this.#begin());
    const limit = AbortSignal.timeout(seconds * 1000);
    const until = AbortSignal.any([limit, ...(this.#signal === undefined ? [] : [this.#signal])]);
    host.send(request);
    try {
      return await this.#answer(host, until);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      this.#signal?.throwIfAborted();
      if (limit.aborted) return { kind: 'failed', by: `the time limit of ${seconds} s` };
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    if (host?.pid === undefined || host.exitCode !== null || host.signalCode !== null) return;
    const ended = once(host, 'exit');
    // With all that the tests have started: they are of its process group.
    process.kill(-host.pid, 'SIGKILL');
    await ended;
  }

  async #begin(): Promise<ChildProcess> {
    this.#host = fork(path.join(import.meta.dirname, 'test-host.ts'), {
      cwd: this.#copy,
      detached: true,
      // Those of a vitest that runs this here are not for the one in there.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'))),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await this.#answer(this.#host, this.#signal);
    return this.#host;
  }

  async #answer(host: ChildProcess, signal: AbortSignal | undefined): Promise<Ended> {
    const gone = new AbortController();
    const onExit = (): void => gone.abort(new Error('The process that runs the tests has ended'));
    host.once('exit', onExit);
    const until = AbortSignal.any([gone.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      const [ended] = (await once(host, 'message', { signal: until })) as [Ended];
      return ended;
    } catch (error) {
      until.throwIfAborted();
      throw error;
    } finally {
      host.off('exit', onExit);
    }
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

function messageOf(error: unknown): string {
  return firstLine(error instanceof Error ? error.message : String(error));
}
