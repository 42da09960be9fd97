import { spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const program = path.join(import.meta.dirname, '../../bin/speechops.js');

/** `speechops portal --emulator` in a process of its own, until the test ends; resolves with what it has printed: its address and token. */
export async function startPortalProcess(folder: string): Promise<{ readonly url: string; readonly token: string }> {
  const child = spawn(process.execPath, [program, 'portal', '--emulator', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGINT');
    await ended;
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const address = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.includes('\n')) resolve(printed.trim());
    });
    void ended.then(() => reject(new Error(`The portal has ended: ${said}`)));
  });
  const { origin, hash } = new URL(address);
  return { url: origin, token: hash.slice(1) };
}
