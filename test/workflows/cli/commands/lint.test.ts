import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintCommand } from '../../../../workflows/cli/commands/lint.ts';
import { type Io, type Session, UsageError } from '../../../../workflows/cli/session.ts';

const good = 'name: x\nlocale: en-US\nsteps:\n  - { id: a, uses: upload, with: { kind: Language, from: text.txt } }\n';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lint-'));
  await mkdir(path.join(folder, 'pipelines', 'empty'), { recursive: true });
  await writeFile(path.join(folder, 'pipelines', 'text.txt'), 'hello\n');
  await writeFile(path.join(folder, 'pipelines', 'good.yaml'), good);
  await writeFile(
    path.join(folder, 'pipelines', 'bad.yml'),
    good.replace('locale', 'lokale').replace('text.txt', 'gone.txt'),
  );
  await writeFile(path.join(folder, 'big.yaml'), '#'.repeat(10_000_000));
  const steps = Array.from({ length: 1000 }, (_, index) => `  - { id: s${index}, uses: aprove }\n`);
  await writeFile(path.join(folder, 'many.yaml'), `name: x\nlocale: en-US\nsteps:\n${steps.join('')}`);
});

afterAll(async () => await rm(folder, { recursive: true }));

describe('speechops lint', () => {
  it('says nothing on stdout when nothing is wrong', async () => {
    expect(await lint('pipelines/good.yaml')).toEqual({ code: 0, out: '', err: '1 file: 0 errors, 0 warnings\n' });
  });

  it('prints diagnostics of a folder with the paths as they were given, and exits 1', async () => {
    const { code, out, err } = await lint('pipelines');
    expect(code).toBe(1);
    expect(out).toContain('pipelines/bad.yml:2:1: Cannot use the key `lokale` in the pipeline');
    expect(out).toContain('pipelines/bad.yml:4:58: Cannot find `gone.txt`');
    expect(err).toBe('2 files: 2 errors, 0 warnings\n');
  });

  it('prints what tools around a pull request read, with paths from the root of the repository', async () => {
    await mkdir(path.join(folder, '.git'), { recursive: true });
    const cwd = path.join(folder, 'pipelines');
    const { code, out, err } = await lint('.', '--format', 'github', { cwd });
    expect([code, err]).toEqual([1, '2 files: 2 errors, 0 warnings\n']);
    expect(out).toMatch(
      /^::error file=pipelines\/bad\.yml,line=2,endLine=2,col=1,endColumn=7,title=unknown-key::Cannot/m,
    );
    expect(out.split('\n')).toHaveLength(3);
    const sarif = await lint('good.yaml', '--format', 'sarif', { cwd });
    expect([sarif.code, JSON.parse(sarif.out)]).toMatchObject([
      0,
      { runs: [{ results: [], artifacts: [{ location: { uri: 'pipelines/good.yaml' } }] }] },
    ]);
  });

  it('tells files of a folder that cannot be read, and checks the others', async () => {
    await mkdir(path.join(folder, 'mixed', 'folder.yaml'), { recursive: true });
    const mixed = async (name: string, contents: string | Uint8Array): Promise<void> =>
      await writeFile(path.join(folder, 'mixed', name), contents);
    await mixed('a.yaml', Buffer.concat([Buffer.from('name: \u{1F3E5}\uFFFD '), Buffer.of(0xe4), Buffer.from('\n')]));
    await mixed('b.yaml', Buffer.from(`\uFEFF${good}`, 'utf16le'));
    await symlink('nowhere', path.join(folder, 'mixed', 'c.yaml'));
    await mixed('d.yaml', good.replace('locale', 'lokale').replace(' from: text.txt', ' from: ../pipelines/text.txt'));
    await mixed('e.yaml', Buffer.concat([Buffer.from(good.replace('x', 'calls')), Buffer.of(0xc3)]));
    const { code, out, err } = await lint('mixed', '--format', 'json');
    const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Record<string, unknown>[] };
    const told = diagnostics.map((one) => `${String(one['path'])}:${String(one['line'])}:${String(one['column'])}`);
    expect(told).toEqual([
      'mixed/a.yaml:1:11',
      'mixed/b.yaml:1:1',
      'mixed/c.yaml:1:1',
      'mixed/d.yaml:2:1',
      'mixed/e.yaml:5:1',
    ]);
    expect(diagnostics.map((one) => one['message'])).toEqual([
      'Cannot read the text: the byte 0xE4 is no UTF-8 here',
      'Cannot read the text: it is UTF-16',
      'Cannot read the file: it is a link that leads nowhere',
      expect.stringMatching(/^Cannot use the key `lokale`/),
      'Cannot read the text: the byte 0xC3 is no UTF-8 here',
    ]);
    expect({ code, err }).toEqual({ code: 1, err: '5 files: 5 errors, 0 warnings\n' });
    expect((await lint('mixed')).out).toContain('mixed/a.yaml:1:11: Cannot read the text: the byte 0xE4');
  });

  it('prints one JSON document with --format json', async () => {
    const { code, out } = await lint('pipelines/bad.yml', '--format', 'json');
    const { files, errors, warnings, diagnostics } = JSON.parse(out) as Record<string, unknown>;
    expect({ code, files, errors, warnings }).toEqual({ code: 1, files: 1, errors: 2, warnings: 0 });
    expect(diagnostics).toMatchObject([
      { code: 'unknown-key', path: 'pipelines/bad.yml', line: 2, column: 1, endColumn: 7 },
      {},
    ]);
  });

  it('prints the first 200 diagnostics of a file and counts the others', async () => {
    const { code, out, err } = await lint('many.yaml', '--format', 'json');
    const { errors, omitted, diagnostics } = JSON.parse(out) as Record<string, unknown>;
    expect({ code, errors, omitted }).toEqual({ code: 1, errors: 1000, omitted: 800 });
    expect(diagnostics).toHaveLength(200);
    expect(err).toBe('1 file: 1000 errors, 0 warnings\n');
    const text = (await lint('many.yaml')).out;
    expect(text.match(/\[unknown-step-kind\]$/gm)).toHaveLength(200);
    expect(text.endsWith('\n… and 800 more\n')).toBe(true);
  });

  it('answers a file of 10 MB with one diagnostic', async () => {
    const { code, out } = await lint('big.yaml');
    expect(code).toBe(1);
    expect(out).toMatch(/^big\.yaml:1:1: .* \[document-too-large\]\n/);
  });

  it('checks an environment.yaml among pipelines with what it was given for that', async () => {
    await mkdir(path.join(folder, 'both'));
    const put = async (name: string, text: string): Promise<void> =>
      await writeFile(path.join(folder, 'both', name), text);
    await put('environment.yaml', 'name: calls\nenvironmens: {}\n');
    await put('stacks.yml', 'name: calls\nenvironments: {}\n');
    await put('pipeline.yaml', good.replace('text.txt', '../pipelines/text.txt'));
    const wrong = {
      severity: 'error',
      line: 2,
      column: 1,
      endLine: 2,
      endColumn: 5,
      message: 'Wrong',
      code: 'c',
    } as const;
    const checked: string[] = [];
    const environmentCheck: Io['environmentCheck'] = async () => async (text, at) => {
      checked.push(`${at.path} ${text.slice(12, 16)}`);
      const told = { diagnostics: [{ ...wrong, path: at.path }], counts: { errors: 1, warnings: 0 } };
      return at.path.endsWith('yml') ? { ...told, unchecked: 'Not all\u0007 is checked' } : told;
    };
    const { code, out, err } = await lint({ environmentCheck }, 'both');
    expect(checked).toEqual(['both/environment.yaml envi', 'both/stacks.yml envi']);
    expect([code, err]).toEqual([1, 'Not all\\u0007 is checked\n3 files: 2 errors, 0 warnings\n']);
    expect(out.split('\n').filter((line) => line.includes('Wrong'))).toEqual([
      'both/environment.yaml:2:1: Wrong [c]',
      'both/stacks.yml:2:1: Wrong [c]',
    ]);
    const json = JSON.parse((await lint({ environmentCheck }, 'both', '--format', 'json')).out) as object;
    expect(json).toMatchObject({ files: 3, errors: 2, warnings: 0, omitted: 0, diagnostics: [{ code: 'c' }, {}] });
  });

  it('loads nothing for environments where there are only pipelines', async () => {
    const environmentCheck: Io['environmentCheck'] = async () => await Promise.reject(new Error('loaded'));
    expect((await lint({ environmentCheck }, 'pipelines/good.yaml')).code).toBe(0);
  });

  it.each(['no-such.yaml', 'pipelines/empty'])('takes %s for wrong usage', async (name) => {
    await expect(lint(name)).rejects.toThrow(UsageError);
  });
});

async function lint(
  ...given: readonly (string | Partial<Pick<Io, 'environmentCheck' | 'cwd'>>)[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const args = given.filter((one) => typeof one === 'string');
  const parts = given.find((one) => typeof one !== 'string');
  let out = '';
  let err = '';
  const session: Session = {
    io: {
      stdout: { write: (text) => void (out += text) },
      stderr: { write: (text) => void (err += text) },
      env: {},
      cwd: folder,
      signal: new AbortController().signal,
      ...parts,
    },
    exitCode: 0,
  };
  await lintCommand(session).exitOverride().parseAsync(args, { from: 'user' });
  return { code: session.exitCode, out, err };
}
