import path from 'node:path';
import { Command } from 'commander';
import { parseAccountId } from '../../azure/account-id.ts';
import { isLoopback } from '../../document/base-url.ts';
import { counted } from '../../document/counted.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeLines } from '../../document/quote-name.ts';
import type { Facts } from '../../plan/facts.ts';
import { importedEnvironment, type ImportedAccount } from '../../review/imported-environment.ts';
import { importedFiles, type LeftObject } from '../../review/imported-files.ts';
import { checkAccount } from '../connect/speech-account.ts';
import { writeProject, type WrittenFile } from '../init/write-project.ts';
import { formatOption } from '../options.ts';
import { observeNamed } from '../pipelines/observe-declared.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { repositoryOf } from '../repository.ts';
import { type Io, type Session, UsageError } from '../session.ts';

interface Options {
  readonly emulator?: boolean;
  readonly resource?: string;
  readonly out: string;
  readonly format: 'text' | 'json';
}

/** `speechops import`: files of what a Speech resource has. Changes nothing there, and no file that is here. */
export function importCommand(session: Session): Command {
  const { io } = session;
  return new Command('import')
    .option('--emulator', 'read the embedded emulator, which keeps its data in .speechops/emulator')
    .option('--resource <id>', 'Azure resource id of the Speech resource, for which environment.yaml is written, too')
    .option('--out <folder>', 'where the files are written; those that are there are kept', '.')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Each endpoint becomes a pipeline and a release file, which \`speechops plan\` would change nothing for. What no file can say is listed.
Example: speechops import --resource "$(az cognitiveservices account show -n my-speech -g my-group --query id -o tsv)"`,
    )
    .action(async (options: Options) => {
      const { emulator = false, resource } = options;
      if (emulator && resource !== undefined)
        throw new UsageError('Say once which Speech resource: give --resource ID or --emulator');
      const observed = await observeNamed({ ...options, io, whenFree: async (act) => await withPlace(io, act) });
      const [facts] = [...observed.values()].map((one) => one.facts);
      if (facts === undefined) throw new Error('Observe the resource before importing it');
      const { files, left } = importedFiles(facts, { resource });
      const environment = await environmentOf(facts, { io, resource });
      const written = await writeProject(path.resolve(io.cwd, options.out), [...files, ...environment.files]);
      const all = [...left, ...environment.left];
      const isInRepository = repositoryOf(path.resolve(io.cwd, options.out)) !== undefined;
      io.stdout.write(
        options.format === 'json'
          ? jsonText({ files: written, left: all })
          : escapeLines(
              shown(written, { left: all, note: environment.note, out: options.out, emulator, isInRepository }),
            ),
      );
    });
}

interface Environment {
  readonly files: readonly { readonly name: string; readonly content: string; readonly what: string }[];
  readonly left: readonly LeftObject[];
  /** Why there is no file. */
  readonly note?: string;
}

/** `environment.yaml` of an account that Azure tells of. */
async function environmentOf(
  facts: Facts,
  { io, resource }: { readonly io: Io; readonly resource: string | undefined },
): Promise<Environment> {
  if (resource === undefined)
    return {
      files: [],
      left: [],
      note: 'environment.yaml is not written: give --resource ID, and Azure tells of the account',
    };
  const account = await accountOf(resource, io);
  if (typeof account === 'string') return { files: [], left: [], note: `environment.yaml is not written: ${account}` };
  const { content, left } = importedEnvironment(account, facts);
  return { files: [{ name: 'environment.yaml', content, what: 'the account with its projects and endpoints' }], left };
}

/** A text says why an environment cannot have the account. */
async function accountOf(resourceId: string, io: Io): Promise<ImportedAccount | string> {
  const own = io.env['SPEECHOPS_ENDPOINT'] ?? '';
  const isStandIn = URL.canParse(own) && isLoopback(new URL(own));
  if (isStandIn && (io.env['SPEECHOPS_MANAGEMENT_ENDPOINT'] ?? '') === '')
    return `${own} takes the place of the account`;
  const { finding } = await checkAccount(io, { resourceId });
  if (finding.kind !== 'found') return 'Azure has no such account';
  const { name, resourceGroup, location, sku, kind, endpoint, hasCustomSubdomain, takesKeys, isPublic, network } =
    finding.account;
  if (kind !== 'SpeechServices' || sku !== 'S0')
    return `an environment has accounts of kind SpeechServices and tier S0, and this one is ${kind}, ${sku}`;
  if (!hasCustomSubdomain) return 'the account has no custom subdomain';
  const host = URL.parse(endpoint)?.hostname ?? '';
  const subdomain = isStandIn ? name : (host.split('.')[0] ?? name);
  const subscription = parseAccountId(resourceId)?.subscriptionId ?? '';
  return { name, subscription, resourceGroup, location, subdomain, takesKeys, isPublic, network };
}

function shown(
  written: readonly WrittenFile[],
  of: {
    readonly left: readonly LeftObject[];
    readonly note: string | undefined;
    readonly out: string;
    readonly emulator: boolean;
    /** Whether the folder is in a Git repository. */
    readonly isInRepository: boolean;
  },
): string {
  const { left, note, out, emulator } = of;
  const files = written.map(({ name, what, outcome }) =>
    outcome === 'kept' ? `kept     ${name}: it was there already\n` : `written  ${name}: ${what ?? ''}\n`,
  );
  const rest = left.map(({ kind, name, id, why }) => `  ${kind} ${name} (${id}): ${why}\n`);
  const pipelines = written.filter(({ name }) => name.startsWith('pipelines/')).map(({ name }) => path.join(out, name));
  const [first] = pipelines;
  return [
    ...(files.length === 0 ? ['There is no endpoint to make a pipeline of\n'] : files),
    ...(note === undefined ? [] : [`${note}\n`]),
    ...(rest.length === 0 ? [] : [`\n${counted(rest.length, 'thing')} in no file:\n`, ...rest]),
    ...(first === undefined
      ? []
      : [
          ...(of.isInRepository
            ? []
            : ['\nPut the folder into a Git repository first: a pipeline reads files of its repository alone\n']),
          `\nNext: npx speechops plan ${pipelines.length === 1 ? first : path.join(out, 'pipelines/*.yaml')}${emulator ? ' --emulator' : ''}\n`,
        ]),
  ].join('');
}
