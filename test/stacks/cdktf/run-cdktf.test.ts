import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCdktf } from '../../../stacks/cdktf/run-cdktf.ts';
import { hasTerraform } from '../provider/terraform.ts';
import { SampleStack } from '../sample-stack.ts';
import { StackWorld } from '../stack-world.ts';

let folder: string;
let said: string[];
let stop: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-cdktf-'));
  said = [];
  stop = new AbortController();
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** A cdktf that fails so often, with this in Terraform's log, and notes how it was called. */
async function run(
  args: readonly string[],
  options: {
    readonly failures: number;
    readonly log: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly purge?: () => Promise<void>;
  },
): Promise<{ readonly status: number; readonly calls: readonly (readonly string[])[] }> {
  const calls = path.join(folder, 'calls');
  const program = path.join(folder, 'cdktf.mjs');
  await writeFile(
    program,
    `import fs from 'node:fs';
const calls = ${JSON.stringify(calls)};
const { CHECKPOINT_DISABLE: quiet = '', TF_LOG: level = '', TF_LOG_PATH: log = '' } = process.env;
fs.appendFileSync(calls, JSON.stringify([...process.argv.slice(2), quiet, level]) + '\\n');
if (fs.readFileSync(calls, 'utf8').trim().split('\\n').length > ${options.failures}) process.exit(0);
if (log !== '') fs.appendFileSync(log, ${JSON.stringify(options.log)});
process.exit(7);`,
  );
  const status = await runCdktf({
    command: [process.execPath, program],
    args,
    env: { PATH: process.env['PATH'], ...options.env },
    say: (text) => said.push(text),
    purge: options.purge ?? (async () => undefined),
    signal: stop.signal,
    pausesSeconds: [0.01, 0.01],
  });
  const lines = (await readFile(calls, 'utf8')).trim().split('\n');
  return { status, calls: lines.map((line) => JSON.parse(line) as readonly string[]) };
}

const notReady =
  '[ERROR] vertex "azurerm_private_endpoint.a" error: AccountProvisioningStateInvalid: in state Accepted';

/** As azurerm 4.55 says it, in Terraform's log. */
const purgeRefused =
  '[ERROR] vertex "azurerm_cognitive_account.account (destroy)" error: purging Account (Subscription: "0000-1"\nResource Group Name: "rg-dev"\nAccount Name: "contoso-speech"): unexpected status 409 (409 Conflict) with error: RequestConflict: busy';

describe("CDKTF's command line", () => {
  it('gets its arguments, keeps quiet towards others, and gives its status', async () => {
    expect(await run(['diff', 'dev'], { failures: 1, log: notReady })).toEqual({
      status: 7,
      calls: [['diff', 'dev', '1', '']],
    });
    expect(said).toEqual([]);
  });

  it('deploys again as long as the account is not ready for a private endpoint', async () => {
    const { status, calls } = await run(['deploy', 'dev'], { failures: 2, log: notReady });
    const call = ['deploy', 'dev', '1', 'ERROR'];
    expect([status, calls]).toEqual([0, [call, call, call]]);
    const told: unknown = expect.stringMatching(/^The account takes no private endpoint yet .*again in/);
    expect(said).toEqual([told, told]);
  });

  it('gives up in the end', async () => {
    const { status, calls } = await run(['deploy'], { failures: 9, log: notReady });
    expect([status, calls.length]).toEqual([7, 3]);
  });

  it.each([
    ['failed for another reason', { log: '[ERROR] QuotaExceeded' }],
    ['has Terraform log for somebody else', { log: notReady, env: { TF_LOG: 'DEBUG' } }],
  ])('does not deploy again when it %s', async (_, how) => {
    const { status, calls } = await run(['deploy'], { failures: 1, ...how });
    expect([status, calls.length, said]).toEqual([7, 1, []]);
  });

  it('purges an account that Azure has refused to purge, once it lets it, and destroys what is left', async () => {
    let refusals = 1;
    const purge = async (): Promise<void> => {
      if (refusals-- > 0) throw Object.assign(new Error('RequestConflict'), { statusCode: 409 });
    };
    const { status, calls } = await run(['destroy', 'dev'], { failures: 1, log: purgeRefused, purge });
    expect([status, calls.length]).toEqual([0, 2]);
    expect(said.filter((line) => line.startsWith('Azure does not purge contoso-speech yet'))).toHaveLength(2);
    expect(said.slice(-2)).toEqual(['Purged contoso-speech', 'Destroying what is left']);
  });

  it('says how to purge by hand what it may not purge', async () => {
    const purge = async (): Promise<void> => {
      throw new Error('AuthorizationFailed');
    };
    expect((await run(['destroy'], { failures: 1, log: purgeRefused, purge })).status).toBe(7);
    expect(said.at(-1)).toMatch(
      /contoso-speech is deleted and not purged \(AuthorizationFailed\)[^]*az cognitiveservices account purge --subscription 0000-1 --resource-group rg-dev --name contoso-speech/,
    );
  });

  it('does not deploy again after Ctrl-C', async () => {
    stop.abort();
    expect((await run(['deploy'], { failures: 1, log: notReady })).status).toBe(7);
  });

  it('gets the signal that ends this process, and ends in its own time', async () => {
    const program = path.join(folder, 'cdktf.mjs');
    await writeFile(
      program,
      "process.on('SIGTERM', () => setTimeout(() => process.exit(5), 100)); console.log('begun'); setInterval(() => {}, 1000);",
    );
    await writeFile(path.join(folder, 'cdktf.json'), '{}');
    const env = { ...process.env, SPEECHOPS_CDKTF: path.join(folder, 'cdktf'), TERRAFORM_BINARY_NAME: 'true' };
    await writeFile(env.SPEECHOPS_CDKTF, `#!/bin/sh\nexec '${process.execPath}' '${program}'\n`, { mode: 0o755 });
    const command = path.join(import.meta.dirname, '../../../bin/speechops-stacks.js');
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const child = spawn(process.execPath, [command, 'cdktf', 'deploy'], { cwd: folder, env, stdio: [...stdio] });
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect(await once(child, 'close')).toEqual([5, null]);
  });

  it('says that it cannot be run', async () => {
    const command = [path.join(folder, 'nothing')] as const;
    const quiet = { say: () => undefined, purge: async () => undefined, signal: stop.signal };
    const failure = runCdktf({ command, args: [], env: {}, ...quiet });
    await expect(failure).rejects.toThrow(/^Correct SPEECHOPS_CDKTF: .* cannot be run \(.*ENOENT\)$/);
  });
});

describe.skipIf(!hasTerraform)('a private endpoint that Azure refuses at first', () => {
  it('is there after further attempts', async () => {
    const refusals = path.join(folder, 'refusals');
    await writeFile(refusals, 'once\ntwice\n');
    const env = { SPEECHOPS_STANDIN_NOT_READY: refusals };
    await using world = await StackWorld.open((app) => new SampleStack(app, 'sample'), { env });
    const status = await runCdktf({
      command: ['sh', '-c', 'terraform "$@" >/dev/null', 'terraform'],
      args: ['apply', '-auto-approve', '-input=false'],
      env: world.environment(),
      cwd: world.folder,
      say: (text) => said.push(text),
      purge: async () => undefined,
      signal: stop.signal,
      pausesSeconds: [0.01, 0.01],
    });
    expect([status, said.length]).toEqual([0, 2]);
    expect(Object.keys(await world.state())).toContain('azurerm_private_endpoint.private');
  });
});
