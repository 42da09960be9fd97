import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCertificate } from '../../../stacks/provider/plugin/certificate.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { createSecretMask } from '../../../workflows/language/variables/secret-mask.ts';
import { openEmbeddedStore } from '../../../workflows/store/embedded-store.ts';
import { bootedState } from '../../crash/booted-state.ts';
import { callMain, type Called } from './call-main.ts';

/** Stands in every address and in the password of the mail host, in a form that texts may write in other ways. */
const marker = 'mArk/3r+of=Secrets';
const inUrl = encodeURIComponent(marker);

let folder: string;
const closing: (() => void)[] = [];
let own: Awaited<ReturnType<typeof createCertificate>>;
let env: Readonly<Record<string, string>>;
const asked: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-told-'));
  await bootedState().copyTo(folder);
  own = await createCertificate();
  setDefaultCACertificates([...getCACertificates(), own.certificate]);
  const echo = (status: number): RequestListener =>
    function answer({ url = '', headers }, response) {
      asked.push(`${status} ${url}`);
      const all = `https://${headers.host}${url}`;
      response.writeHead(status, { Location: all, 'Retry-After': '0', 'X-Asked': all }).end(`No: ${all} ${marker}`);
    };
  env = {
    GOOD: await serve(echo(200)),
    BROKEN: await serve(echo(500)),
    MOVED: await serve(echo(302)),
    CUT: await serve(({ socket }) => void socket.destroy()),
    LATE: await serve((request, response) => void setTimeout(() => echo(410)(request, response), 3000)),
    REFUSED: `https://localhost:1/hooks/${inUrl}?sig=${inUrl}`,
    MALFORMED: `htps//hooks.example/${inUrl}`,
    SPEECHOPS_SMTP_URL: `smtp://ann:${inUrl}@127.0.0.1:${await smtp()}`,
    SPEECHOPS_MAIL_FROM: 'speech@a.example',
  };
}, 300_000);
afterAll(async () => {
  for (const close of closing) close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer({ key: own.key, cert: own.certificate }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}/hooks/${inUrl}?sig=${inUrl}`;
}

/** A mail host that lets nobody in, and repeats what it was told. Resolves with its port. */
async function smtp(): Promise<number> {
  const server = createTcpServer((socket) => {
    socket.write('220 mail.example\r\n');
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        const text = bytes.toString();
        if (text.startsWith('AUTH')) asked.push('AUTH');
        socket.write(text.startsWith('EHLO') ? '250-mail.example\r\n250 AUTH PLAIN\r\n' : `535 ${marker} ${text}`);
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const ways = { GOOD: 'teams', BROKEN: 'slack', MOVED: 'webhook', CUT: 'teams', LATE: 'webhook', REFUSED: 'slack' };
const pipeline = `name: told
locale: en-US
env: { ${Object.keys(ways)
  .map((name) => `${name}: { secret: true }`)
  .join(', ')} }
notify: { on: [failed], webhook: "\${{ env.GOOD }}", teams: "\${{ env.BROKEN }}" }
steps:
${Object.entries(ways)
  .map(
    ([name, way]) =>
      `  - { id: ${name.toLowerCase()}, uses: notify, with: { message: Hello, ${way}: "\${{ env.${name} }}" } }\n`,
  )
  .join('')}  - { id: mailed, uses: notify, with: { message: Hello, email: [ann@b.example] } }
`;

async function speechops(...args: readonly string[]): Promise<Called> {
  return await callMain([...args], { cwd: folder, env });
}

/** Every row of every table of the store. */
async function rowsOfStore(): Promise<string> {
  const store = await openEmbeddedStore(path.join(folder, '.speechops'), { what: 'a test' });
  try {
    const { rows: tables } = await store.pool.query<{ readonly name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema IN ('dbos', 'speechops') AND table_type = 'BASE TABLE'`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await store.pool.query<{ readonly row: string }>(`SELECT t::text AS row FROM ${name} t`);
      texts.push(`${name}: ${rows.length} rows`, ...rows.map(({ row }) => row));
    }
    return texts.join('\n');
  } finally {
    await store.close();
  }
}

it('says nowhere what is secret in an address, whatever becomes of a message', { timeout: 300_000 }, async () => {
  await writeFile(path.join(folder, 'told.yaml'), pipeline);
  const commands: Called[] = [];
  const said = async (...args: readonly string[]): Promise<Called> => {
    const called = await speechops(...args);
    commands.push(called);
    expect(called.code, `${args.join(' ')}: ${called.stderr}`).not.toBe(2);
    return called;
  };
  await said('lint', 'told.yaml');
  await said('plan', 'told.yaml', '--emulator');
  await said('plan', 'told.yaml', '--emulator', '--format', 'json');
  await said('plan', 'told.yaml', '--emulator', '--out', 'told.plan');
  const malformed = pipeline.replaceAll('env.GOOD', 'env.MALFORMED').replace('GOOD:', 'MALFORMED:');
  await writeFile(path.join(folder, 'malformed.yaml'), malformed);
  const refused = await said('run', 'malformed.yaml', '--emulator', '--run-id', 'm');
  expect(refused.stderr).toContain('Cannot use the secret variable MALFORMED');
  expect(refused.stderr).toContain(
    'it gives no https URL. Set MALFORMED to one; an http address of this machine goes into a variable without `secret`',
  );
  const ran = await said('run', 'told.yaml', '--emulator', '--run-id', 'r', '--format', 'json');
  expect(ran.code, ran.stderr).not.toBe(0);
  const { steps } = JSON.parse(ran.stdout) as RunRecord;
  const ends = Object.fromEntries(Object.entries(steps).map(([id, { status, error }]) => [id, error ?? status]));
  const host = '(localhost|127\\.0\\.0\\.1):\\d+';
  expect(ends).toEqual({
    good: 'succeeded',
    broken: expect.stringMatching(`^slack: ${host} answers 500`),
    moved: expect.stringMatching(`^webhook: ${host} answers 302`),
    cut: expect.stringMatching(`^teams: ${host} does not answer`),
    late: expect.stringMatching(`^webhook: ${host} answers 410`),
    refused: expect.stringMatching(`^slack: ${host} does not answer \\(ECONNREFUSED\\)`),
    mailed: expect.stringMatching(`^email: ${host} does not send the mail \\(EAUTH, it answers 535\\)`),
    'notify-failed': expect.stringMatching(`^teams: ${host} answers 500`),
  });
  // All of it was sent, so that there was something to repeat.
  expect(asked.filter((one) => one.includes(inUrl)).length).toBeGreaterThan(4);
  expect(asked).toContain('AUTH');
  for (const command of ['show r', 'report r', 'runs', 'results r --emulator']) await said(...command.split(' '));

  const mask = createSecretMask();
  mask.learn(marker);
  const hasSecret = (text: string): boolean => mask.mask(text) !== text;
  expect(hasSecret(`in ${inUrl}`)).toBe(true);
  for (const { stdout, stderr } of commands) expect(hasSecret(stdout + stderr), stdout + stderr).toBe(false);
  const rows = await rowsOfStore();
  expect(rows).toContain('answers 500');
  expect(rows.split('\n').filter(hasSecret)).toEqual([]);
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((name) => name.isFile()).map((name) => path.join(name.parentPath, name.name));
  expect(files.some((file) => file.endsWith('report.html'))).toBe(true);
  const found: string[] = [];
  for (const file of files) if (hasSecret(await readFile(file, 'latin1'))) found.push(file);
  expect(found).toEqual([]);
});
