import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isHostPlace } from '../../../emulator/server/caller-check.ts';
import { speedRange } from '../../../emulator/state/clock.ts';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { type BaseModelReleases, baseModelReleases } from '../../../emulator/state/base-model-releases.ts';
import { type Redeployment, redeployments } from '../../../emulator/state/redeployment.ts';
import { escapeControls, quoteWord } from '../../document/quote-name.ts';
import { type Io, type Session, UsageError } from '../session.ts';

interface EmulatorFlags {
  readonly port: number;
  readonly speed?: number;
  readonly data?: string;
  readonly key?: string;
  readonly sku: 'S0' | 'F0';
  readonly redeployment: Redeployment;
  readonly baseModels: BaseModelReleases;
  readonly audioDir?: readonly string[];
  readonly allowedHost?: readonly string[];
  readonly unknownCid: 'base' | 'strict';
  readonly recognitionNoise: number;
  readonly allowPrivate?: true;
  readonly tls?: true | string;
}

/** The key of an emulator that a person starts to try things. A person who shares the machine sets another key. */
const wellKnownKey = 'local-key';

/** `speechops emulator`: a local Speech resource that runs until Ctrl-C. */
export function emulatorCommand(session: Session): Command {
  return new Command('emulator')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', wholePort, 7270)
    .option(
      '--speed <factor>',
      'seconds of the service per real second; default 1, or what --data was left at',
      speedIn,
    )
    .option('--data <dir>', 'keep everything in this folder over restarts; without it nothing is kept')
    .option(
      '--key <key>',
      'key that clients must send; default SPEECHOPS_EMULATOR_KEY, which other users of the machine do not see, or local-key',
      headerText,
    )
    .addOption(new Option('--sku <sku>', 'price tier whose quotas hold').choices(['S0', 'F0']).default('S0'))
    .addOption(
      new Option(
        '--redeployment <how>',
        'how an endpoint looks while its model is changed and the previous one serves: Running with the previous model, Running with the wanted one, or Succeeded with the wanted one at once',
      )
        .choices(redeployments)
        .default('at-once'),
    )
    .addOption(
      new Option('--base-models <releases>', 'how often a base model of each locale is released as its clock runs')
        .choices(baseModelReleases)
        .default('half-yearly'),
    )
    .option(
      '--audio-dir <dir...>',
      'folders of WAV files with a trans.txt (file.wav<TAB>text): what is said in audio that comes in no dataset',
    )
    .option(
      '--allowed-host <host...>',
      'NAME or NAME:PORT that requests may be addressed to beside loopback, as where a port is forwarded',
      hostPlaces,
    )
    .addOption(
      new Option(
        '--unknown-cid <how>',
        'what answers on an endpoint that is not there: base, the base model, as in Azure; strict, an error',
      )
        .choices(['base', 'strict'])
        .default('base'),
    )
    .option(
      '--recognition-noise <n>',
      'the share of words, 0 to 1, that each evaluation hears anew, so that evaluations of the same differ',
      shareIn,
      0,
    )
    .option(
      '--tls [file]',
      'serve HTTPS and WSS, with a certificate made at the start, which is written to the file for clients to trust (default: emulator.pem in the folder of --data, else here)',
    )
    .option('--allow-private', 'let downloads, webhooks and copies of models reach other hosts of private networks')
    .addHelpText(
      'after',
      `
Example: a resource that trains in seconds and is still there after a restart
  speechops emulator --speed 60 --data .speechops/emulator --audio-dir data/smoke

SPEECHOPS_EMULATOR_TOKEN is the token of its Azure Resource Manager, and the client secret with which any client id signs in for
one of Entra ID; without it there is another one at each start.`,
    )
    .action((flags: EmulatorFlags) => serve(session, flags));
}

async function serve({ io }: Session, flags: EmulatorFlags): Promise<void> {
  const { env } = io;
  const trust = flags.tls === undefined ? undefined : certificateFile(io, flags);
  const token = fromEnvironment(env, 'SPEECHOPS_EMULATOR_TOKEN');
  const emulator = await startEmulator({
    port: flags.port,
    key: flags.key ?? fromEnvironment(env, 'SPEECHOPS_EMULATOR_KEY') ?? wellKnownKey,
    ...(token === undefined ? {} : { managementToken: token }),
    allowedHosts: flags.allowedHost ?? [],
    allowPrivate: flags.allowPrivate ?? false,
    tls: trust !== undefined,
    sku: flags.sku,
    redeployment: flags.redeployment,
    baseModels: flags.baseModels,
    unknownCid: flags.unknownCid,
    recognitionNoise: flags.recognitionNoise,
    ...(flags.speed === undefined ? {} : { speed: flags.speed }),
    ...(flags.data === undefined ? {} : { dataDirectory: path.resolve(io.cwd, flags.data) }),
    audioDirectories: (flags.audioDir ?? []).map((directory) => path.resolve(io.cwd, directory)),
    log: (line) => io.stderr.write(`${escapeControls(line)}\n`),
  }).catch((error: unknown) => {
    throw explained(error, flags.port);
  });
  try {
    io.stdout.write(`Speech resource: ${emulator.url}\n\n`);
    io.stdout.write(`export SPEECHOPS_ENDPOINT=${emulator.url}\nexport SPEECHOPS_KEY=${quoteWord(emulator.key)}\n`);
    io.stdout.write(`export SPEECHOPS_MANAGEMENT_ENDPOINT=${emulator.url}\n`);
    io.stdout.write(`export SPEECHOPS_EMULATOR_TOKEN=${quoteWord(emulator.managementToken)}\n`);
    if (trust !== undefined) await tellSignIn(io, emulator, trust);
    io.stdout.write(`# resource id: ${emulator.resourceId}\n`);
    io.stderr.write('Press Ctrl-C to stop.\n');
    if (!io.signal.aborted) await once(io.signal, 'abort');
  } finally {
    await emulator.close();
  }
}

function certificateFile({ cwd }: Io, { tls, data = '.' }: EmulatorFlags): string {
  return path.resolve(cwd, typeof tls === 'string' ? tls : path.join(data, 'emulator.pem'));
}

/** How a client gets to trust the certificate, and signs in where it has no key. */
async function tellSignIn(io: Io, emulator: Emulator, trust: string): Promise<void> {
  await writeFile(trust, emulator.certificate ?? '');
  io.stdout.write(`export NODE_EXTRA_CA_CERTS=${quoteWord(trust)}\n`);
  io.stdout.write('# to sign in with Entra ID, unset SPEECHOPS_KEY and:\n');
  io.stdout.write(`export AZURE_AUTHORITY_HOST=${emulator.url} AZURE_TENANT_ID=${emulator.tenantId}\n`);
  io.stdout.write('export AZURE_CLIENT_ID=speechops AZURE_CLIENT_SECRET="$SPEECHOPS_EMULATOR_TOKEN"\n');
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

function wholePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Allowed is a whole number from 0 to 65535.');
}

function hostPlaces(text: string, others: readonly string[] = []): readonly string[] {
  if (isHostPlace(text)) return [...others, text];
  throw new InvalidArgumentError('Allowed is NAME or NAME:PORT.');
}

function speedIn(text: string): number {
  const { least, most } = speedRange;
  const factor = Number(text);
  if (factor >= least && factor <= most) return factor;
  throw new InvalidArgumentError(`Allowed is a number from ${least} to ${most}.`);
}

function shareIn(text: string): number {
  const share = text.trim() === '' ? NaN : Number(text);
  if (share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Allowed is a number from 0 to 1.');
}

/** A secret that can be sent as a header. */
function headerText(text: string): string {
  if (isHeaderText(text)) return text;
  throw new InvalidArgumentError('Allowed are printable ASCII characters, at least one.');
}

function fromEnvironment(env: Io['env'], name: string): string | undefined {
  const value = env[name] ?? '';
  if (value === '') return undefined;
  if (isHeaderText(value)) return value;
  throw new UsageError(`Check ${name}: allowed are printable ASCII characters`);
}

/** Headers lose spaces at either end. */
function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}
