import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
async function synth(text: string | undefined): Promise<Answer> {
  await rm(path.join(folder, 'environment.yaml'), { force: true });
  if (text !== undefined) await writeFile(path.join(folder, 'environment.yaml'), text);
  return await run(process.execPath, [app], { cwd: folder }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: Answer) => error,
  );
}

describe('the app in cdktf.json', () => {
  it('writes a stack for every environment', async () => {
    const text = 'name: calls\nenvironments: { dev: { location: westeurope, account: { ip-rules: [203.0.113.7] } } }\n';
    expect(await synth(text)).toEqual({ code: 0, stderr: '' });
    expect(await readdir(path.join(folder, 'cdktf.out', 'stacks'))).toEqual(['dev']);
    const written = await readFile(path.join(folder, 'cdktf.out', 'stacks', 'dev', 'cdk.tf.json'), 'utf8');
    const { terraform } = JSON.parse(written) as { readonly terraform: object };
    expect(terraform).toMatchObject({
      backend: { local: { path: '../../../terraform.dev.tfstate' } },
      required_providers: { azurerm: { source: 'azurerm', version: '4.55.0' } },
    });
  });

  it('puts the provider beside a stack that has Custom Speech objects, and names every provider in its lock file', async () => {
    const text = `name: calls
environments:
  dev: { location: westeurope, account: { ip-rules: [203.0.113.7] }, custom-speech: { projects: { calls: { locale: en-US } } } }
  bare: { location: westeurope, account: { ip-rules: [203.0.113.7] } }
`;
    expect(await synth(text)).toEqual({ code: 0, stderr: '' });
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
});
