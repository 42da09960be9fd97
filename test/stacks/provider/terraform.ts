import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { builtProvider } from '../../../stacks/provider/build-provider.ts';
import { installProvider } from '../../../stacks/provider/install-provider.ts';
import { RunningProviders } from './running-providers.ts';
import { type Ended, TerraformFolder } from './terraform-folder.ts';

/** Whether there is a `terraform` to test with. Not `skipWithout`: CI cannot install it, because it is no package of Debian. */
export const hasTerraform = foundTerraform();
if (!hasTerraform) console.warn('SKIPPED: tests of the provider with Terraform need `terraform` on PATH');

function foundTerraform(): boolean {
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore', env: environment({}) });
    return true;
  } catch {
    return false;
  }
}

export interface Running {
  readonly process: ChildProcess;
  /** Resolves when the output has this in it; rejects when the process ends without. */
  saw(text: string | RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** A Speech resource on loopback with a folder in which Terraform runs against it; gone when disposed of. */
export class TerraformWorld extends TerraformFolder implements AsyncDisposable {
  readonly folder: string;
  readonly emulator: Emulator;
  /** More for the environment of Terraform and the provider. */
  readonly env: Record<string, string> = {};
  /** Undefined where Terraform starts the provider. */
  #running: RunningProviders | undefined;

  private constructor(folder: string, emulator: Emulator) {
    super();
    this.folder = folder;
    this.emulator = emulator;
  }

  /** With `main.tf` as given, and the provider running as a process that serves every command. */
  static async open(main: string, options: WorldOptions = {}): Promise<TerraformWorld> {
    const world = await TerraformWorld.#in(main, options);
    world.#running = new RunningProviders([{ file: await builtProvider(), folder: world.folder }]);
    return world;
  }

  /** The same with the provider installed and initialised, which Terraform starts by itself as it does for a user. */
  static async openInstalled(main: string, options: WorldOptions = {}): Promise<TerraformWorld> {
    const world = await TerraformWorld.#in(main, options);
    await installProvider(world.folder);
    await world.must('init', '-input=false');
    return world;
  }

  static async #in(main: string, { speed = 600 }: WorldOptions): Promise<TerraformWorld> {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-terraform-'));
    const world = new TerraformWorld(folder, await startEmulator({ speed }));
    await writeFile(path.join(folder, 'terraformrc'), '');
    await writeFile(path.join(folder, 'versions.tf'), versions);
    await world.write(main);
    return world;
  }

  async write(main: string): Promise<void> {
    await writeFile(path.join(this.folder, 'main.tf'), main);
  }

  /** Starts Terraform, with `started` in the place of a provider that it starts by itself. */
  start(args: readonly string[], started?: string): Running {
    const env = { ...(started === undefined ? {} : { TF_REATTACH_PROVIDERS: started }), ...this.#environment() };
    // A process group of its own, so that a Ctrl-C can reach Terraform and its plugins together.
    const child = spawn('terraform', args, {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return running(child);
  }

  #environment(): NodeJS.ProcessEnv {
    return environment({
      SPEECHOPS_ENDPOINT: this.emulator.url,
      SPEECHOPS_KEY: this.emulator.key,
      TF_CLI_CONFIG_FILE: path.join(this.folder, 'terraformrc'),
      ...this.env,
    });
  }

  async run(...args: readonly string[]): Promise<Ended> {
    const isElsewhere = 'TF_REATTACH_PROVIDERS' in this.env;
    const started = isElsewhere ? undefined : await this.#running?.reattach(this.#environment());
    return await this.start(args, started).ended;
  }

  /** The attributes of every object in the state, by address. */
  async state(): Promise<Readonly<Record<string, StateObject>>> {
    const entries = await this.stateEntries();
    return Object.fromEntries(entries.map(({ address, values, tainted }) => [address, { ...values, tainted }]));
  }

  /** The objects of a collection as the service lists them. */
  async objects(collection: string, filter?: string): Promise<readonly ServiceObject[]> {
    const query = filter === undefined ? '' : `&filter=${encodeURIComponent(filter)}`;
    const answer = await this.request('GET', `/speechtotext/${collection}?api-version=2025-10-15${query}`);
    return (answer as { readonly values: readonly ServiceObject[] }).values;
  }

  /** What somebody does by hand. */
  async request(method: string, target: string, body?: object): Promise<unknown> {
    const url = target.startsWith('http') ? target : `${this.emulator.url}${target}`;
    const response = await fetch(url, {
      method,
      headers: { 'Ocp-Apim-Subscription-Key': this.emulator.key, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${target} answered ${response.status}: ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  async faults(...orders: readonly object[]): Promise<void> {
    await this.request('POST', '/_emulator/faults', orders);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
    await this.emulator.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface WorldOptions {
  /** Of the emulator's clock. */
  readonly speed?: number;
}

export interface ServiceObject {
  readonly self: string;
  readonly displayName: string;
  readonly description?: string;
  readonly status?: string;
  readonly model?: { readonly self: string };
  readonly properties?: { readonly features?: { readonly supportsEndpoints?: boolean } };
  readonly customProperties?: Readonly<Record<string, string>>;
}

export type StateObject = Readonly<Record<string, unknown>>;

const versions = `terraform {
  required_providers {
    customspeech = { source = "speechops.internal/azure/customspeech" }
  }
}
`;

/** Nothing of the machine's own set-up, and nothing that asks the network. */
function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE } = process.env;
  return {
    PATH,
    HOME,
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_CLI_ARGS: '-no-color',
    ...more,
  };
}

function running(child: ChildProcess): Running {
  let output = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const look of waiting) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      changed();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      isOver = true;
      changed();
      resolve({ code, output });
    });
  });
  return {
    process: child,
    ended,
    saw: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (typeof text === 'string' ? output.includes(text) : text.test(output)) resolve();
          else if (isOver) reject(new Error(`terraform ended without ${String(text)}:\n${output}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}
