import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { installProvider } from '../../../stacks/provider/install-provider.ts';
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
  /** More for the environment of Terraform. */
  readonly env: Record<string, string> = {};

  private constructor(folder: string, emulator: Emulator) {
    super();
    this.folder = folder;
    this.emulator = emulator;
  }

  /** With the provider installed and initialised, and `main.tf` as given. */
  static async open(main: string, { speed = 600 }: { readonly speed?: number } = {}): Promise<TerraformWorld> {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-terraform-'));
    const world = new TerraformWorld(folder, await startEmulator({ speed }));
    await writeFile(path.join(folder, 'terraformrc'), '');
    await writeFile(path.join(folder, 'versions.tf'), versions);
    await world.write(main);
    await installProvider(folder);
    await world.must('init', '-input=false');
    return world;
  }

  async write(main: string): Promise<void> {
    await writeFile(path.join(this.folder, 'main.tf'), main);
  }

  start(...args: readonly string[]): Running {
    const env = environment({
      SPEECHOPS_ENDPOINT: this.emulator.url,
      SPEECHOPS_KEY: this.emulator.key,
      TF_CLI_CONFIG_FILE: path.join(this.folder, 'terraformrc'),
      ...this.env,
    });
    // A process group of its own, so that a Ctrl-C can reach Terraform and its plugins together.
    const child = spawn('terraform', args, {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return running(child);
  }

  async run(...args: readonly string[]): Promise<Ended> {
    return await this.start(...args).ended;
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
    await this.emulator.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface ServiceObject {
  readonly self: string;
  readonly displayName: string;
  readonly description?: string;
  readonly status?: string;
  readonly model?: { readonly self: string };
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
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
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
