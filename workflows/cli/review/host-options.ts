import { type Command, InvalidArgumentError, Option } from 'commander';
import type { HostKind } from '../../hosts/review-host.ts';
import type { Io } from '../session.ts';

/** Where a pull request or an issue is, before what the variables of a CI say. */
export interface HostFlags {
  readonly host?: HostKind;
  readonly repository?: string;
  readonly pullRequest?: number;
  readonly apiUrl?: string;
}

const kinds: readonly HostKind[] = ['github', 'gitlab', 'azure-devops', 'bitbucket', 'gitea'];

/** The options of commands that write to a host; in a job of a CI none of them is needed. */
export function addHostOptions(command: Command): Command {
  return command
    .addOption(new Option('--host <host>', 'where the repository is, if not where the job runs').choices(kinds))
    .option('--repository <name>', 'OWNER/NAME there, of Azure DevOps PROJECT/NAME')
    .option('--api-url <url>', 'base URL of the API there');
}

/** `--pull-request`: a number from 1. */
export function pullRequestOption(): Option {
  return new Option('--pull-request <number>', 'number of the pull request').argParser((text) => {
    if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
    throw new InvalidArgumentError('Allowed is the number of a pull request, as in 12.');
  });
}

/** Tokens, keys and passwords in variables, by their names, are in no output from now on. */
export function hideCredentials({ env, secretMask }: Io): (text: string) => string {
  for (const [name, value = ''] of Object.entries(env)) if (secretNames.test(name)) secretMask?.learn(value);
  return (text) => secretMask?.mask(text) ?? text;
}

/** Fewer than pipelines may not read: an address or a name that a comment has to show is no secret. */
const secretNames = /TOKEN|SECRET|PASSWORD|_KEY$|_PAT$|CREDENTIAL|CONNECTION_?STRING|DATABASE_URL$/i;
