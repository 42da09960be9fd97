import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { writeSet } from '../../data-sets/make-set.ts';
import { callMain, type Called } from './call-main.ts';

let emulator: Emulator;
let folder: string;

beforeAll(async () => (emulator = await startEmulator({ speed: 1000 })));
afterAll(async () => await emulator.close());
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'speechops-checked-'))));
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function call(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(args, { cwd: folder, env });
}

/** Twenty recordings, one of which is named by no line that has a tab. */
async function writePipeline({ settings = '' }: { readonly settings?: string } = {}): Promise<void> {
  const good = Array.from({ length: 19 }, (_, at) => `${at + 1}.wav\tgood morning\n`).join('');
  await writeSet(folder, {
    'data/{1..20}.wav': { wav: {} },
    'data/trans.txt': `${good}20.wav good morning\n`,
  });
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p\nlocale: en-US\nsteps:\n  - { id: a, uses: upload, with: { kind: Acoustic, from: data${settings} } }\n`,
  );
}

describe('data of a pipeline', () => {
  it('are checked by lint, by plan and before an upload, with file and line', async () => {
    await writePipeline({ settings: ', max-rejected: 1%' });
    const found = 'data/trans.txt:20:1: The service rejects this line: it has no tab';
    const linted = await call('lint', 'p.yaml');
    expect([linted.code, linted.stdout]).toEqual([1, expect.stringContaining(found)]);
    const planned = await call('plan', 'p.yaml');
    expect(planned.stdout).toContain('the service would reject 1 of 20 lines, max-rejected allows 1.0 %');
    expect(planned.stdout).toContain(found);
    const ran = await call('run', 'p.yaml');
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(found)]);
    expect((await call('lint', 'p.yaml', '--format', 'github')).stdout).toContain('file=data/trans.txt,line=20');
  });

  it('that say what a test set says are told by lint, which reads the texts alone', async () => {
    await writeSet(folder, {
      'test/a.wav': { wav: { seconds: 3 } },
      'test/trans.txt': 'a.wav\tplease give Miss Jones the ramipril now\n',
      'ward.md': '@ list drug =\n- ramipril\n#Ward\n- please give Miss Jones the {@drug} now\n',
      'other.txt': 'how did you sleep\n',
    });
    const pipeline = (settings: string): string => `name: p
locale: en-US
steps:
  - { id: test, uses: upload, with: { kind: Acoustic, from: test } }
  - { id: ward, uses: upload, with: { kind: LanguageMarkdown, from: ward.md${settings} } }
  - { id: other, uses: upload, with: { kind: Language, from: other.txt } }
  - { id: model, uses: train, with: { datasets: ["\${{ steps.ward.outputs.dataset }}", "\${{ steps.other.outputs.dataset }}"] } }
  - { id: wer, uses: evaluate, with: { dataset: "\${{ steps.test.outputs.dataset }}", model: "\${{ steps.model.outputs.model }}" } }
`;
    await writeFile(path.join(folder, 'p.yaml'), pipeline(''));
    const linted = await call('lint', 'p.yaml');
    expect(linted.stdout).toContain(
      'ward.md:4:3: The test set measures too well: filled in as `please give Miss Jones the ramipril now` this is what `a.wav` says (test/trans.txt:1)',
    );
    expect(linted.stdout).not.toContain('other.txt');
    expect(linted.code).toBe(1);
    await writeFile(path.join(folder, 'p.yaml'), pipeline(', allow-leak: there is nothing else'));
    expect((await call('lint', 'p.yaml')).code).toBe(0);
    await rm(path.join(folder, 'test'), { recursive: true });
    expect((await call('lint', 'p.yaml')).stdout).not.toContain('measures too well');
  });

  it('are uploaded when few enough lines would be rejected, and lint warns', async () => {
    await writePipeline();
    const linted = await call('lint', 'p.yaml');
    expect([linted.code, linted.stdout]).toEqual([
      0,
      expect.stringContaining('warning: The service rejects this line'),
    ]);
    const planned = await call('plan', 'p.yaml');
    expect(planned.stdout).toContain('1 of 20 lines would be rejected');
    const ran = await call('run', 'p.yaml');
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('data/trans.txt:20:1: ')]);
    const rejected =
      'data/trans.txt:20: there is no tab between the file name and the text (put one tab between the two parts)';
    expect(ran.stderr).toContain(rejected);
    const [run = ''] = await readdir(path.join(folder, '.speechops/runs'));
    for (const name of ['run.json', 'report.md'])
      expect(await readFile(path.join(folder, '.speechops/runs', run, name), 'utf8')).toContain(rejected);
  });

  it('are left to the run where an environment variable says where they are', async () => {
    await writeFile(
      path.join(folder, 'p.yaml'),
      'name: p\nlocale: en-US\nenv: { DATA: {}, SAS: { secret: true } }\nsteps:\n  - { id: a, uses: upload, with: { kind: Language, from: "${{ env.DATA }}" } }\n  - { id: b, uses: upload, with: { kind: Language, from: "https://localhost:9/t.txt?${{ env.SAS }}" } }\n',
    );
    const linted = await call('lint', 'p.yaml');
    expect([linted.code, linted.stderr]).toEqual([0, expect.stringContaining('0 errors')]);
  });

  it('are not looked at once they are uploaded', async () => {
    await writePipeline();
    await call('run', 'p.yaml');
    expect((await call('plan', 'p.yaml')).stdout).not.toContain('would be rejected');
  });
});
