import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../../emulator/start-emulator.ts';
import { readPlanDocument } from '../../../../workflows/review/read-plan-document.ts';
import { callMain, type Called } from '../call-main.ts';

let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-plan-'));
  emulator = await startEmulator();
  await mkdir(path.join(folder, 'pipelines'));
  await writeFile(path.join(folder, 'pipelines/text.txt'), 'good morning\n');
  const text = (name: string, settings = ''): string =>
    `name: ${name}\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt${settings} } }\n`;
  await writeFile(path.join(folder, 'pipelines/a.yaml'), text('a'));
  await writeFile(path.join(folder, 'pipelines/b.yaml'), text('b'));
  await writeFile(path.join(folder, 'pipelines/bad.yaml'), text('bad', ', fron: x'));
  await writeFile(
    path.join(folder, 'pipelines/fails.yaml'),
    'name: f\nlocale: en-US\nsteps:\n  - { id: live, uses: swap, with: { endpoint: ward, model: base } }\n',
  );
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function call(...args: readonly string[]): Promise<Called> {
  return await callMain(args, {
    cwd: folder,
    env: { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key },
  });
}

async function saved(name: string): Promise<PlanDocument> {
  const read = readPlanDocument(await readFile(path.join(folder, name), 'utf8'));
  if ('fault' in read) throw new Error(read.fault);
  return read.document;
}

describe('speechops plan', () => {
  it('says which mails could not be sent from here, and a run of them is refused before it does anything', async () => {
    const text = await readFile(path.join(folder, 'pipelines/a.yaml'), 'utf8');
    const tell = '  - { id: tell, uses: notify, needs: [text], with: { message: Done, email: [ann@b.example] } }\n';
    await writeFile(path.join(folder, 'pipelines/mails.yaml'), `${text}${tell}`);
    const planned = await call('plan', 'pipelines/mails.yaml');
    expect([planned.code, planned.stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: Set SPEECHOPS_SMTP_URL .*, for the mails of step tell$/m),
    ]);
    const run = await call('run', 'pipelines/mails.yaml');
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('error: Set SPEECHOPS_SMTP_URL to the host')]);
    expect((await call('plan', 'pipelines/mails.yaml')).stdout).toContain('1 to create');
  });

  it('plans several pipelines, each once, as one document', async () => {
    const { code, stdout } = await call('plan', 'pipelines/a.yaml', 'pipelines/b.yaml', 'pipelines/a.yaml');
    expect(code).toBe(0);
    expect(stdout.match(/^\w on .*: 1 to create$/gm)).toEqual([
      `a on ${emulator.url}: 1 to create`,
      `b on ${emulator.url}: 1 to create`,
    ]);
    const json = await call('plan', 'pipelines/a.yaml', 'pipelines/b.yaml', '--format', 'json');
    const read = readPlanDocument(json.stdout);
    expect(read).toMatchObject({
      document: {
        pipelines: [{ name: 'a', file: { path: 'pipelines/a.yaml' }, steps: [{ id: 'text' }] }, { name: 'b' }],
      },
    });
  });

  it('keeps the plan in a file that others may read, in every format, and says the command that does it', async () => {
    const markdown = await call('plan', 'pipelines/a.yaml', '--out', 'one plan.json', '--format', 'markdown');
    const { hash } = await saved('one plan.json');
    expect(markdown.stdout).toContain(
      `Plan \`${hash.slice(0, 12)}\` is in \`one plan.json\`. To do exactly this:\n\n- \`speechops run --plan 'one plan.json'\`\n`,
    );
    expect(markdown.stdout).toContain('| `text` | create | `upload text.txt as Language dataset, 1 file, 13 B` |');
    expect((await stat(path.join(folder, 'one plan.json'))).mode & 0o777).toBe(0o644 & ~process.umask());
    const json = await call('plan', 'pipelines/a.yaml', '--out', 'json.json', '--format', 'json');
    expect(await readFile(path.join(folder, 'json.json'), 'utf8')).toBe(json.stdout);
    const text = await call(
      'plan',
      'pipelines/a.yaml',
      'pipelines/b.yaml',
      '--out',
      'both.json',
      '--allow-env',
      'TOKEN',
    );
    expect(text.stdout).toContain(
      `Plan ${(await saved('both.json')).hash.slice(0, 12)} is in both.json. To do exactly this:\n` +
        '  speechops run pipelines/a.yaml --plan both.json --allow-env TOKEN\n' +
        '  speechops run pipelines/b.yaml --plan both.json --allow-env TOKEN\n',
    );
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('names the same plan by the same hash', async () => {
    const hashes = [];
    for (const name of ['first.json', 'second.json']) {
      await call('plan', 'pipelines/a.yaml', '--out', name);
      hashes.push((await saved(name)).hash);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('leaves the file of before as it was where a pipeline has faults, and tells those of all', async () => {
    await writeFile(path.join(folder, 'kept.json'), 'kept');
    const { code, stdout, stderr } = await call('plan', 'pipelines/bad.yaml', 'pipelines/a.yaml', '--out', 'kept.json');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('fron');
    expect(await readFile(path.join(folder, 'kept.json'), 'utf8')).toBe('kept');
  });

  it('says where it cannot keep a plan', async () => {
    const { code, stderr } = await call('plan', 'pipelines/a.yaml', '--out', 'pipelines');
    expect([code, stderr]).toEqual([2, 'error: Cannot write pipelines: it is a folder, not a file\n']);
    const none = await call('plan', 'pipelines/a.yaml', '--out', 'none/plan.json');
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('Cannot write none/plan.json')]);
  });

  it('exits as the worst of the pipelines, and names no command for one that would fail', async () => {
    const both = ['plan', 'pipelines/a.yaml', 'pipelines/fails.yaml', '--out', 'fails.json'];
    const { code, stdout } = await call(...both, '--detailed-exitcode');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /is in fails\.json\. To do exactly this: speechops run pipelines\/a\.yaml --plan fails\.json\n$/,
    );
    expect((await call('plan', 'pipelines/a.yaml', 'pipelines/b.yaml', '--detailed-exitcode')).code).toBe(2);
  });
});

describe('speechops run --plan', () => {
  it('refuses what is no plan, with what is wrong', async () => {
    await call('plan', 'pipelines/a.yaml', '--out', 'plan.json');
    const text = await readFile(path.join(folder, 'plan.json'), 'utf8');
    await writeFile(path.join(folder, 'edited.json'), text.replace('"action": "create"', '"action": "skip"'));
    await writeFile(path.join(folder, 'later.json'), text.replace('"version": 1', '"version": 7'));
    await writeFile(path.join(folder, 'half.json'), text.slice(0, 200));
    const told = async (file: string): Promise<readonly [number, string]> => {
      const { code, stderr } = await call('run', '--plan', file);
      return [code, stderr];
    };
    const none = (file: string, why: string): readonly [number, string] => [
      2,
      `error: Give a plan that \`speechops plan --out\` has written: ${file} is none, ${why}\n`,
    ];
    expect(await told('edited.json')).toEqual(
      none('edited.json', 'somebody has edited it: its hash is of another plan'),
    );
    expect(await told('later.json')).toEqual(none('later.json', 'it has version 7, and this program reads version 1'));
    expect(await told('half.json')).toEqual(none('half.json', 'it is no JSON'));
    expect(await told('pipelines')).toEqual([2, 'error: Cannot read pipelines: it is a folder, not a file\n']);
    expect(await told('gone.json')).toEqual([2, expect.stringContaining('Cannot read gone.json')]);
  });

  it('wants to know which of several pipelines', async () => {
    await call('plan', 'pipelines/a.yaml', 'pipelines/b.yaml', '--out', 'two.json');
    const which = await call('run', '--plan', 'two.json');
    expect([which.code, which.stderr]).toEqual([
      2,
      'error: Say which pipeline is to run, as in speechops run FILE --plan two.json: it has plans of pipelines/a.yaml, pipelines/b.yaml\n',
    ]);
    const other = await call('run', 'c.yaml', '--plan', 'two.json');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('it has no plan of c.yaml')]);
    const nothing = await call('run');
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      'error: Give the path of a pipeline file, or a saved plan with --plan\n',
    ]);
  });

  it('refuses a plan in which a step would fail, and one of another Speech resource', async () => {
    await call('plan', 'pipelines/fails.yaml', '--out', 'fails.json');
    const fails = await call('run', '--plan', 'fails.json');
    expect([fails.code, fails.stderr]).toEqual([
      1,
      expect.stringContaining('step live would fail, and nothing was done'),
    ]);
    await call('plan', './pipelines/a.yaml', '--out', 'plan.json');
    const other = await startEmulator();
    try {
      const env = { SPEECHOPS_ENDPOINT: other.url, SPEECHOPS_KEY: other.key };
      const { code, stderr } = await callMain(['run', '--plan', 'plan.json'], { cwd: folder, env });
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`: the Speech resource is ${other.url}, it was ${emulator.url}\n`),
      ]);
    } finally {
      await other.close();
    }
  });
});
