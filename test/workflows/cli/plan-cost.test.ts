import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { callMain, type Called } from './call-main.ts';

let emulator: Emulator;
let folder: string;

beforeAll(async () => (emulator = await startEmulator()));
afterAll(async () => await emulator.close());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-cost-'));
  await mkdir(path.join(folder, 'team/pipelines'), { recursive: true });
  await writeFile(
    path.join(folder, 'team/pipelines/p.yaml'),
    'name: p\nlocale: en-US\nsteps:\n  - { id: live, uses: swap, with: { endpoint: ward, create: true, model: base } }\n',
  );
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function plan(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(['plan', 'team/pipelines/p.yaml', ...args], { cwd: folder, env });
}

async function write(name: string, hosting: number | string): Promise<void> {
  const head = 'version: 1\ncurrency: USD\ndate: 2026-01-31\nsource: x\n';
  await writeFile(path.join(folder, name), `${head}prices: { hosting: ${hosting} }\n`);
}

describe('speechops plan with prices', () => {
  it('says what it costs by the prices.yaml that is nearest above the pipeline, within the repository', async () => {
    await write('prices.yaml', 0.1);
    expect((await plan()).stdout).toContain('\nA prices.yaml beside the pipeline would tell what this costs.\n');
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    expect((await plan()).stdout).toContain('\nCosts at most 73.00 USD a month more, by prices of 2026-01-31.\n');
    await write('team/prices.yaml', 0.2);
    expect((await plan()).stdout).toContain('\nCosts at most 146.00 USD a month more,');
    expect((await plan('--prices', 'prices.yaml')).stdout).toContain('\nCosts at most 73.00 USD');
    expect((await plan('--format', 'markdown')).stdout).toContain('| `live` | `endpoint ward` | `730 hours` | 0.2 |');
  });

  it('keeps the cost in the plan and in its hash', async () => {
    const hash = (JSON.parse((await plan('--format', 'json')).stdout) as PlanDocument).hash;
    await write('team/pipelines/prices.yaml', 0.1);
    await plan('--out', 'plan.json');
    const kept = JSON.parse(await readFile(path.join(folder, 'plan.json'), 'utf8')) as PlanDocument;
    expect(kept.pipelines[0]?.cost).toMatchObject({ currency: 'USD', perMonth: 73 });
    expect(kept.hash).not.toBe(hash);
  });

  it('names what is wrong with prices before it asks the resource, and lint does', async () => {
    await write('team/pipelines/prices.yaml', 'free');
    const dead = { SPEECHOPS_ENDPOINT: 'http://127.0.0.1:9', SPEECHOPS_KEY: 'k' };
    const faulty = await callMain(['plan', 'team/pipelines/p.yaml'], { cwd: folder, env: dead });
    expect(faulty.code).toBe(2);
    expect(faulty.stderr).toContain(
      'team/pipelines/prices.yaml:5:20: Cannot use `free` for `hosting` (Write a number, or `unknown`)',
    );
    const lint = await callMain(['lint', 'team/pipelines'], { cwd: folder });
    expect(lint.code).toBe(1);
    expect(lint.stdout).toContain('team/pipelines/prices.yaml:5:20: Cannot use `free` for `hosting` [invalid-form]');
    expect(lint.stderr).toContain('2 files: 1 error, 0 warnings');
    expect((await plan('--prices', 'none.yaml')).stderr).toContain('Cannot read none.yaml');
  });

  it('reads no file out of the repository', async () => {
    await symlink('/etc/hostname', path.join(folder, 'team/pipelines/prices.yaml'));
    const { code, stderr } = await plan();
    expect([code, stderr]).toMatchObject([2, expect.stringContaining('it is a link that leads out of the repository')]);
  });
});
