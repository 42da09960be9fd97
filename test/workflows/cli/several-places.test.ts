import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { writeSet } from '../../data-sets/make-set.ts';
import { callMain, type Called } from './call-main.ts';

let emulator: Emulator;
let folder: string;

beforeAll(async () => (emulator = await startEmulator({ speed: 1000 })));
afterAll(async () => await emulator.close());
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'speechops-places-'))));
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function call(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(args, { cwd: folder, env });
}

interface Listed {
  readonly displayName: string;
  readonly customProperties?: Readonly<Record<string, string>>;
  readonly datasets?: readonly unknown[];
}

async function list(collection: string): Promise<readonly Listed[]> {
  const url = `${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`;
  const answer = await fetch(url, { headers: { 'Ocp-Apim-Subscription-Key': emulator.key } });
  return ((await answer.json()) as { values: readonly Listed[] }).values;
}

async function writePipeline(name: string, steps: readonly string[]): Promise<void> {
  const written = steps.map((step) => `  - ${step}\n`).join('');
  await writeFile(path.join(folder, `${name}.yaml`), `name: ${name}\nlocale: en-US\nsteps:\n${written}`);
}

async function lastRun(): Promise<Readonly<Record<string, { readonly outputs: Readonly<Record<string, unknown>> }>>> {
  const runs = (await readdir(path.join(folder, '.speechops/runs'))).toSorted();
  const record = await readFile(path.join(folder, '.speechops/runs', runs.at(-1) ?? '', 'run.json'), 'utf8');
  return (JSON.parse(record) as { steps: Awaited<ReturnType<typeof lastRun>> }).steps;
}

const two = {
  'data/calls/a.wav': { wav: {} },
  'data/calls/trans.txt': 'a.wav\tgood morning\n',
  'data/studio/b.wav': { wav: {} },
  'data/studio/trans.txt': 'b.wav\tgood night\n',
} as const;

describe('a dataset of several places', () => {
  it('is one dataset, which a plan names, a run makes and the next run finds again', async () => {
    await writeSet(folder, two);
    await writePipeline('several', ['{ id: several, uses: upload, with: { kind: Acoustic, from: ["data/*"] } }']);
    expect((await call('lint', 'several.yaml')).code).toBe(0);
    const planned = await call('plan', 'several.yaml');
    expect(planned.stdout).toContain('upload data/* as Acoustic dataset, 3 files');
    const ran = await call('run', 'several.yaml');
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('2 lines accepted')]);
    await writePipeline('several', [
      '{ id: several, uses: upload, with: { kind: Acoustic, from: [data/studio, data/calls] } }',
    ]);
    expect((await call('plan', 'several.yaml')).stdout).toContain('dataset several has this content already');
    expect((await list('datasets')).filter(({ displayName }) => displayName === 'several')).toHaveLength(1);
  });

  it('has its faults told by the file that they are in, before and after the upload', async () => {
    await writeSet(folder, { ...two, 'data/studio/trans.txt': 'b.wav\tsee www.contoso.com\n' });
    await writePipeline('faulty', [
      '{ id: faulty, uses: upload, with: { kind: Acoustic, check: warn, from: [data/calls, data/studio] } }',
    ]);
    const found = 'data/studio/trans.txt:1:11: warning: The service rejects this line: it has a URI';
    expect(stripVTControlCharacters((await call('lint', 'faulty.yaml')).stdout)).toContain(found);
    expect((await call('plan', 'faulty.yaml')).stdout).toContain('1 of 2 lines would be rejected');
    const ran = await call('run', 'faulty.yaml');
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringMatching(/data\/studio\/trans\.txt:1 b\.wav: .*URI/)]);
  });

  it('is refused by a plan and told by lint where a pattern finds nothing', async () => {
    await writeSet(folder, two);
    await writePipeline('nothing', ['{ id: a, uses: upload, with: { kind: Language, from: "data/*.txt" } }']);
    const linted = await call('lint', 'nothing.yaml');
    expect([linted.code, linted.stdout]).toEqual([1, expect.stringContaining('[unmatched-pattern]')]);
    await writeFile(
      path.join(folder, 'nothing.yaml'),
      'name: nothing\nlocale: en-US\ninputs: { texts: { type: string } }\nsteps:\n  - { id: a, uses: upload, with: { kind: Language, from: "${{ inputs.texts }}" } }\n',
    );
    const planned = await call('plan', 'nothing.yaml', '--input', 'texts=data/*.txt');
    expect(planned.code).not.toBe(0);
    expect(planned.stderr).toMatch(/unmatched-pattern|Correct the pattern/);
  });

  it('is planned, saved and bound by its content', async () => {
    await writeSet(folder, { 'one.txt': 'one\n', 'two.txt': 'two\n' });
    await writePipeline('bound', ['{ id: bound, uses: upload, with: { kind: Language, from: [one.txt, two.txt] } }']);
    expect((await call('plan', 'bound.yaml', '--out', 'plan.json')).code).toBe(0);
    const saved = JSON.parse(await readFile(path.join(folder, 'plan.json'), 'utf8')) as {
      pipelines: readonly { readonly data: unknown }[];
    };
    expect(saved.pipelines[0]?.data).toEqual([
      { path: 'one.txt, two.txt', paths: ['one.txt', 'two.txt'], kind: 'Language', digest: expect.any(String) },
    ]);
    await writeFile(path.join(folder, 'two.txt'), 'three\n');
    const stale = await call('run', '--plan', 'plan.json');
    expect([stale.code, stale.stderr]).toEqual([expect.any(Number), expect.stringContaining('one.txt, two.txt')]);
    expect(stale.code).not.toBe(0);
  });
});

describe('a set with parts', () => {
  it('is as many datasets, of which only those that are new are sent, and trains one model', async () => {
    await writeSet(folder, {
      ...Object.fromEntries([1, 2, 3, 4].map((number) => [`set/${number}.wav`, { wav: { seconds: number } }])),
      'set/trans.txt': '1.wav\tgood morning\n2.wav\tgood night\n3.wav\tgood evening\n4.wav\tsee www.contoso.com\n',
    });
    const { packSet } = await import('../../../workflows/data/sets/pack-set.ts');
    const options = { isTranscribed: true, locale: 'en-US', cwd: folder, name: 'set' } as const;
    await packSet(['set'], { ...options, out: 'packed', mostFiles: 3 });
    const settings = (name: string): string =>
      `{ id: parts, uses: upload, with: { kind: Acoustic, name: Parts, check: warn, max-rejected: 30%, from: "${name}/*.zip" } }`;
    const train = '{ id: parted, uses: train, with: { datasets: ["${{ steps.parts.outputs.dataset }}"] } }';
    await writePipeline('parts', [settings('packed'), train]);
    expect((await call('plan', 'parts.yaml')).stdout).toContain('as Acoustic dataset in 2 parts');
    const ran = await call('run', 'parts.yaml');
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('3 lines accepted in 2 parts, 1 rejected')]);
    expect(ran.stderr).toContain('packed/set-2-of-2.zip/trans.txt:2 4.wav');
    const { parts } = await lastRun();
    expect(String(parts?.outputs['dataset']).split(' ')).toHaveLength(2);
    const named = async (): Promise<readonly string[]> =>
      (await list('datasets')).map(({ displayName }) => displayName).filter((name) => name.startsWith('Parts'));
    expect((await named()).toSorted()).toEqual(['Parts (1 of 2)', 'Parts (2 of 2)']);
    expect((await list('models')).find(({ displayName }) => displayName === 'parted')?.datasets).toHaveLength(2);
    expect((await call('plan', 'parts.yaml')).stdout).toContain('datasets Parts (1 of 2), Parts (2 of 2) have this');

    await writeSet(folder, { 'set/4.wav': { wav: { seconds: 4 } }, 'set/5.wav': { wav: { seconds: 5 } } });
    await writeFile(
      path.join(folder, 'set/trans.txt'),
      '1.wav\tgood morning\n2.wav\tgood night\n3.wav\tgood evening\n4.wav\tgood day\n5.wav\thello\n',
    );
    await packSet(['set'], { ...options, out: 'again', mostFiles: 3 });
    await writePipeline('parts', [settings('again'), train]);
    expect((await call('plan', 'parts.yaml')).stdout).toContain('in 3 parts, 2 of them new');
    expect((await call('run', 'parts.yaml')).code).toBe(0);
    expect(await named()).toHaveLength(4);
  });
});
