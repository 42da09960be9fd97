import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, type TerraformStack } from 'cdktf';
import { builtProvider } from '../../stacks/provider/build-provider.ts';
import { azureDataSources, azureResources } from './azurerm/azure-types.ts';
import { placeAzurerm } from './azurerm/install-azurerm.ts';
import { RunningProviders } from './provider/running-providers.ts';
import { type Ended, TerraformFolder } from './provider/terraform-folder.ts';

/**
 * A folder with one synthesised stack in which a real Terraform runs, with the stand-in for azurerm and the provider for
 * Custom Speech. Nothing reaches the network. Gone when disposed of.
 */
export class StackWorld extends TerraformFolder implements AsyncDisposable {
  /** The stack's folder. */
  readonly folder: string;
  readonly #outdir: string;
  #env: Readonly<Record<string, string>>;
  /** The stack before the first of its edits. */
  #synthesised: string | undefined;
  #running: { readonly providers: RunningProviders; readonly variable: string } | undefined;

  private constructor(
    outdir: string,
    { name, env }: { readonly name: string; readonly env: Readonly<Record<string, string>> },
  ) {
    super();
    this.#outdir = outdir;
    this.#env = env;
    this.folder = path.join(outdir, 'stacks', name);
  }

  /**
   * Synthesises the stack and starts the providers. `env` is more for the environment of Terraform and its providers, `azurerm` a
   * folder of plugins that has the real azurerm, which then takes the place of the stand-in.
   */
  static async open(
    build: (app: App) => TerraformStack,
    {
      env = {},
      azurerm,
    }: { readonly env?: Readonly<Record<string, string>>; readonly azurerm?: string | undefined } = {},
  ): Promise<StackWorld> {
    const outdir = await mkdtemp(path.join(tmpdir(), 'speechops-stack-'));
    const world = new StackWorld(outdir, { name: await synthesise(outdir, build), env });
    await writeFile(path.join(world.folder, 'terraformrc'), azurerm === undefined ? '' : mirrorOf(azurerm));
    await world.runProviders(azurerm === undefined ? [] : ['azurerm']);
    if (azurerm !== undefined) await world.must('init', '-input=false');
    return world;
  }

  /**
   * Has the real app synthesise the environment.yaml of a folder, and initialises Terraform for one of its environments.
   * Terraform starts the providers by itself, as it does for a user. The stand-in for azurerm lies at home, so that the app
   * alone makes what is in the stack's folder.
   */
  static async openApp(
    project: string,
    { name, env = {} }: { readonly name: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<StackWorld> {
    const home = path.join(project, 'home');
    const world = new StackWorld(path.join(project, 'cdktf.out'), { name, env: { ...env, HOME: home } });
    await placeAzurerm(path.join(home, '.terraform.d', 'plugins'));
    await runApp(project);
    await writeFile(path.join(world.folder, 'terraformrc'), '');
    await world.must('init', '-input=false');
    return world;
  }

  /** From now on the providers that the stack has run as processes that serve every command, but for those that Terraform starts. */
  async runProviders(started: readonly 'azurerm'[] = []): Promise<void> {
    const providers = await providersOf(this.folder, started);
    this.#running = { providers, variable: await providers.reattach(this.environment()) };
  }

  /** From now on Terraform and its providers have this in their environment, too. */
  async changeEnvironment(env: Readonly<Record<string, string>>): Promise<void> {
    this.#env = { ...this.#env, ...env };
    if (this.#running === undefined) return;
    const { providers } = this.#running;
    this.#running = undefined;
    this.#running = { providers, variable: await providers.reattach(this.environment()) };
  }

  /** Writes another version of the stack into the same folder. It must have the same id. */
  async rebuild(build: (app: App) => TerraformStack): Promise<void> {
    await synthesise(this.#outdir, build);
    this.#synthesised = undefined;
  }

  /**
   * Writes the stack as it was synthesised with one part of it changed: `resource.azurerm_subnet.subnet`,
   * `provider.azurerm.0`. What was edited before is as it was.
   */
  async edit(place: string, change: (part: Record<string, unknown>) => void): Promise<void> {
    this.#synthesised ??= await readFile(this.#stackFile, 'utf8');
    const stack = JSON.parse(this.#synthesised) as Record<string, unknown>;
    const part = place.split('.').reduce<unknown>((whole, name) => (whole as Record<string, unknown>)?.[name], stack);
    if (typeof part !== 'object' || part === null) throw new Error(`Edit another part: the stack has no ${place}`);
    change(part as Record<string, unknown>);
    await writeFile(this.#stackFile, JSON.stringify(stack, null, 2));
  }

  get #stackFile(): string {
    return path.join(this.folder, 'cdk.tf.json');
  }

  async run(...args: readonly string[]): Promise<Ended> {
    return await ended(spawn('terraform', args, { cwd: this.folder, env: this.environment() }));
  }

  /** The attributes of every object in the state, by address. */
  async state(): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
    const entries = await this.stateEntries();
    return Object.fromEntries(entries.map(({ address, values }) => [address, values]));
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const shown = JSON.parse(await this.must('output', '-json')) as Readonly<
      Record<string, { readonly value: unknown }>
    >;
    return Object.fromEntries(Object.entries(shown).map(([name, { value }]) => [name, value]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.providers[Symbol.asyncDispose]();
    await rm(this.#outdir, { recursive: true, force: true });
  }

  /** That of Terraform: nothing of the machine's own set-up, and nothing that asks the network. */
  environment(): NodeJS.ProcessEnv {
    const { PATH, HOME, TMPDIR } = process.env;
    return {
      PATH,
      HOME,
      ...(TMPDIR === undefined ? {} : { TMPDIR }),
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
      TF_CLI_ARGS: '-no-color',
      ...(this.#running === undefined ? {} : { TF_REATTACH_PROVIDERS: this.#running.variable }),
      // Where Terraform starts the providers, every command does it several times.
      NODE_COMPILE_CACHE: path.join(import.meta.dirname, '..', '..', '.cache', 'compile'),
      TF_CLI_CONFIG_FILE: path.join(this.folder, 'terraformrc'),
      ARM_SUBSCRIPTION_ID: '00000000-0000-4000-8000-000000000000',
      ...this.#env,
    };
  }
}

/** Takes azurerm from a folder, and asks no registry. */
function mirrorOf(folder: string): string {
  const include = '["registry.terraform.io/hashicorp/azurerm"]';
  return `provider_installation {\n  filesystem_mirror {\n    path    = ${JSON.stringify(folder)}\n    include = ${include}\n  }\n}\n`;
}

/** The providers that the stack in a folder has: the stand-in for azurerm, and that for Custom Speech where it is used. */
export async function providersOf(folder: string, without: readonly 'azurerm'[] = []): Promise<RunningProviders> {
  const stack = JSON.parse(await readFile(path.join(folder, 'cdk.tf.json'), 'utf8')) as { readonly provider?: object };
  const files = [
    ...(without.includes('azurerm') ? [] : [path.join(import.meta.dirname, 'azurerm', 'main.ts')]),
    ...('customspeech' in (stack.provider ?? {}) ? [await builtProvider()] : []),
  ];
  return new RunningProviders(files.map((file) => ({ file, folder })));
}

/** Runs the app as cdktf does, on the environment.yaml of a folder. */
export async function runApp(project: string): Promise<void> {
  const { code, output } = await ended(spawn(process.execPath, [appFile], { cwd: project }));
  if (code !== 0) throw new Error(`Correct environment.yaml in ${project}: ${output}`);
}

const appFile = path.join(import.meta.dirname, '..', '..', 'stacks', 'main.ts');

/** Returns the stack's id. The state is kept beside it, wherever the stack says: without a backend there is nothing to initialise. */
async function synthesise(outdir: string, build: (app: App) => TerraformStack): Promise<string> {
  const app = new App({ outdir });
  const stack = build(app);
  app.synth();
  const { id } = stack.node;
  const file = path.join(outdir, 'stacks', id, 'cdk.tf.json');
  const json = JSON.parse(await readFile(file, 'utf8')) as Readonly<
    Record<'terraform' | 'resource' | 'data', object | undefined>
  >;
  const missing = [
    ...Object.keys(json.resource ?? {}).filter((type) => isOf(type) && !(type in azureResources)),
    ...Object.keys(json.data ?? {}).filter((type) => isOf(type) && !(type in azureDataSources)),
  ];
  if (missing.length > 0)
    throw new Error(`Add ${missing.join(' and ')} to azure-types.ts: the stand-in does not have it`);
  const terraform = { ...json.terraform, backend: undefined };
  await writeFile(file, JSON.stringify({ ...json, terraform }, null, 2));
  return id;
}

function isOf(type: string): boolean {
  return type.startsWith('azurerm_');
}

async function ended(child: ChildProcess): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, output }));
  return await promise;
}
