import { Command } from 'commander';
import type { AccountCheck } from '../../azure/diagnose-account.ts';
import { parseAccountId } from '../../azure/account-id.ts';
import type { AccountFinding } from '../../azure/speech-account.ts';
import { type Ports, ServiceError } from '../../engine/ports.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { isSignInFailure } from '../../engine/sign-in.ts';
import { resourcesOf } from '../../plan/resources.ts';
import { isRegionalHost, noTokenAtRegion } from '../../speech/credential.ts';
import { checksText } from '../../report/checks-text.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { connect } from '../connect/connection.ts';
import { parseInputs, readPipelineFile } from '../pipelines/pipeline-file.ts';
import { checkAccount, noResourceId, signInOf } from '../connect/speech-account.ts';
import { allowedVariables } from '../pipelines/variables.ts';
import { addInputOptions, formatOption, type PipelineOptions } from '../options.ts';

interface Options extends Omit<PipelineOptions, 'emulator'> {
  readonly resource?: string;
  readonly format: 'text' | 'json';
}

/** `speechops doctor`: whether pipelines can work with a Speech resource, and if not, what to do. Changes nothing. */
export function doctorCommand(session: Session): Command {
  return addInputOptions(new Command('doctor'))
    .argument('[file]', 'a pipeline, whose `resource` is checked')
    .option('--resource <id>', 'Azure resource id of the Speech resource')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Without a resource id only what the base URL answers is checked. Accounts are looked up by the identity that is signed in to
Azure (az login), which needs the role Reader on them.
Example: speechops doctor --resource "$(az cognitiveservices account show -n speech -g speech-rg --query id -o tsv)"`,
    )
    .action(async (file: string | undefined, options: Options) => {
      const checks = await checksOf(session, { file, ...options });
      if (checks === undefined) return;
      session.io.stdout.write(
        options.format === 'json' ? `${JSON.stringify(checks, undefined, 2)}\n` : checksText(checks),
      );
      session.exitCode = checks.some(({ level }) => level === 'problem') ? 1 : 0;
    });
}

/** Undefined when the pipeline has faults, which are printed. */
async function checksOf(
  session: Session,
  options: Omit<Options, 'format'> & { readonly file: string | undefined },
): Promise<readonly AccountCheck[] | undefined> {
  const { io } = session;
  const { file, resource } = options;
  if (resource !== undefined || file === undefined) return await check(io, resource);
  const read = await readPipelineFile(file, {
    io,
    inputs: parseInputs(options.input ?? []),
    allowedVariables: await allowedVariables(options, { io, files: [file] }),
  });
  if (read === undefined) {
    session.exitCode = 1;
    return undefined;
  }
  const { pipeline, folder } = read;
  const urls = resourcesOf(pipeline);
  if (urls.length === 0) return await check(io, pipeline.resource, { pipeline });
  const { resources } = await connect(io, { emulator: false, pipeline, folder, knownAudio: [] });
  return [
    ...(await Promise.all(resources.map((ports, index) => ask(io, { ports, endpoint: urls[index] ?? '' })))),
    notKnown,
  ];
}

async function check(
  io: Io,
  resourceId: string | undefined,
  { pipeline }: { readonly pipeline?: Pipeline } = {},
): Promise<readonly AccountCheck[]> {
  if (resourceId !== undefined && parseAccountId(resourceId) === undefined)
    throw new UsageError(noResourceId(resourceId));
  const own = io.env['SPEECHOPS_ENDPOINT'] ?? '';
  const named = own === '' ? undefined : own;
  const account = resourceId === undefined ? undefined : await lookUp(io, { resourceId, endpoint: named });
  const ofAccount = account?.checks ?? [];
  const endpoint = named ?? endpointOf(account?.finding) ?? '';
  // The data plane takes tokens of the same identity.
  if (ofAccount.some(({ code }) => code === 'sign-in') && signInOf(io) === 'entra') return ofAccount;
  if (account === undefined && endpoint === '') {
    throw new UsageError(
      'Say which Speech resource: give --resource ID, a pipeline with `resource`, or set SPEECHOPS_ENDPOINT to its base URL',
    );
  }
  // The data plane would say the same, and less of what to do.
  const isTold = ofAccount.some(({ level, code }) => level === 'problem' && decisive.has(code));
  if (isTold || endpoint === '') return ofAccount;
  if (signInOf(io) === 'entra' && URL.canParse(endpoint) && isRegionalHost(new URL(endpoint))) {
    return [...ofAccount, { level: 'problem', code: 'subdomain', message: noTokenAtRegion(new URL(endpoint)) }];
  }
  if (account === undefined) return [await askAt(io, { endpoint }), notKnown];
  // The findings about the account are told also when the data plane does not answer.
  const answer = await askAt(io, { endpoint, pipeline }).catch((error: unknown): AccountCheck => {
    if (io.signal.aborted || !(error instanceof ServiceError || error instanceof UsageError)) throw error;
    return { level: 'problem', code: error instanceof UsageError ? 'refused' : 'silent', message: error.message };
  });
  return [...ofAccount, answer];
}

/** What is known of the account; that no identity is signed in who could look it up is a problem among others. */
async function lookUp(
  io: Io,
  account: { readonly resourceId: string; readonly endpoint: string | undefined },
): Promise<{ readonly finding?: AccountFinding; readonly checks: readonly AccountCheck[] }> {
  try {
    return await checkAccount(io, account);
  } catch (error) {
    if (!isSignInFailure(error)) throw error;
    return { checks: [{ level: 'problem', code: 'sign-in', message: error.message }] };
  }
}

const decisive: ReadonlySet<AccountCheck['code']> = new Set(['missing', 'deleted', 'endpoint', 'subdomain']);

const notKnown: AccountCheck = {
  level: 'warning',
  code: 'account',
  message: 'Give --resource ID to have tier, role, network and region checked as well: a base URL does not say them',
};

function endpointOf(finding: AccountFinding | undefined): string | undefined {
  return finding?.kind === 'found' ? finding.account.endpoint : undefined;
}

/** `pipeline` is the one that names the resource, where no person does. */
async function askAt(
  io: Io,
  { endpoint, pipeline }: { readonly endpoint: string; readonly pipeline?: Pipeline | undefined },
): Promise<AccountCheck> {
  const named = pipeline === undefined ? {} : { pipeline };
  const { ports } = await connect(io, { emulator: false, endpoint, ...named, folder: io.cwd, knownAudio: [] });
  return await ask(io, { ports, endpoint });
}

/**
 * Asks the data plane whether it lets this runner in. Throws when the service does not answer, which is no fault of the
 * resource.
 */
async function ask(
  { signal }: Io,
  { ports, endpoint }: { readonly ports: Ports; readonly endpoint: string },
): Promise<AccountCheck> {
  try {
    await ports.speech.projects.list({ signal });
    return { level: 'ok', code: 'answers', message: `${endpoint} answers, and shows its projects` };
  } catch (error) {
    if (isSignInFailure(error)) return { level: 'problem', code: 'sign-in', message: error.message };
    if (!(error instanceof ServiceError) || (error.status !== 401 && error.status !== 403)) throw error;
    return { level: 'problem', code: 'refused', message: error.message };
  }
}
