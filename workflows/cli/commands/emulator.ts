import { once } from 'node:events';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { startEmulator } from '../../../emulator/start-emulator.ts';
import { escapeControls } from '../../language/quote-name.ts';
import type { Session } from '../session.ts';

interface EmulatorFlags {
  readonly port: number;
  readonly speed?: number;
  readonly data?: string;
  readonly key: string;
  readonly sku: 'S0' | 'F0';
  readonly audioDir?: readonly string[];
}

/** `speechops emulator`: a local Speech resource that runs until Ctrl-C. */
export function emulatorCommand(session: Session): Command {
  return new Command('emulator')
    .description('Run a local Speech resource: datasets, training, evaluations, endpoints and short-audio recognition.')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', wholePort, 7270)
    .option(
      '--speed <factor>',
      'seconds of the service per real second; default 1, or what --data was left at',
      positive,
    )
    .option('--data <dir>', 'keep everything in this folder over restarts; without it nothing is kept')
    .option('--key <key>', 'key that clients must send', 'local-key')
    .addOption(new Option('--sku <sku>', 'price tier whose quotas hold').choices(['S0', 'F0']).default('S0'))
    .option(
      '--audio-dir <dir...>',
      'folders of WAV files with a trans.txt (file.wav<TAB>text): what is said in audio that comes in no dataset',
    )
    .addHelpText(
      'after',
      `
Example: a resource that trains in seconds and is still there after a restart
  speechops emulator --speed 60 --data .speechops/emulator --audio-dir data/smoke`,
    )
    .action((flags: EmulatorFlags) => serve(session, flags));
}

async function serve({ io }: Session, flags: EmulatorFlags): Promise<void> {
  const emulator = await startEmulator({
    port: flags.port,
    key: flags.key,
    sku: flags.sku,
    ...(flags.speed === undefined ? {} : { speed: flags.speed }),
    ...(flags.data === undefined ? {} : { dataDirectory: path.resolve(io.cwd, flags.data) }),
    audioDirectories: (flags.audioDir ?? []).map((directory) => path.resolve(io.cwd, directory)),
    log: (line) => io.stderr.write(`${escapeControls(line)}\n`),
  }).catch((error: unknown) => {
    throw explained(error, flags.port);
  });
  try {
    io.stdout.write(`Speech resource: ${emulator.url}\n\n`);
    io.stdout.write(`export SPEECHOPS_ENDPOINT=${emulator.url}\nexport SPEECHOPS_KEY=${quoted(emulator.key)}\n`);
    io.stdout.write(`export SPEECHOPS_MANAGEMENT_ENDPOINT=${emulator.url}\n# resource id: ${emulator.resourceId}\n`);
    io.stderr.write('Press Ctrl-C to stop.\n');
    if (!io.signal.aborted) await once(io.signal, 'abort');
  } finally {
    await emulator.close();
  }
}

function explained(error: unknown, port: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  return new Error(
    `Cannot start the emulator: port ${port} is in use; choose another with --port, or 0 for any free one`,
    {
      cause: error,
    },
  );
}

/** As a POSIX shell takes it: bare where it can be. */
function quoted(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function wholePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Allowed is a whole number from 0 to 65535.');
}

function positive(text: string): number {
  const factor = Number(text);
  if (Number.isFinite(factor) && factor > 0) return factor;
  throw new InvalidArgumentError('Allowed is a number above 0.');
}
