import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { writeSet } from '../../data-sets/make-set.ts';
import { callProgram } from '../../workflows/cli/call-program.ts';

const program = fileURLToPath(new URL('keyless-program.ts', import.meta.url));

describe('an emulator that serves HTTPS, to clients that have no key', () => {
  let folder: string;
  let emulator: Emulator;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-keyless-'));
    emulator = await startEmulator({ tls: true, account: { disableLocalAuth: true } });
    const trust = path.join(folder, 'emulator.pem');
    await writeFile(trust, emulator.certificate ?? '');
    env = {
      NODE_EXTRA_CA_CERTS: trust,
      AZURE_AUTHORITY_HOST: emulator.url,
      AZURE_TENANT_ID: emulator.tenantId,
      AZURE_CLIENT_ID: 'a-client',
      AZURE_CLIENT_SECRET: emulator.managementToken,
    };
  });
  afterEach(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers what Microsoft’s clients ask, unmodified', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, emulator.url, emulator.resourceId], {
      env: { ...process.env, ...env },
    });
    expect(JSON.parse(stdout)).toEqual({
      account: 'emulator',
      accounts: 2,
      skus: ['F0', 'S0'],
      resourceSkus: ['SpeechServices F0', 'SpeechServices S0'],
      none: [],
      privateLink: ['account'],
      availability: [true, false],
      domains: [false, true],
      noSuchDeleted: 'ResourceNotFound',
      otherType: 'InvalidResourceType',
      regenerated: 'NotSupportedByEmulator',
      keys: 'BadRequest',
      keysAfterUpdate: true,
      projects: 200,
    });
  });

  it('is worked with by pipelines that sign in', async () => {
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    await writeFile(
      path.join(folder, 'text.yaml'),
      'name: text\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n',
    );
    const call = async (more: Readonly<Record<string, string>>): ReturnType<typeof callProgram> =>
      await callProgram(['plan', 'text.yaml'], {
        cwd: folder,
        env: { ...env, SPEECHOPS_ENDPOINT: emulator.url, ...more },
      });
    expect(await call({})).toMatchObject({ code: 0, stdout: expect.stringContaining(': 1 to create') });
    const refused = await call({ AZURE_CLIENT_SECRET: 'a guess' });
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('AADSTS7000215')]);
    expect((await call({ NODE_EXTRA_CA_CERTS: '' })).code).toBe(3);
  });

  it('speaks for who signs in and names the resource, and for nobody who names another', async () => {
    await writeFile(path.join(folder, 'templates.txt'), 'good morning how did you sleep\n');
    const call = async (resource: string): ReturnType<typeof callProgram> =>
      await callProgram(
        [
          'data',
          'synthesise',
          '--templates',
          'templates.txt',
          '--locale',
          'en-US',
          '--out',
          'out',
          '--resource',
          resource,
        ],
        { cwd: folder, env: { ...env, SPEECHOPS_ENDPOINT: emulator.url } },
      );
    const refused = await call(emulator.resourceId.replace(/[^/]+$/, 'another'));
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringContaining('Cannot list voices: the answer is 401'),
    ]);
    expect(await call(emulator.resourceId)).toMatchObject({ code: 0, stdout: 'out: 1 recording, 0.00 hours\n' });
  });

  it('has pipelines read reports and results in storage of its own, signed in there', async () => {
    const headers = { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': 'application/json' };
    // Its certificate is not known to this process.
    const control = `fetch('${emulator.url}/_emulator/account', { method: 'POST', headers: ${JSON.stringify(headers)}, body: '{"byos":true}' }).then(({ status }) => console.log(status));
      fetch('${emulator.url}/_emulator/clock', { method: 'POST', headers: ${JSON.stringify(headers)}, body: '{"speed":1000}' })`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--eval', control], {
      env: { ...process.env, ...env },
    });
    expect(stdout).toBe('200\n');
    await writeSet(folder, {
      'test/{1..5}.wav': { wav: { seconds: 2 } },
      'test/trans.txt':
        '1.wav\tplease give Miss Jones the ramipril now\n2.wav\tgood morning how did you sleep\n3.wav\tsee www.contoso.com\n4.wav\tthank you very much\n5.wav\tplease sit down here\n',
    });
    await writeFile(
      path.join(folder, 'p.yaml'),
      `name: own
locale: en-US
steps:
  - { id: test, uses: upload, with: { kind: Acoustic, from: test, max-rejected: 50%, check: warn } }
  - { id: wer, uses: evaluate, with: { dataset: "\${{ steps.test.outputs.dataset }}", model: base } }
`,
    );
    const ran = await callProgram(['run', 'p.yaml'], {
      cwd: folder,
      env: { ...env, SPEECHOPS_ENDPOINT: emulator.url },
    });
    expect(ran).toMatchObject({ code: 0 });
    // The line that the service rejected, out of the report of the import.
    expect(ran.stderr).toMatch(/trans\.txt:3/);
    const [run = ''] = await readdir(path.join(folder, '.speechops/runs'));
    const results = await readFile(path.join(folder, '.speechops/runs', run, 'results.json'), 'utf8');
    // What was recognised, out of the files of the evaluation.
    expect(results).toContain('miss jones');
  });
});
