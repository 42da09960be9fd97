import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Azurite extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/devstoreaccount1` */
  readonly account: string;
  readonly port: number;
}

/**
 * Azure Storage's own emulator in a process of its own, on a free port and with a folder of its own. With a certificate it serves https and
 * takes tokens of Entra ID, whose signatures it does not look at.
 */
export async function startAzurite(
  options: { readonly tls?: { readonly certificate: string; readonly key: string } } = {},
): Promise<Azurite> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-azurite-'));
  const { tls } = options;
  if (tls !== undefined) {
    await writeFile(path.join(folder, 'cert.pem'), tls.certificate);
    await writeFile(path.join(folder, 'key.pem'), tls.key);
  }
  const secure =
    tls === undefined
      ? []
      : ['--cert', path.join(folder, 'cert.pem'), '--key', path.join(folder, 'key.pem'), '--oauth', 'basic'];
  const program = fileURLToPath(import.meta.resolve('azurite/dist/src/blob/main.js'));
  const place = ['--blobHost', '127.0.0.1', '--blobPort', '0', '--location', folder];
  const quiet = ['--silent', '--skipApiVersionCheck', '--disableTelemetry'];
  const child = spawn(process.execPath, [program, ...place, ...quiet, ...secure], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, origin, port] = /listens on (https?:\/\/\S+:(\d+))/.exec(line) ?? [];
    if (origin === undefined) continue;
    child.stdout.resume();
    return { account: `${origin}/devstoreaccount1`, port: Number(port), [Symbol.asyncDispose]: stop };
  }
  await stop();
  throw new Error('Azurite ended before it listened');
}
