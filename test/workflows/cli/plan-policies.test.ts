import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import type { PlanDocument } from '../../../schemas/types.gen.ts';
import { Client } from '../../emulator/client.ts';
import { renderMarkdown } from '../../fuzz/rendered-markdown.ts';
import { callMain, type Called } from './call-main.ts';

let emulator: Emulator;
let folder: string;

beforeAll(async () => (emulator = await startEmulator({ speed: 3000 })));
afterAll(async () => await emulator.close());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-policies-'));
  await writeFile(
    path.join(folder, 'p.yaml'),
    'name: p\nlocale: en-US\nsteps:\n  - { id: live, uses: swap, with: { endpoint: ward, create: true, model: base } }\n',
  );
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function speechops(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(args, { cwd: folder, env });
}

async function policies(rule: string, acknowledgement = ''): Promise<void> {
  const given = acknowledgement === '' ? '' : `acknowledgements: [{ ${acknowledgement} }]\n`;
  await writeFile(path.join(folder, 'policies.yaml'), `version: 1\nrules: [{ ${rule} }]\n${given}`);
}

const noEndpoints = `id: endpoints, acknowledge: "contains(step.effects, 'create-endpoint')", message: "No endpoint is made | @everyone"`;
const sentence = 'Needs an acknowledgement for endpoints at live: No endpoint is made | @everyone';

describe('plans that policies stop', () => {
  it('are printed with what stops them, and exit with 1', async () => {
    await policies(noEndpoints);
    const text = await speechops('plan', 'p.yaml', '--out', 'plan.json');
    expect(text.code).toBe(1);
    expect(text.stdout).toContain(`\n${sentence}.\n`);
    expect(text.stdout).toMatch(/\nPlan [0-9a-f]{12} is in plan\.json\.\n$/);
    const { pipelines } = JSON.parse((await speechops('plan', 'p.yaml', '--format', 'json')).stdout) as PlanDocument;
    expect(pipelines[0]?.policies).toMatchObject([
      { rule: 'endpoints', verdict: 'needs-acknowledgement', step: 'live' },
    ]);
    const markdown = await speechops('plan', 'p.yaml', '--format', 'markdown', '--detailed-exitcode');
    expect(markdown.code).toBe(1);
    const { text: shown, liveText } = renderMarkdown(markdown.stdout);
    expect(shown).toContain(sentence);
    expect(liveText).not.toContain('@everyone');
  });

  it('are not done, also where they were saved: the run says the same before anything was done', async () => {
    await speechops('plan', 'p.yaml', '--out', 'plan.json');
    await policies(noEndpoints);
    for (const run of [
      ['run', 'p.yaml'],
      ['run', '--plan', 'plan.json'],
    ]) {
      const { code, stderr } = await speechops(...run);
      expect([code, stderr]).toEqual([
        1,
        `error: Change what would be done, or what policies say of it: nothing was done. ${sentence}\n`,
      ]);
    }
    const client = new Client(emulator);
    expect((await client.get('/endpoints')).body.values).toEqual([]);
    const made = await readdir(path.join(folder, '.speechops/runs')).catch(() => []);
    expect(made).toEqual([]);
  });

  it('have the same hash as without, so that an acknowledgement may name it', async () => {
    const { hash } = JSON.parse((await speechops('plan', 'p.yaml', '--format', 'json')).stdout) as PlanDocument;
    await policies(noEndpoints, `rule: endpoints, by: Ada, reason: agreed, plan: "${hash.slice(0, 12)}"`);
    const { code, stdout } = await speechops('plan', 'p.yaml');
    expect(code).toBe(0);
    expect(stdout).toContain('\nAcknowledged by Ada for endpoints at live: ');
    expect((JSON.parse((await speechops('plan', 'p.yaml', '--format', 'json')).stdout) as PlanDocument).hash).toBe(
      hash,
    );
  });

  it('take the rules of a file that is named, whose faults are told, and lint tells them', async () => {
    await policies(noEndpoints);
    await writeFile(
      path.join(folder, 'lax.yaml'),
      'version: 1\nrules: [{ id: a, warn: now.hour >= 0, message: It has struck }]\n',
    );
    const lax = await speechops('plan', 'p.yaml', '--policies', 'lax.yaml');
    expect([lax.code, lax.stdout]).toMatchObject([0, expect.stringContaining('\nWarned by a: It has struck (')]);
    await policies('id: a, deny: step.wer > 20, message: No');
    const faulty = await speechops('run', 'p.yaml');
    expect([faulty.code, faulty.stderr]).toMatchObject([
      2,
      expect.stringContaining('policies.yaml:2:24: Cannot compare'),
    ]);
    const lint = await speechops('lint', 'policies.yaml', 'lax.yaml');
    expect([lint.code, lint.stdout]).toMatchObject([1, expect.stringContaining('policies.yaml:2:24: Cannot compare')]);
  });
});
