import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { callMain, type Called } from './call-main.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';

let folder: string;
let home: AnyHome;
let emulator: Emulator;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-approved-'));
  home = await openAnyHome(folder);
  emulator = await startEmulator({ speed: 3000 });
  await writeFile(path.join(folder, 'p.yaml'), pipeline(''));
});
afterEach(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

function pipeline(more: string): string {
  return `name: p
locale: en-US
steps:
  - { id: ok, uses: approve, with: { message: "Shall it?", by: [ann, bob], expires: 1s } }
${more}`;
}

async function speechops(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env });
}

async function savedHash(): Promise<string> {
  expect((await speechops('plan', 'p.yaml', '--out', 'plan.json')).code).toBe(0);
  return (JSON.parse(await readFile(path.join(folder, 'plan.json'), 'utf8')) as PlanDocument).hash;
}

describe('an approval of a plan', () => {
  it('answers the step of its run', async () => {
    const hash = await savedHash();
    const given = await speechops('approve', 'plan.json', 'ok', '--by', 'ann', '--comment', 'heard it', '--plan', hash);
    expect([given.code, given.stderr]).toEqual([
      0,
      `ann approved ok of plan ${hash.slice(0, 12)}: plan.approvals.json says so to speechops run --plan plan.json\n`,
    ]);
    const again = await speechops('approve', 'plan.json', 'ok', '--by', 'ann', '--reject');
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/^Nothing changed: ann approved ok at /)]);
    const { code, stdout } = await speechops('run', '--plan', 'plan.json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('approved by ann at ')]);
  });

  it('does not count of somebody who may not answer, and keeps nobody from answering', async () => {
    await savedHash();
    expect((await speechops('approve', 'plan.json', 'ok', '--by', 'eve')).code).toBe(0);
    expect((await speechops('approve', 'plan.json', 'ok', '--by', 'ann')).code).toBe(0);
    const { code, stdout, stderr } = await speechops('run', '--plan', 'plan.json');
    expect([code, stdout]).toEqual([0, expect.stringContaining('approved by ann at ')]);
    expect(stderr).toContain('eve may not answer ok');
  });

  it('counts for no other plan: that asks anew', async () => {
    const first = await savedHash();
    await speechops('approve', 'plan.json', 'ok', '--by', 'ann');
    await writeFile(
      path.join(folder, 'p.yaml'),
      pipeline('  - { id: more, uses: approve, with: { message: More?, expires: 1s } }\n'),
    );
    const second = await savedHash();
    const refused = await speechops('approve', 'plan.json', 'ok', '--by', 'ann', '--plan', first.slice(0, 12));
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(
        `Look at the plan again, and approve that: plan.json has plan ${second.slice(0, 12)}, not `,
      ),
    ]);
    const { code, stderr } = await speechops('run', '--plan', 'plan.json');
    expect(code).toBe(1);
    expect(stderr).toContain(`plan.approvals.json has answers to plan ${first.slice(0, 12)}, and this is `);
    expect(stderr).toContain('Nobody answered');
  });

  it('is of an approve step that the plan has', async () => {
    await savedHash();
    expect((await speechops('approve', 'plan.json', 'oh', '--by', 'ann')).stderr).toContain(
      'Cannot approve oh: the plan plan.json has no such approve step, but ok',
    );
    expect((await speechops('approve', 'none.json', 'ok', '--by', 'ann')).code).toBe(2);
    await writeFile(path.join(folder, 'plan.approvals.json'), '{');
    expect((await speechops('approve', 'plan.json', 'ok', '--by', 'ann')).stderr).toContain(
      'Mend or delete plan.approvals.json, which has the answers to a plan: it is no JSON',
    );
    expect((await speechops('approve', 'plan.json', 'ok', '--plan', 'abc')).stderr).toContain('at least 8 characters');
  });
});

it('a plan for the embedded emulator is done by another process, in which that has another port', async () => {
  const text = '  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n';
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
  await writeFile(path.join(folder, 'e.yaml'), `name: e\nlocale: en-US\nsteps:\n${text}`);
  const embedded = async (...args: readonly string[]): Promise<Called> =>
    await callMain(args, { cwd: folder, env: home.env });
  expect((await embedded('run', 'e.yaml', '--emulator')).code).toBe(0);
  const planned = await embedded('plan', 'e.yaml', '--emulator', '--out', 'e.json');
  expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('1 to reuse')]);
  const { code, stdout, stderr } = await embedded('run', '--plan', 'e.json');
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining('text  reused')]);
});
