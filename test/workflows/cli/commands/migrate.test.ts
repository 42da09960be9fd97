import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { callMain, type Called } from '../call-main.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-migrate-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, 'data'));
  await writeFile(path.join(folder, 'data/words.txt'), 'give ten milligrams of apixaban\n');
  await writeFile(
    path.join(folder, 'deploy.sh'),
    'touch executed\nspx csr dataset upload --kind Language --name words --language en-GB --data ./data/words.txt --email a@b.c\n',
  );
});

async function speechops(...args: readonly string[]): Promise<Called> {
  return await callMain(args, { cwd: folder });
}

describe('speechops migrate', () => {
  it('writes a pipeline in which lint finds nothing, and tells what became of what', async () => {
    const { code, stdout } = await speechops('migrate', 'deploy.sh', '--name', 'ward');
    expect(code).toBe(0);
    expect(stdout).toBe(`written  pipelines/ward.yaml: what the old files do

1 thing carried over:
  deploy.sh:2: dataset create -> step words

1 thing to do by hand:
  deploy.sh:2: spx csr dataset upload --email: the API has no mail since version 2024-11-15: have the tool that starts the pipeline tell you, or read \`speechops runs\`

Next: npx speechops lint pipelines/ward.yaml && npx speechops plan pipelines/ward.yaml
`);
    expect(await speechops('lint', 'pipelines')).toMatchObject({ code: 0, stdout: '' });
  });

  it('leads from another folder to the data, and executes nothing', async () => {
    expect(await speechops('migrate', 'deploy.sh', '--out', 'new/place')).toMatchObject({ code: 0 });
    const text = await readFile(path.join(folder, 'new/place/pipelines/deploy.yaml'), 'utf8');
    expect(text).toContain('from: ../../../data/words.txt');
    expect(await speechops('lint', 'new/place/pipelines')).toMatchObject({ code: 0 });
    await expect(readFile(path.join(folder, 'executed'))).rejects.toThrow('ENOENT');
  });

  it('keeps a file that is there, and exits with 1', async () => {
    await mkdir(path.join(folder, 'pipelines'));
    await writeFile(path.join(folder, 'pipelines/deploy.yaml'), 'mine\n');
    const { code, stdout } = await speechops('migrate', 'deploy.sh');
    expect([code, stdout.split('\n')[0]]).toEqual([
      1,
      'kept     pipelines/deploy.yaml: it was there already; give another --name or --out',
    ]);
    expect(await readFile(path.join(folder, 'pipelines/deploy.yaml'), 'utf8')).toBe('mine\n');
  });

  it('prints JSON', async () => {
    const { code, stdout } = await speechops('migrate', 'deploy.sh', '--format', 'json');
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        files: [{ name: 'pipelines/deploy.yaml', outcome: 'written' }],
        notes: [
          { file: 'deploy.sh', line: 2, outcome: 'left' },
          { outcome: 'carried', to: 'step words' },
        ],
      },
    ]);
  });

  it('writes nothing where no call became a step', async () => {
    await writeFile(path.join(folder, 'other.sh'), 'make all\n');
    const { code, stdout } = await speechops('migrate', 'other.sh');
    expect([code, stdout]).toEqual([1, 'No call became a step, and nothing was written\n']);
  });

  it.each([
    ['gone.sh', undefined, 2, 'error: There is no file gone.sh\n'],
    ['data', undefined, 2, 'error: Give files: data is none\n'],
    ['a\u001b[31m.yml', 'a: [', 1, 'error: Cannot read a\\u001B[31m.yml: line 1'],
    ['bytes.sh', Buffer.from([0x41, 0xff, 0xfe, 0x00]), 1, 'error: Cannot read bytes.sh: it is no text in UTF-8\n'],
    ['large.sh', 'x'.repeat(5 * 1024 * 1024), 1, 'error: Cannot read large.sh: it has more than 1048576 characters\n'],
  ])('tells of %j that it cannot be read', async (name, content, code, message) => {
    if (content !== undefined) await writeFile(path.join(folder, name), content);
    const called = await speechops('migrate', name);
    expect([called.code, called.stdout]).toEqual([code, '']);
    expect(called.stderr).toContain(message);
  });
});
