import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mutantsCommand } from './mutants-command.ts';
import { mutants } from './mutants.ts';
import { runMutants, type Mutant } from './run-mutants.ts';

const source = `export function larger(one: number, other: number): number {
  return one > other ? one : other;
}

export function double(of: number): number {
  return of * 2;
}
`;
const tests = `import { expect, it } from 'vitest';
import { double, larger } from '../../../workflows/deep/sums.ts';

it('is the larger one', () => expect([larger(1, 2), larger(2, 1)]).toEqual([2, 2]));
it('is something', () => expect(double(2)).toBe(4));
`;

const killed: Mutant = {
  name: 'smaller',
  file: 'sums.ts',
  text: 'one > other',
  replacement: 'one < other',
  means: 'it is the smaller one',
  tests: ['sums.test.ts'],
};
const survivor: Mutant = { ...killed, name: 'same', replacement: 'one >= other', means: 'nothing' };
const square: Mutant = { ...killed, name: 'square', text: 'of * 2', replacement: 'of * of', means: 'squares' };
const endless: Mutant = { ...killed, name: 'endless', text: 'of * 2', replacement: '(() => { for (;;); })()' };

let root: string;
/** Where the copies are made. */
let copies: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'speechops-toy-'));
  copies = await mkdtemp(path.join(tmpdir(), 'speechops-copies-'));
  vi.stubEnv('TMPDIR', copies);
  for (const folder of ['workflows/deep', 'test/workflows/deep', 'workflows/other'])
    await mkdir(path.join(root, folder), { recursive: true });
  await writeFile(path.join(root, 'package.json'), '{ "type": "module" }');
  await writeFile(path.join(root, 'workflows/deep/sums.ts'), source);
  await writeFile(path.join(root, 'test/workflows/deep/sums.test.ts'), tests);
  for (const folder of ['deep', 'other']) await writeFile(path.join(root, `workflows/${folder}/twice.ts`), source);
  await symlink(path.resolve(import.meta.dirname, '../../node_modules'), path.join(root, 'node_modules'));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  for (const folder of [root, copies]) await rm(folder, { recursive: true, force: true });
});

async function command(args: readonly string[], of: readonly Mutant[]) {
  const said = { stdout: '', stderr: '' };
  const code = await mutantsCommand(args, {
    root,
    mutants: of,
    stdout: (text) => (said.stdout += text),
    stderr: (text) => (said.stderr += text),
  });
  return { code, ...said };
}

describe('npm run mutants', () => {
  it('prints what was killed and by which test, what survived and what that means, and fails under nine of ten', async () => {
    const { code, stdout, stderr } = await command([], [killed, survivor, square]);
    expect(stdout.replaceAll(/\d+\.\d s/g, '# s')).toBe(
      [
        'killed    smaller  # s  by sums.test.ts: is the larger one\n',
        'survived  same  # s  in sums.ts: nothing\n',
        'survived  square  # s  in sums.ts: squares\n',
        'killed 1 of 3: 33.3 %, 90 % are wanted\n',
      ].join(''),
    );
    expect(stderr).toContain('3/3 square');
    expect(code).toBe(1);
  });

  it('passes with nine of ten killed, and leaves the tree and nothing else', async () => {
    const nine = Array.from({ length: 9 }, (_, index) => ({ ...killed, name: `smaller-${index}` }));
    const { code, stdout } = await command([], [survivor, ...nine]);
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'killed 9 of 10: 90.0 %, 90 % are wanted']);
    expect(await readFile(path.join(root, 'workflows/deep/sums.ts'), 'utf8')).toBe(source);
    expect((await readdir(copies)).filter((name) => name.startsWith('speechops-'))).toEqual([]);
  });

  it('makes only those that --only names', async () => {
    const { code, stdout } = await command(['--only', 'smaller'], [killed, survivor, square]);
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'killed 1 of 1: 100.0 %, 90 % are wanted']);
    expect(await command(['--only', 'none'], [killed])).toMatchObject({ code: 2, stdout: '' });
    expect((await command(['--help'], [killed])).code).toBe(0);
    expect(await command(['--list'], [square])).toMatchObject({ code: 0, stdout: 'square  (sums.ts) squares\n' });
  });

  it.each<[string, Partial<Mutant>, string]>([
    [
      'whose text is not there any more',
      { text: 'one >> other' },
      'smaller is stale: workflows/deep/sums.ts does not have',
    ],
    ['whose text is there twice', { text: 'return' }, 'smaller is stale: workflows/deep/sums.ts has its text 2 times'],
    ['whose file is gone', { file: 'gone.ts' }, 'smaller: workflows/ has no gone.ts'],
    [
      'whose file is there twice',
      { file: 'twice.ts' },
      'smaller: twice.ts is not one file: workflows/deep/twice.ts, workf',
    ],
    ['whose tests are gone', { tests: ['gone.test.ts'] }, 'smaller: test/workflows/ has no gone.test.ts'],
    [
      'that is no program',
      { replacement: 'one > >' },
      'smaller: with the replacement workflows/deep/sums.ts cannot be read',
    ],
    [
      'with which nothing is tested',
      { text: 'export function double', replacement: 'nothing(); export function double' },
      'smaller: the tests do not begin with the replacement: sums.test.ts: nothing is not defined',
    ],
  ])('fails for a mutant %s, and says so', async (_, change, fault) => {
    const { code, stdout } = await command([], [{ ...killed, ...change }]);
    expect(stdout).toContain(fault);
    expect(code).toBe(1);
  });

  it('is not content with tests that fail without a mutant', async () => {
    const broken = path.join(root, 'test/workflows/deep/broken.test.ts');
    await writeFile(broken, tests.replace('toBe(4)', 'toBe(5)'));
    const { code, stdout } = await command([], [{ ...killed, tests: ['broken.test.ts'] }]);
    await rm(broken);
    expect(stdout).toBe('Mend the tests first, they fail without a mutant: broken.test.ts: is something\n');
    expect(code).toBe(1);
  });
});

describe('runMutants', () => {
  it('ends tests that hang, counts them as killed, and goes on', async () => {
    const run = await runMutants([endless, survivor], { root, secondsEach: 15 });
    expect(run).toMatchObject({
      kind: 'results',
      results: [{ outcome: 'killed', by: 'the time limit of 15 s' }, { outcome: 'survived' }],
    });
  });

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const onProgress = (line: string): void => {
      if (line.startsWith('1/2')) stop.abort(reason);
    };
    await expect(runMutants([killed, survivor], { root, signal: stop.signal, onProgress })).rejects.toBe(reason);
  });
});

it('the mutants of the project have names of their own, and there are forty at least', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(40);
});
