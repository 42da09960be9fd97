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

function makeSession() {
  const output = { text: '' };
  const controller = new AbortController();
  const session: Session = {
    exitCode: 0,
    io: {
      stdout: { write: (text) => void (output.text += text) },
      stderr: { write: () => undefined },
      env: {},
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
