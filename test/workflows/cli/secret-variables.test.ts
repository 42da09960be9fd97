import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCertificate } from '../../../stacks/provider/plugin/certificate.ts';
import { createSecretMask } from '../../../workflows/language/variables/secret-mask.ts';
import { bootedState } from '../../crash/booted-state.ts';
import { callMain, type Called } from './call-main.ts';
import { callProgram } from './call-program.ts';

const signature = 'kLq/1+Zx7Wb0a2Yt9Rr5Ee8Uu3Ii6Oo=';
const sas = `sv=2026-02-06&sr=c&sp=r&sig=${encodeURIComponent(signature)}`;
const text = 'the ward is full tonight\nplease call the pharmacy\n';

let folder: string;
let certificate: string;
let server: Server;
let origin: string;
/** What was asked of the server, as `path?query`: by the program, which compares the content, and by the service. */
let asked = new Set<string>();
let answer = 200;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-secrets-'));
  await bootedState().copyTo(folder);
  const own = await createCertificate();
  certificate = path.join(folder, 'ca.pem');
  await writeFile(certificate, own.certificate);
  setDefaultCACertificates([...getCACertificates(), own.certificate]);
  server = createServer({ key: own.key, cert: own.certificate }, ({ url = '' }, response) => {
    asked.add(url);
    // Storage repeats in its refusals what it was asked.
    response.writeHead(answer).end(answer === 200 ? text : `<Error>AuthenticationFailed ${url}</Error>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
}, 300_000);

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  asked = new Set();
  answer = 200;
});

async function speechops(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Called> {
  return await callMain(args, { cwd: folder, env });
}

async function pipeline(steps: string, { env = 'SAS: { secret: true }' } = {}): Promise<string> {
  const file = path.join(folder, 'pipeline.yaml');
  await writeFile(file, `name: secrets\nlocale: en-US\nenv: { ${env} }\nsteps:\n${steps}\n`);
  return file;
}

function upload(from: string): string {
  return `  - { id: text, uses: upload, with: { kind: Language, from: "${from}" } }`;
}

/** Every file below the folder in which the value stands in any of its usual encodings. */
async function filesWith(secret: string, at: string): Promise<readonly string[]> {
  const mask = createSecretMask();
  mask.learn(secret);
  const names = await readdir(at, { recursive: true, withFileTypes: true });
  const files = names.filter((name) => name.isFile()).map((name) => path.join(name.parentPath, name.name));
  const found = await Promise.all(
    files.map(async (file) => {
      const kept = await readFile(file, 'latin1');
      return mask.mask(kept) === kept ? [] : [file];
    }),
  );
  return found.flat();
}

describe('a secret variable', () => {
  it('reaches the host of the data, and no byte that is printed or kept', async () => {
    const file = await pipeline(upload(`${origin}/calls/text.txt?\${{ env.SAS }}`));
    // What a whole process prints, whoever writes it.
    const inProcess = async (...args: readonly string[]): Promise<Called> =>
      await callProgram(args, { cwd: folder, env: { NODE_EXTRA_CA_CERTS: certificate, SAS: sas } });
    const planned = await inProcess('plan', file, '--emulator', '--format', 'json');
    expect(planned.code, planned.stderr).toBe(0);
    expect(planned.stdout).toContain(`upload ${origin}/calls/text.txt as Language dataset`);
    const ran = await inProcess('run', file, '--emulator', '--run-id', 'fetched');
    expect(ran.code, ran.stderr).toBe(0);
    expect([...asked]).toEqual([`/calls/text.txt?${sas}`]);
    const shown = await inProcess('show', 'fetched', '--format', 'json');
    for (const { stdout, stderr } of [planned, ran, shown]) {
      const mask = createSecretMask();
      mask.learn(sas);
      expect(mask.mask(stdout + stderr)).toBe(stdout + stderr);
    }
    expect(await filesWith(sas, path.join(folder, '.speechops'))).toEqual([]);
  });

  it('is masked where the service repeats it in its reason for a failure', async () => {
    answer = 403;
    const file = await pipeline(upload('${{ env.SAS }}'));
    const secret = `${origin}/refused.txt?sig=of-a-secret-share`;
    const ran = await speechops(['run', file, '--emulator', '--run-id', 'refused'], { SAS: secret });
    expect(ran.code, ran.stderr).toBe(1);
    expect([...asked]).toEqual(['/refused.txt?sig=of-a-secret-share']);
    expect(ran.stdout + ran.stderr).not.toContain('secret-share');
    // What a person may do about it is what works on the embedded emulator.
    expect(ran.stdout + ran.stderr).toContain('delete it with the folder .speechops/emulator');
    expect(await filesWith(secret, path.join(folder, '.speechops'))).toEqual([]);
    // A path is no secret and is kept, which also shows that the search finds something.
    expect(await filesWith(`${origin}/refused.txt`, path.join(folder, '.speechops'))).not.toEqual([]);
  });

  it('is read anew when a run is resumed, and asked for when it is not set', async () => {
    answer = 403;
    const file = await pipeline(upload(`${origin}/container/again.txt?\${{ env.SAS }}`));
    expect((await speechops(['run', file, '--emulator', '--run-id', 'again'], { SAS: sas })).code).toBe(1);
    const without = await speechops(['resume', 'again']);
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('Set SAS again: the run reads it')]);
    answer = 200;
    asked = new Set();
    const gone = await speechops(['resume', 'again'], { SAS: 'another-signature=1' });
    expect(gone.code, gone.stderr).toBe(0);
    expect([...asked]).toEqual(['/container/again.txt?another-signature=1']);
  });

  it('is refused before anything is done when the signature has ended', async () => {
    const file = await pipeline(upload(`${origin}/container/old.txt?\${{ env.SAS }}`));
    const ended = { SAS: `${sas}&se=2020-01-01` };
    const planned = await speechops(['plan', file, '--emulator'], ended);
    const why = `Sign ${origin}/container/old.txt anew: its signature ended on 2020-01-01 00:00 UTC`;
    expect([planned.code, planned.stdout]).toEqual([
      1,
      expect.stringMatching(/ {2}text {2}! fail +Sign .* anew: its signature/),
    ]);
    const ran = await speechops(['run', file, '--emulator', '--run-id', 'old'], ended);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(why)]);
    expect((await speechops(['show', 'old'])).stderr).toContain('there is no such run');
    expect(planned.stdout + ran.stderr).not.toContain(signature);
  });

  it.each([
    ['plain http', 'http://127.0.0.1:9/?${{ env.SAS }}', 'misplaced-secret'],
    ['a local path', 'data/${{ env.SAS }}', 'misplaced-secret'],
    ['the path of a URL', 'https://127.0.0.1:9/${{ env.SAS }}/x?y', 'misplaced-secret'],
    ['a host', 'https://${{ env.SAS }}/x', 'misplaced-secret'],
    ['a function', "${{ format('{0}', env.SAS) }}", 'misplaced-secret'],
    ['a choice', "https://127.0.0.1:9/x?${{ startsWith(env.SAS, 'sv') }}", 'misplaced-secret'],
    ['a name', 'x.txt", name: "${{ env.SAS }}', 'misplaced-secret'],
  ])('does not go into %s', async (_, from, code) => {
    const { code: exit, stderr } = await speechops(['plan', await pipeline(upload(from)), '--emulator'], { SAS: sas });
    expect([exit, stderr]).toEqual([1, expect.stringContaining(`[${code}]`)]);
    expect(stderr).not.toContain(signature);
  });

  it.each([
    ['is not set', {}],
    ['holds no https URL', { SAS: 'http://127.0.0.1:9/secret-path' }],
    ['is no URL at all', { SAS: 'https-no-json-at-all' }],
  ])('is refused when an expression makes something else of it: it %s', async (_, env) => {
    const file = await pipeline(upload('${{ env.SAS }}'));
    const { code, stderr, stdout } = await speechops(['run', file, '--emulator'], env as Record<string, string>);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/(Set|Cannot use) the secret variable SAS /)]);
    expect(stdout + stderr).not.toMatch(/secret-path|no-json/);
  });

  it('is refused when it is too short to be masked', async () => {
    const file = await pipeline(upload(`${origin}/x?\${{ env.SAS }}`));
    const { code, stderr } = await speechops(['plan', file, '--emulator'], { SAS: 'short' });
    expect([code, stderr]).toEqual([2, expect.stringContaining('Give SAS a longer value')]);
  });
});

describe('a variable with the name of a credential', () => {
  const from = '${{ env.SPEECHOPS_KEY }}';

  it('is refused by every command that reads the pipeline, and nothing is sent', async () => {
    const file = await pipeline(upload(`${origin}/?k=${from}`), { env: 'SPEECHOPS_KEY: {}' });
    for (const command of ['lint', 'plan', 'run']) {
      const options = command === 'lint' ? [] : ['--emulator'];
      const { code, stdout, stderr } = await speechops([command, file, ...options], {
        SPEECHOPS_KEY: 'key-of-a-person',
      });
      expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('[reserved-variable]')]);
      expect(stdout + stderr).not.toContain('key-of-a-person');
    }
    expect([...asked]).toEqual([]);
  });

  it('is read when the person who runs the pipeline allows it, and is secret then', async () => {
    const file = await pipeline(upload(`${origin}/allowed.txt?\${{ env.STORE_TOKEN }}`), {
      env: 'STORE_TOKEN: { secret: false }',
    });
    const allowed = ['--allow-env', 'STORE_TOKEN'];
    const ran = await speechops(['run', file, '--emulator', ...allowed], { STORE_TOKEN: 'sig=token-of-a-person' });
    expect([ran.code, ran.stderr + ran.stdout]).toEqual([0, expect.not.stringContaining('token-of-a-person')]);
    expect([...asked]).toEqual(['/allowed.txt?sig=token-of-a-person']);
    const elsewhere = await pipeline('  - { id: a, uses: approve, with: { message: "${{ env.STORE_TOKEN }}" } }', {
      env: 'STORE_TOKEN: { secret: false }',
    });
    const refused = await speechops(['plan', elsewhere, '--emulator', ...allowed], {
      STORE_TOKEN: 'token-of-a-person',
    });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[misplaced-secret]')]);
  });

  it('is allowed by a settings file that does not lie in the repository of the pipeline', async () => {
    const file = await pipeline(upload(`${origin}/settings.txt?\${{ env.STORE_TOKEN }}`), { env: 'STORE_TOKEN: {}' });
    const outside = await mkdtemp(path.join(tmpdir(), 'speechops-settings-'));
    try {
      const settings = path.join(outside, 'settings.yaml');
      await writeFile(settings, 'allow-env: [STORE_TOKEN]\n');
      expect((await speechops(['lint', file, '--settings', settings])).code).toBe(0);
      await writeFile(settings, 'allow-env: [STORE TOKEN]\nallow: 1\n');
      const faulty = await speechops(['lint', file, '--settings', settings]);
      expect([faulty.code, faulty.stderr]).toEqual([2, expect.stringMatching(/settings\.yaml:\d+:\d+: Cannot /)]);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
    await mkdir(path.join(folder, 'inside'), { recursive: true });
    await writeFile(path.join(folder, 'inside', 'settings.yaml'), 'allow-env: [STORE_TOKEN]\n');
    const lint = async (): Promise<Called> => await speechops(['lint', file, '--settings', 'inside/settings.yaml']);
    const refusal = [2, expect.stringContaining('where no pull request can change it')];
    const inside = await lint();
    expect([inside.code, inside.stderr]).toEqual(refusal);
    // A submodule is of the pull request, too; another checkout is not.
    await writeFile(path.join(folder, 'inside', '.git'), 'gitdir: ../.git/modules/inside\n');
    const submodule = await lint();
    expect([submodule.code, submodule.stderr]).toEqual(refusal);
    await rm(path.join(folder, 'inside', '.git'));
    await mkdir(path.join(folder, 'inside', '.git'));
    expect((await lint()).code).toBe(0);
  });
});

describe('data', () => {
  it('is not read from .git and .speechops, nor smoke audio by links that lead out', async () => {
    await mkdir(path.join(folder, '.git'), { recursive: true });
    await writeFile(path.join(folder, '.git', 'config'), '[http]\n  extraheader = AUTHORIZATION: basic secret\n');
    for (const from of ['.git/config', 'x/../.GIT/config', '.speechops/emulator/state.json']) {
      const { code, stderr } = await speechops(['plan', await pipeline(upload(from), { env: '' }), '--emulator']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('[invalid-path]')]);
    }
    await symlink('.git/config', path.join(folder, 'innocent.txt'));
    const linked = await speechops(['plan', await pipeline(upload('innocent.txt'), { env: '' }), '--emulator']);
    expect([linked.code, linked.stderr]).toEqual([2, expect.stringContaining('Keep data out of .git and .speechops')]);
    const outside = await mkdtemp(path.join(tmpdir(), 'speechops-outside-'));
    await writeFile(path.join(outside, 'trans.txt'), 'a.wav\tsecret\n');
    await writeFile(path.join(outside, 'a.wav'), 'RIFF');
    await symlink(outside, path.join(folder, 'smoke'));
    const swap = '  - { id: go, uses: swap, with: { endpoint: e, model: base, verify: { audio: smoke } } }';
    const heard = await speechops(['plan', await pipeline(swap, { env: '' }), '--emulator']);
    expect([heard.code, heard.stderr]).toEqual([1, expect.stringContaining('[path-outside]')]);
    await rm(outside, { recursive: true, force: true });
  });
});
