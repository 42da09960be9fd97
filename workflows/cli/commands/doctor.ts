import { Command, Option } from 'commander';
import type { AccountCheck } from '../../azure/diagnose-account.ts';
import { parseAccountId } from '../../azure/account-id.ts';
import type { AccountFinding } from '../../azure/speech-account.ts';
import { ServiceError, type Ports } from '../../engine/ports.ts';
import { isRegionalHost, noTokenAtRegion } from '../../speech/credential.ts';
import { checksText } from '../../report/checks-text.ts';
import { type Session, UsageError } from '../session.ts';
import { connect } from './_connection.ts';
import { readPipelineFile } from './_pipeline-file.ts';
import { checkAccount, noResourceId, signInOf } from './_speech-account.ts';

interface Options {
  readonly resource?: string;
  readonly format: 'text' | 'json';
}

/** `speechops doctor`: whether pipelines can work with a Speech resource, and if not, what to do. Changes nothing. */
export function doctorCommand(session: Session): Command {
  return new Command('doctor')
    .description(
      'Check that a Speech resource can be worked with: tier, sign-in, role, network, region. Changes nothing.',
    )
    .argument('[file]', 'a pipeline, whose `resource` is checked')
    .option('--resource <id>', 'Azure resource id of the Speech resource')
    .addOption(new Option('--format <format>', 'how the checks are printed').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Without a resource id only what SPEECHOPS_ENDPOINT answers is checked. Needs the role Reader on the resource.
Example: speechops doctor --resource "$(az cognitiveservices account show -n speech -g speech-rg --query id -o tsv)"`,
    )
    .action(async (file: string | undefined, options: Options) => {
      const resourceId = options.resource ?? (await resourceOf(file, session));
      if (session.exitCode !== 0) return;
      if (resourceId !== undefined && parseAccountId(resourceId) === undefined)
        throw new UsageError(noResourceId(resourceId));
      const checks = await check(session, resourceId);
      session.io.stdout.write(
        options.format === 'json' ? `${JSON.stringify(checks, undefined, 2)}\n` : checksText(checks),
      );
      session.exitCode = checks.some(({ level }) => level === 'problem') ? 1 : 0;
    });
}

async function resourceOf(file: string | undefined, session: Session): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const read = await readPipelineFile(file, { io: session.io, inputs: {} });
  if (read === undefined) session.exitCode = 1;
  const resource = read?.pipeline.resource;
  return resource !== undefined && parseAccountId(resource) !== undefined ? resource : undefined;
}

async function check(session: Session, resourceId: string | undefined): Promise<readonly AccountCheck[]> {
  const { io } = session;
  const own = io.env['SPEECHOPS_ENDPOINT'] ?? '';
  const named = own === '' ? undefined : own;
  const account = resourceId === undefined ? undefined : await checkAccount(io, { resourceId, endpoint: named });
  const ofAccount = account?.checks ?? [];
  const endpoint = named ?? endpointOf(account?.finding);
  if (endpoint === undefined || endpoint === '') {
    if (account !== undefined) return ofAccount;
    throw new UsageError(
      'Say which Speech resource: give --resource ID, a pipeline with `resource`, or set SPEECHOPS_ENDPOINT to its base URL',
    );
  }
  // The data plane would say the same, and less of what to do.
  const isTold = ofAccount.some(
    ({ level, code }) => level === 'problem' && (code === 'endpoint' || code === 'subdomain'),
  );
  if (isTold) return ofAccount;
  if (signInOf(io) === 'entra' && URL.canParse(endpoint) && isRegionalHost(new URL(endpoint))) {
    return [...ofAccount, { level: 'problem', code: 'subdomain', message: noTokenAtRegion(new URL(endpoint)) }];
  }
  const connected = await connect(io, { emulator: false, endpoint, folder: io.cwd, knownAudio: [] }).catch(
    (error: unknown) => {
      // What is known of the account is worth telling all the same.
      if (account === undefined || !(error instanceof UsageError)) throw error;
      return error;
    },
  );
  const answer: AccountCheck =
    connected instanceof UsageError
      ? { level: 'problem', code: 'refused', message: connected.message }
      : await ask(connected.ports, { endpoint, signal: io.signal });
  return [...ofAccount, answer];
}

function endpointOf(finding: AccountFinding | undefined): string | undefined {
  return finding?.kind === 'found' ? finding.account.endpoint : undefined;
}

/** Whether the data plane lets this runner in. Throws when nothing answers: that is no fault of the resource's. */
async function ask(
  { speech }: Ports,
  { endpoint, signal }: { readonly endpoint: string; readonly signal: AbortSignal },
): Promise<AccountCheck> {
  try {
    await speech.projects.list({ signal });
    return { level: 'ok', code: 'answers', message: `${endpoint} answers, and shows its projects` };
  } catch (error) {
    if (!(error instanceof ServiceError) || (error.status !== 401 && error.status !== 403)) throw error;
    return { level: 'problem', code: 'refused', message: error.message };
  }
}
