import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { trialProperty } from '../../../workflows/plan/trial.ts';
import { acousticZip, recordings } from '../../emulator/acoustic-zip.ts';
import { Client, idOf } from '../../emulator/client.ts';
import { ward, wardNotes } from '../../emulator/recognition/spoken-texts.ts';
import { callMain, type Called } from './call-main.ts';

let folder: string;
let emulator: Emulator;
let client: Client;

/** Endpoint `ward` serves the base model; text that would make it better is new. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-evaluate-'));
  emulator = await startEmulator({ speed: 3000 });
  client = new Client(emulator);
  const test = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('test', ward.slice(0, 12))));
  await writeFile(path.join(folder, 'text.txt'), `${wardNotes.join('\n')}\n`);
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p
locale: en-US
project: Wards
concurrency: wards
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: renew, uses: train, with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
  - { id: candidate, uses: evaluate, with: { dataset: ${idOf(test.self)}, model: "\${{ steps.renew.outputs.model }}", against: base } }
  - { id: ask, uses: approve, with: { message: Live? }, needs: [candidate] }
  - { id: live, uses: swap, needs: [ask], with: { endpoint: ward, create: true, model: "\${{ steps.renew.outputs.model }}" } }
finally:
  - { id: tell, uses: approve, with: { message: Seen? } }
`,
  );
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function speechops(args: readonly string[], signal?: AbortSignal): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(args, { cwd: folder, env, ...(signal === undefined ? {} : { signal }) });
}

async function objects(): Promise<string> {
  const all = ['/endpoints', '/models', '/datasets', '/evaluations', '/projects'];
  return JSON.stringify(await Promise.all(all.map(async (one) => (await client.get(one)).body.values)));
}

describe('plan --evaluate', () => {
  it('measures what the plan would decide by, and leaves nothing behind', async () => {
    const before = await objects();
    const { code, stdout, stderr } = await speechops(['plan', 'p.yaml', '--evaluate', '--results', 'results.json']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Removed what the trial \S+ has made\n$/)]);
    expect(stdout).toContain('renew');
    const results = JSON.parse(await readFile(path.join(folder, 'results.json'), 'utf8')) as ResultsDocument;
    expect(results.steps.map(({ id, status }) => [id, status])).toEqual([
      ['text', 'succeeded'],
      ['renew', 'succeeded'],
      ['candidate', 'succeeded'],
    ]);
    const [set] = results.sets;
    expect(set?.utterances).toHaveLength(12);
    expect(set!.rate.value ?? 1).toBeLessThan(set!.againstRate!.value ?? 0);
    expect(await objects()).toBe(before);
  });

  it('removes what it made also when a step fails, and when it is stopped', async () => {
    const before = await objects();
    await client.addFault({ operation: 'Models_Create', kind: 'entity-failed', count: 1 });
    const failed = await speechops(['plan', 'p.yaml', '--evaluate', '--results', 'failed.json']);
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('Removed what the trial')]);
    const { steps } = JSON.parse(await readFile(path.join(folder, 'failed.json'), 'utf8')) as ResultsDocument;
    expect(steps.map(({ status }) => status)).toEqual(['succeeded', 'failed', 'skipped']);
    expect(await objects()).toBe(before);

    const stopped = new AbortController();
    const calling = speechops(['plan', 'p.yaml', '--evaluate', '--results', 'stopped.json'], stopped.signal);
    await expect.poll(async () => (await objects()).includes(trialProperty), { timeout: 120_000 }).toBe(true);
    stopped.abort();
    const { code, stderr } = await calling;
    expect([code, stderr]).toEqual([3, expect.stringContaining('Removed what the trial')]);
    expect(await objects()).toBe(before);
  });

  it('needs something to measure, and a place for it', async () => {
    await writeFile(
      path.join(folder, 'swap.yaml'),
      'name: s\nlocale: en-US\nsteps: [{ id: live, uses: swap, with: { endpoint: w, create: true, model: base } }]\n',
    );
    expect(await speechops(['plan', 'swap.yaml', '--evaluate', '--results', 'x.json'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Leave out --evaluate, or let a step of the pipeline evaluate') as string,
    });
    expect(await speechops(['plan', 'p.yaml', '--evaluate'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Say with --results where') as string,
    });
  });
});
