import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { acousticZip, recordings } from '../../../emulator/acoustic-zip.ts';
import { Client, idOf, startClient } from '../../../emulator/client.ts';
import { ward, wardNotes } from '../../../emulator/recognition/spoken-texts.ts';
import { callMain, type Called } from '../call-main.ts';

let client: Client;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-results-'));
  client = await startClient();
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

async function call(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: client.emulator.url, SPEECHOPS_KEY: client.emulator.key };
  return await callMain(args, { cwd: folder, env });
}

/** An evaluation of the newest base model beside one that was trained on the words of the test set. */
async function evaluate(displayName: string): Promise<{ readonly id: string; readonly wer: readonly number[] }> {
  const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('ward', ward)));
  const custom = await client.model([await client.text(wardNotes)]);
  const base = (await client.baseModels()).at(-1);
  const created = await client.create('/evaluations', {
    displayName,
    locale: 'en-US',
    dataset: { self: dataset.self },
    model1: { self: base.self },
    model2: { self: custom.self },
  });
  const { properties } = await client.finished(created.self);
  return { id: idOf(created.self), wer: [properties.wordErrorRate1, properties.wordErrorRate2] };
}

describe('speechops results', () => {
  it('prints what was said and what each model recognised, from which score finds the rates of the service', async () => {
    const { id, wer } = await evaluate('gate');
    const said = await call('results', id, '--of', 'reference');
    expect(said.code).toBe(0);
    expect(said.stdout).toBe(ward.map((text, index) => `ward${index}.wav\t${text}\n`).join(''));
    await writeFile(path.join(folder, 'said.tsv'), said.stdout);
    for (const [side, rate] of wer.entries()) {
      const heard = await call('results', 'gate', '--of', `model${side + 1}`);
      expect(heard.stdout.split('\n')).toHaveLength(ward.length + 1);
      await writeFile(path.join(folder, 'heard.tsv'), heard.stdout);
      const files = ['--ref', 'said.tsv', '--hyp', 'heard.tsv', '--profile', 'azure-en-US', '--format', 'json'];
      expect(JSON.parse((await call('score', ...files)).stdout).wordErrorRate).toBeCloseTo(rate, 4);
    }
  });

  it('says which evaluation is meant, when a name is none or that of two, and when there is nothing yet', async () => {
    const { id } = await evaluate('gate');
    const missing = await call('results', 'gaet');
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('the Speech resource has no evaluation `gaet`; did you mean `gate`?');
    const second = await evaluate('gate');
    const twice = await call('results', 'gate');
    expect(twice.stderr).toContain('Give the id: 2 evaluations are called');
    expect(twice.stderr).toContain(id);
    expect(twice.stderr).toContain(second.id);
    const { values } = (await client.get('/evaluations')).body;
    const running = await client.create('/evaluations', {
      displayName: 'running',
      locale: 'en-US',
      dataset: values[0].dataset,
      model1: values[0].model1,
      model2: values[0].model1,
    });
    const early = await call('results', running.self);
    expect(early).toMatchObject({ code: 1, stdout: '' });
    expect(early.stderr).toMatch(/^error: Choose an evaluation that is Succeeded: `running` is (NotStarted|Running)/);
  });
});
