import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { get as secureGet } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../../../emulator/start-emulator.ts';
import { emulatorCommand } from '../../../../workflows/cli/commands/emulator.ts';
import type { Session } from '../../../../workflows/cli/session.ts';

describe('speechops emulator', () => {
  it('prints where it is and what to export, serves until it is interrupted, and then does not', async () => {
    const { session, output, interrupt } = makeSession();
    const running = emulatorCommand(session).parseAsync(['--port', '0', '--key', "it's mine"], { from: 'user' });
    const [, url = ''] = await printed(output, /export SPEECHOPS_ENDPOINT=(http:\/\/127\.0\.0\.1:\d+)\n/);
    expect(output.text).toContain(`Speech resource: ${url}\n`);
    expect(output.text).toContain("export SPEECHOPS_KEY='it'\\''s mine'\n");
    const headers = { 'Ocp-Apim-Subscription-Key': "it's mine" };
    expect((await fetch(`${url}/speechtotext/projects?api-version=2025-10-15`, { headers })).status).toBe(200);
    interrupt();
    await running;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('takes its key and its token from the environment, where other users do not see them', async () => {
    const { session, output, interrupt } = makeSession({
      SPEECHOPS_EMULATOR_KEY: 'from-the-environment',
      SPEECHOPS_EMULATOR_TOKEN: 'a-token',
    });
    const running = emulatorCommand(session).parseAsync(['--port', '0'], { from: 'user' });
    const [, url = ''] = await printed(output, /export SPEECHOPS_ENDPOINT=(\S+)\n/);
    await printed(output, /# resource id: (\S+)\n/);
    expect(output.text).toContain('export SPEECHOPS_KEY=from-the-environment\n');
    expect(output.text).toContain('export SPEECHOPS_EMULATOR_TOKEN=a-token\n');
    const [, resourceId = ''] = /# resource id: (\S+)\n/.exec(output.text) ?? [];
    const listKeys = await fetch(`${url}${resourceId}/listKeys?api-version=2025-09-01`, {
      method: 'POST',
      headers: { Authorization: 'Bearer a-token' },
    });
    expect(await listKeys.json()).toMatchObject({ key1: 'from-the-environment' });
    interrupt();
    await running;
  });

  it('prints another token at each start, and one that works', async () => {
    const tokens: string[] = [];
    for (const _ of [1, 2]) {
      const { session, output, interrupt } = makeSession();
      const running = emulatorCommand(session).parseAsync(['--port', '0'], { from: 'user' });
      const [, resourceId = ''] = await printed(output, /# resource id: (\S+)\n/);
      const [, url = ''] = /SPEECHOPS_MANAGEMENT_ENDPOINT=(\S+)\n/.exec(output.text) ?? [];
      const [, token = ''] = /SPEECHOPS_EMULATOR_TOKEN=(\S+)\n/.exec(output.text) ?? [];
      const headers = { Authorization: `Bearer ${token}` };
      expect((await fetch(`${url}${resourceId}?api-version=2025-09-01`, { headers })).status).toBe(200);
      tokens.push(token);
      interrupt();
      await running;
    }
    expect(tokens[0]).not.toBe(tokens[1]);
  });

  it('serves HTTPS with a certificate that it writes to a file, and says how to sign in', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-tls-'));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'it is.pem');
    const { session, output, interrupt } = makeSession();
    const running = emulatorCommand(session).parseAsync(['--port', '0', '--tls', file], { from: 'user' });
    const [, url = ''] = await printed(
      output,
      /export AZURE_AUTHORITY_HOST=(https:\/\/127\.0\.0\.1:\d+) AZURE_TENANT_ID=\S+\n/,
    );
    await printed(output, /# resource id/);
    expect(output.text).toContain(`export NODE_EXTRA_CA_CERTS='${file}'\n`);
    expect(output.text).toContain(`export SPEECHOPS_ENDPOINT=${url}\n`);
    const ca = await readFile(file, 'utf8');
    expect(ca).not.toContain('PRIVATE');
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      secureGet(`${url}/tenant/v2.0/.well-known/openid-configuration`, { ca }, resolve).once('error', reject);
    });
    expect((await answer.toArray()).join('')).toContain(`"token_endpoint":"${url}/tenant/oauth2/v2.0/token"`);
    interrupt();
    await running;
  });

  it('lets hosts through that are named, and downloads from private networks when told to', async () => {
    const { session, output, interrupt } = makeSession();
    const args = ['--port', '0', '--allowed-host', 'a.test', 'b.test:80', '--allow-private'];
    const running = emulatorCommand(session).parseAsync(args, { from: 'user' });
    const [, url = ''] = await printed(output, /export SPEECHOPS_ENDPOINT=(\S+)\n/);
    const { port } = new URL(url);
    const statusFor = async (host: string): Promise<number | undefined> => {
      const sent = request(url, { headers: { host } }).end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    expect([await statusFor(`a.test:${port}`), await statusFor('b.test'), await statusFor('c.test')]).toEqual([
      404, 404, 421,
    ]);
    const created = await fetch(`${url}/speechtotext/webhooks?api-version=2025-10-15`, {
      method: 'POST',
      headers: { 'Ocp-Apim-Subscription-Key': 'local-key', 'Content-Type': 'application/json' },
      body: JSON.stringify({ displayName: 'h', webUrl: 'https://[fd00::1]:9/', events: {} }),
    });
    expect(created.status).toBe(201);
    interrupt();
    await running;
  });

  it('refuses a key of the environment that no header can have', async () => {
    const { session } = makeSession({ SPEECHOPS_EMULATOR_KEY: 'two\nlines' });
    await expect(emulatorCommand(session).parseAsync(['--port', '0'], { from: 'user' })).rejects.toThrow(
      'Check SPEECHOPS_EMULATOR_KEY: allowed are printable ASCII characters',
    );
  });

  it('fails with a clear message when the port is in use', async () => {
    const other = await startEmulator();
    onTestFinished(() => other.close());
    const { port } = new URL(other.url);
    const running = emulatorCommand(makeSession().session).parseAsync(['--port', port], { from: 'user' });
    await expect(running).rejects.toThrow(
      `Cannot start the emulator: port ${port} is in use; choose another with --port`,
    );
  });

  it.each([
    ['--port', '65536'],
    ['--port', 'any'],
    ['--speed', '0'],
    ['--speed', '1e300'],
    ['--key', ''],
    ['--recognition-noise', '1.1'],
    ['--recognition-noise', ''],
    ['--allowed-host', 'http://a.test'],
    ['--sku', 'P1'],
  ])('refuses %s %s as wrong usage', async (option, value) => {
    const command = emulatorCommand(makeSession().session)
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await expect(command.parseAsync([option, value], { from: 'user' })).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  it('has help with an example and says the default speed', () => {
    const output = { text: '' };
    const command = emulatorCommand(makeSession().session).configureOutput({
      writeOut: (text) => (output.text += text),
    });
    command.outputHelp();
    expect(output.text).toContain('speechops emulator --speed 60 --data');
    expect(output.text).toMatch(/default 1/);
  });
});

function makeSession(env: Readonly<Record<string, string>> = {}) {
  const output = { text: '' };
  const controller = new AbortController();
  const session: Session = {
    exitCode: 0,
    io: {
      stdout: { write: (text) => void (output.text += text) },
      stderr: { write: () => undefined },
      env,
      cwd: process.cwd(),
      signal: controller.signal,
    },
  };
  return { session, output, interrupt: () => controller.abort(new Error('Interrupted')) };
}

async function printed(output: { readonly text: string }, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(output.text);
    if (match) return match;
    await setTimeout(10);
  }
}
