import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const app = path.join(import.meta.dirname, '..', '..', 'stacks', 'main.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-stacks-'));
});

afterAll(async () => await rm(folder, { recursive: true, force: true }));

interface Answer {
  readonly code: number;
  readonly stderr: string;
}

/** Runs the app as cdktf does, with this document as environment.yaml. */
async function synth(
  text: string | undefined,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Answer & { readonly stdout: string }> {
  await rm(path.join(folder, 'environment.yaml'), { force: true });
  if (text !== undefined) await writeFile(path.join(folder, 'environment.yaml'), text);
  return await run(process.execPath, [app, ...args], { cwd: folder, env: { ...process.env, ...env } }).then(
    ({ stderr, stdout }) => ({ code: 0, stderr, stdout }),
    (error: Answer & { readonly stdout: string }) => error,
  );
}

describe('the app in cdktf.json', () => {
  it('writes a stack for every environment', async () => {
    const text = 'name: calls\nenvironments: { dev: { location: westeurope, account: { ip-rules: [203.0.113.7] } } }\n';
    expect(await synth(text)).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(path.join(folder, 'cdktf.out', 'stacks'))).toEqual(['dev']);
    const written = await readFile(path.join(folder, 'cdktf.out', 'stacks', 'dev', 'cdk.tf.json'), 'utf8');
    const { terraform } = JSON.parse(written) as { readonly terraform: object };
    expect(terraform).toMatchObject({
      backend: { local: { path: '../../../terraform.dev.tfstate' } },
      required_version: '>= 1.5',
      required_providers: { azurerm: { source: 'azurerm', version: '4.55.0' } },
    });
  });

  it('says what it wrote and what is next, but not to cdktf', async () => {
    expect((await synth(bare('dev'))).stdout).toBe(
      'Wrote cdktf.out/stacks/dev\nNext: cd cdktf.out/stacks/dev && terraform init && terraform plan, or npx speechops-stacks cdktf deploy dev\n',
    );
    expect((await synth(bare('dev'), { CDKTF_OUTDIR: 'cdktf.out' })).stdout).toBe('');
  });

  it('checks without writing or taking away anything', async () => {
    await synth(bare('dev'));
    const { code, stderr, stdout } = await synth(bare('dev').replace('westeurope', 'westeurpoe'), {}, ['--check']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('[unknown-location]');
    expect(await readdir(path.join(folder, 'cdktf.out', 'stacks', 'dev'))).toEqual(['cdk.tf.json']);
    expect((await synth(bare('new'), {}, ['--check'])).code).toBe(0);
    expect(await readdir(path.join(folder, 'cdktf.out', 'stacks'))).toEqual(['dev']);
  });

  it('says it to programs, too', async () => {
    const json = ['--format', 'json'];
    expect(JSON.parse((await synth(bare('dev'), {}, json)).stdout)).toMatchObject({
      errors: 0,
      stacks: [{ name: 'dev', folder: 'cdktf.out/stacks/dev' }],
    });
    const { code, stdout } = await synth(bare('dev').replace('westeurope', 'westeurpoe'), {}, json);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ errors: 1, stacks: [], diagnostics: [{ code: 'unknown-location' }] });
    expect(await synth(bare('dev'), {}, ['--format', 'xml'])).toMatchObject({
      code: 2,
      stderr: 'error: Use text or json for --format: got xml (see --help)\n',
    });
  });

  it('needs no Terraform', async () => {
    const text = 'name: calls\nenvironments: { dev: { location: westeurope, account: { ip-rules: [203.0.113.7] } } }\n';
    expect(await synth(text, { PATH: folder })).toMatchObject({ code: 0, stderr: '' });
  });

  it('puts the provider beside a stack that has Custom Speech objects, and names every provider in its lock file', async () => {
    const text = `name: calls
environments:
  dev: { location: westeurope, account: { ip-rules: [203.0.113.7] }, custom-speech: { projects: { calls: { locale: en-US } } } }
  bare: { location: westeurope, account: { ip-rules: [203.0.113.7] } }
`;
    expect(await synth(text)).toMatchObject({ code: 0, stderr: '' });
    const stacks = path.join(folder, 'cdktf.out', 'stacks');
    const lockFile = await readFile(path.join(stacks, 'dev', '.terraform.lock.hcl'), 'utf8');
    expect([...lockFile.matchAll(/provider "(.*)"/g)].map(([, source]) => source)).toEqual([
      'registry.terraform.io/hashicorp/azurerm',
      'speechops.internal/azure/customspeech',
    ]);
    expect(await readdir(path.join(stacks, 'dev', 'terraform.d', 'plugins', 'speechops.internal'))).toEqual(['azure']);
    expect(await readdir(path.join(stacks, 'bare'))).not.toContain('terraform.d');
  });

  it('says what is wrong where it is written, and writes no stack', async () => {
    await rm(path.join(folder, 'cdktf.out'), { recursive: true, force: true });
    const { code, stderr } = await synth(
      'name: calls\nenvironments: { dev: { location: westeurope, account: { sku: F0 } } }\n',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('environment.yaml:2:62: Cannot use `F0` for `sku`');
    expect(stderr).not.toContain('    at ');
    expect(await readdir(path.join(folder, 'cdktf.out', 'stacks'))).toEqual([]);
  });

  it('says that there is no document', async () => {
    const { code, stderr } = await synth(undefined);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'Cannot read environment.yaml: there is no such file, write one or name another with SPEECHOPS_ENVIRONMENTS\n',
    );
  });

  it.each([
    ['is a folder', ['.'], 'Cannot read .: it is a folder, name a file with SPEECHOPS_ENVIRONMENTS\n'],
    [
      'is not there',
      ['dev.yaml'],
      'Cannot read dev.yaml: there is no such file, write one or name another with SPEECHOPS_ENVIRONMENTS\n',
    ],
  ])('says that the document that was named %s', async (_, [named = ''], stderr) => {
    expect(await synth(bare('dev'), { SPEECHOPS_ENVIRONMENTS: named })).toMatchObject({ code: 1, stderr });
  });

  // Root may read every file, and CI may run as root.
  it.skipIf(process.getuid?.() === 0)('says that the document may not be read', async () => {
    const file = path.join(folder, 'closed.yaml');
    await writeFile(file, bare('dev'), { mode: 0 });
    const { code, stderr } = await synth(undefined, { SPEECHOPS_ENVIRONMENTS: 'closed.yaml' });
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot read closed.yaml: reading it is not permitted');
  });

  it('reads environment.yaml when an empty name is given', async () => {
    expect(await synth(bare('dev'), { SPEECHOPS_ENVIRONMENTS: '' })).toMatchObject({ code: 0 });
  });

  it('says that a file is where stacks go, and makes folders that are not there', async () => {
    await writeFile(path.join(folder, 'taken'), '');
    await mkdir(path.join(folder, 'half'));
    await writeFile(path.join(folder, 'half', 'stacks'), '');
    for (const [outdir, place] of [
      ['taken', 'taken/stacks'],
      ['taken/out', 'taken/out/stacks'],
      ['half', 'half/stacks'],
    ] as const) {
      const { code, stderr } = await synth(bare('dev'), { CDKTF_OUTDIR: outdir });
      expect(code).toBe(1);
      expect(stderr).toBe(
        `Cannot write stacks to ${place}: there is a file in its place, delete that or name another folder with CDKTF_OUTDIR\n`,
      );
    }
    expect(await synth(bare('dev'), { CDKTF_OUTDIR: 'deep/er' })).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(path.join(folder, 'deep', 'er', 'stacks'))).toEqual(['dev']);
  });

  it('says that all environments are only there to be extended', async () => {
    const { code, stderr } = await synth(
      'name: calls\nenvironments: { base: { location: westeurope, abstract: true } }\n',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('[only-abstract]');
  });
});

describe('stacks of before', () => {
  const stacks = (...parts: readonly string[]): string => path.join(folder, 'cdktf.out', 'stacks', ...parts);

  it('are removed when their environment is gone, and only they', async () => {
    await rm(path.join(folder, 'cdktf.out'), { recursive: true, force: true });
    await synth(bare('dev', 'old'));
    await mkdir(stacks('notes'));
    await mkdir(stacks('old', '.terraform'));
    await writeFile(stacks('old', '.terraform', 'terraform.tfstate'), 'where the state is, not the state');
    const { code, stderr } = await synth(bare('dev'));
    expect(code).toBe(0);
    expect(stderr).toContain('Removed cdktf.out/stacks/old: environment.yaml has no such environment any more');
    expect(await readdir(stacks())).toEqual(['dev', 'notes']);
  });

  it('are kept as they are when a state is in them, under each name that Terraform gives it', async () => {
    const states = {
      errored: 'errored.tfstate',
      local: 'terraform.tfstate',
      workspace: 'terraform.tfstate.d/blue/terraform.tfstate',
    };
    await rm(path.join(folder, 'cdktf.out'), { recursive: true, force: true });
    await synth(bare('dev', ...Object.keys(states)));
    for (const [old, state] of Object.entries(states)) {
      await mkdir(path.dirname(stacks(old, state)), { recursive: true });
      await writeFile(stacks(old, state), '{}');
    }
    const { code, stderr } = await synth(bare('dev'));
    expect(code).toBe(0);
    for (const [old, state] of Object.entries(states)) {
      expect(stderr).toContain(`Destroy what cdktf.out/stacks/${old} has made and delete the folder`);
      expect(await readdir(stacks(old)), state).toContain('cdk.tf.json');
      expect(await readFile(stacks(old, state), 'utf8')).toBe('{}');
    }
    const failed = await synth('name: calls\n');
    expect(failed.stderr).toContain('Nothing is left to apply in cdktf.out/stacks/dev until this is corrected');
    for (const [old, state] of Object.entries(states)) {
      expect(failed.stderr).toContain(`Do not apply cdktf.out/stacks/${old}: `);
      expect(await readdir(stacks(old)), state).toContain('cdk.tf.json');
    }
  });

  it.each([
    ['a fault', bare('dev').replace('westeurope', 'westeurpoe')],
    ['no document', undefined],
  ])('are not left to be applied after %s', async (_, text) => {
    await rm(path.join(folder, 'cdktf.out'), { recursive: true, force: true });
    await synth(bare('dev'));
    await writeFile(stacks('dev', '.terraform.lock.hcl'), '# kept');
    expect((await synth(text)).code).toBe(1);
    expect(await readdir(stacks('dev'))).toEqual(['.terraform.lock.hcl']);
    expect(await synth(bare('dev'))).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(stacks('dev'))).toEqual(['.terraform.lock.hcl', 'cdk.tf.json']);
  });
});

/** A document with these environments. */
function bare(...names: readonly string[]): string {
  const settings = names.map((name) => `  ${name}: { location: westeurope, account: { ip-rules: [203.0.113.7] } }\n`);
  return `name: calls\nenvironments:\n${settings.join('')}`;
}
