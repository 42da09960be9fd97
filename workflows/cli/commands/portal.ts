import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import { appFolder } from '../../../portal/server/build-app.ts';
import { startPortal } from '../../../portal/server/start-portal.ts';
import { collect } from '../options.ts';
import { whyNotStarted } from '../portal/why-not-started.ts';
import { openSources } from '../portal/open-sources.ts';
import { type Io, type Session, UsageError } from '../session.ts';

interface Options {
  readonly resource?: readonly string[];
  readonly emulator?: boolean;
  readonly port: number;
  readonly readOnly?: boolean;
  readonly trustHeader?: string;
  readonly allowedHost?: readonly string[];
}

/** `speechops portal`: a page of Speech resources, the repository and the runs, until Ctrl-C. */
export function portalCommand(session: Session): Command {
  return new Command('portal')
    .option(
      '--resource <id>',
      'Azure resource id or base URL of a Speech resource, repeatable (default: those of the pipelines)',
      collect,
    )
    .option('--emulator', 'show the embedded emulator, which keeps its data in .speechops/emulator')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one', wholePort, 7271)
    .option(
      '--read-only',
      'let nobody answer, cancel, resume, write or propose anything from the page; corrections stay in the browser',
    )
    .option(
      '--trust-header <name>',
      'header in which the proxy in front of the portal names the person; the proxy also sends SPEECHOPS_PORTAL_TOKEN as bearer token',
    )
    .option('--allowed-host <host...>', 'NAME or NAME:PORT under which a proxy serves the portal')
    .addHelpText(
      'after',
      `
The address that it prints has a token, which is another one at each start unless SPEECHOPS_PORTAL_TOKEN is set: who has it may do what
the page does. Approvals, cancel, resume and corrections act at once; everything else becomes a change of a file. It shows the runs of this folder.
Example: speechops portal --emulator
         SPEECHOPS_ENDPOINT=https://contoso.cognitiveservices.azure.com speechops portal --read-only`,
    )
    .action((options: Options) => serve(session, options));
}

async function serve({ io }: Session, options: Options): Promise<void> {
  const { resource = [], emulator = false, port, readOnly = false, trustHeader, allowedHost = [] } = options;
  if (emulator && resource.length > 0)
    throw new UsageError('Say once which Speech resource: give --resource ID or --emulator');
  const given = (io.env['SPEECHOPS_PORTAL_TOKEN'] ?? '').trim();
  if (trustHeader !== undefined && given === '')
    throw new UsageError(
      'Set SPEECHOPS_PORTAL_TOKEN, and let the proxy send it as bearer token: without it anybody on this machine could send the header',
    );
  if (given !== '' && !/^[\w-]{20,}$/.test(given))
    throw new UsageError('Correct SPEECHOPS_PORTAL_TOKEN: allowed are letters, digits, - and _, 20 at least');
  const token = given === '' ? randomBytes(32).toString('base64url') : given;
  const opened = await openSources(io, { emulator, resources: resource });
  try {
    const folder = await appFolder({ tell: (message) => io.stderr.write(`${message}\n`) });
    const portal = await startPortal({
      sources: opened.sources,
      token,
      port,
      readOnly,
      trustHeader,
      allowedHosts: allowedHost,
      appFolder: folder,
      program: packageFile.version,
      person: await personHere(opened.sources.repository, io),
      freshMilliseconds: emulator ? 5000 : 30_000,
    }).catch((error: unknown) => {
      throw whyNotStarted(error, port);
    });
    try {
      io.stdout.write(`${portal.url}/${given === '' ? `#${token}` : ''}\n`);
      io.stderr.write('Open it in a browser; press Ctrl-C to stop.\n');
      if (!io.signal.aborted) await once(io.signal, 'abort');
    } finally {
      await portal.close();
    }
  } finally {
    await opened.close();
  }
}

/** The name that Git signs commits with, else that of the user of this machine. */
async function personHere({ git }: { git(args: readonly string[]): Promise<string> }, { env }: Io): Promise<string> {
  const configured = (await git(['config', 'user.name']).catch(() => '')).trim();
  return configured || env['USER'] || userInfo().username;
}

function wholePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Allowed is a whole number from 0 to 65535.');
}
