import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A provider as a process of its own. */
export interface ProviderProgram {
  /** What node runs. */
  readonly file: string;
  /** The folder in which the provider's process runs, as Terraform would start it. */
  readonly folder: string;
}

/**
 * Providers that run before Terraform does and until they are disposed of. A provider that Terraform has to start is started
 * several times in each command, which takes most of the command's time.
 */
export class RunningProviders implements AsyncDisposable {
  readonly #programs: readonly ProviderProgram[];
  readonly #started = new Map<string, Promise<Running>>();

  constructor(programs: readonly ProviderProgram[]) {
    this.#programs = programs;
  }

  /** `TF_REATTACH_PROVIDERS` for a Terraform with this environment, which the providers have too. */
  async reattach(env: NodeJS.ProcessEnv): Promise<string> {
    const running = await Promise.all(this.#programs.map(async (program) => await this.#running(program, env)));
    return JSON.stringify(Object.assign({}, ...running.map(({ address }) => address)));
  }

  async #running(program: ProviderProgram, env: NodeJS.ProcessEnv): Promise<Running> {
    const key = JSON.stringify([program, env]);
    const running = this.#started.get(key) ?? start(program, env);
    this.#started.set(key, running);
    return await running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#started.values()].map(async (starting) => {
        const { child } = await starting;
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.stdin?.end();
        await once(child, 'exit');
      }),
    );
  }
}

interface Running {
  readonly child: ChildProcess;
  /** Its part of the variable. */
  readonly address: object;
}

async function start({ file, folder }: ProviderProgram, env: NodeJS.ProcessEnv): Promise<Running> {
  const child = spawn(process.execPath, ['--import', endWithInput, file, '--reattach'], {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { child, address: JSON.parse(await reattachVariable(child)) as object };
}

/** A test process that is killed cannot end the provider: its end of the pipe is closed then, too. */
const endWithInput = `data:text/javascript,process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();`;

/** What a provider that was started with `--reattach` prints for TF_REATTACH_PROVIDERS. Throws when it ends without. */
export async function reattachVariable({ stdout }: ChildProcess): Promise<string> {
  let line = '';
  for await (const text of stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
    line += String(text);
    if (line.endsWith('\n')) return line.trim().replace(/^TF_REATTACH_PROVIDERS='(.*)'$/, '$1');
  }
  throw new Error(`Correct the provider: it ended and did not say where it is: ${line}`);
}
