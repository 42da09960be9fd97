import { dump } from 'js-yaml';
import { escapeControls } from '../document/quote-name.ts';
import { canaryOf } from '../plan/canaries.ts';
import type { Facts } from '../plan/facts.ts';
import { entityId } from '../plan/identity.ts';
import type { Endpoint, Project } from '../plan/speech-entities.ts';
import type { LeftObject } from './imported-files.ts';

/** A Speech account as an environment names it. */
export interface ImportedAccount {
  readonly name: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** The first label of its host, which is its own. */
  readonly subdomain: string;
  readonly takesKeys: boolean;
  readonly isPublic: boolean;
  readonly network: {
    readonly defaultAction: 'Allow' | 'Deny';
    readonly ipRules: readonly string[];
    readonly subnets: readonly string[];
  };
}

/**
 * The text of an `environment.yaml` with one environment, `imported`: the account with its projects and endpoints. Names in it that
 * become addresses are made of display names. What an environment cannot have is left.
 */
export function importedEnvironment(
  account: ImportedAccount,
  { projects, endpoints }: Pick<Facts, 'projects' | 'endpoints'>,
): { readonly content: string; readonly left: readonly LeftObject[] } {
  const { network } = account;
  const known = named(unique(projects).filter(isWritable));
  const lasting = endpoints.filter((one) => canaryOf(one) === undefined && one.status === 'Succeeded');
  const kept = named(unique(lasting).filter(isWritable));
  const projectOf = ({ project, locale }: Endpoint): string | undefined =>
    [...known].find(([, one]) => entityId(one.self) === entityId(project?.self ?? '') && one.locale === locale)?.[0];
  const document = {
    name: slugOf(account.name, { longest: 24, otherwise: 'speech' }),
    environments: {
      imported: {
        subscription: account.subscription,
        location: account.location,
        'resource-group': account.resourceGroup,
        'create-resource-group': false,
        account: {
          name: account.name,
          'custom-subdomain': account.subdomain,
          'key-auth': account.takesKeys,
          'public-access': account.isPublic,
          'default-action': network.defaultAction,
          ...(network.ipRules.length === 0 ? {} : { 'ip-rules': network.ipRules }),
          ...(network.subnets.length === 0
            ? {}
            : { 'subnet-rules': network.subnets.map((subnet) => ({ 'subnet-id': subnet })) }),
          'prevent-destroy': true,
        },
        'custom-speech': {
          projects: Object.fromEntries(
            [...known].map(([key, { displayName: name, locale, description }]) => [
              key,
              { name, locale, ...(description === undefined ? {} : { description }) },
            ]),
          ),
          endpoints: Object.fromEntries(
            [...kept].map(([key, endpoint]) => {
              const { displayName: name, locale, description } = endpoint;
              const project = projectOf(endpoint);
              return [
                key,
                {
                  name,
                  locale,
                  ...(project === undefined ? {} : { project }),
                  ...(description === undefined ? {} : { description }),
                  'prevent-destroy': true,
                },
              ];
            }),
          ),
        },
      },
    },
  };
  const imports = [
    ...[...known].map(([key, { self }]) => `customspeech_project.${key} ${entityId(self)}`),
    ...[...kept].map(([key, { self }]) => `customspeech_endpoint.${key} ${entityId(self)}`),
  ];
  const comment = [
    'yaml-language-server: $schema=node_modules/speechops/schemas/environment.schema.json',
    'Written by `speechops import`. The state of Terraform does not have these objects yet: before the first deploy, import them in',
    'cdktf.out/stacks/imported, and read what `terraform plan` would change: the account may have private endpoints, storage and roles, which this file has not:',
    ...imports.map((one) => `  terraform import ${one}`),
  ];
  const isKept = new Set([...known.values(), ...kept.values()].map(({ self }) => self));
  const logging = [...kept.values()].filter(({ properties }) => properties?.loggingEnabled === true);
  return {
    content: comment.map((line) => `# ${line}\n`).join('') + dump(document, { lineWidth: -1, noRefs: true }),
    left: [
      ...[...projects, ...lasting]
        .filter(({ self }) => !isKept.has(self))
        .map((one) => left(one, { projects, why: 'environment.yaml has one object of a name and locale, in letters' })),
      ...logging.map((one) =>
        left(one, {
          projects,
          why: 'its content logging, for which environment.yaml needs `byos-storage` of the account',
        }),
      ),
    ],
  };
}

/** The oldest of each name and locale. */
function unique<E extends Project | Endpoint>(objects: readonly E[]): readonly E[] {
  const oldest = objects.toSorted((a, b) => a.createdDateTime.localeCompare(b.createdDateTime));
  const groups = Map.groupBy(oldest, ({ displayName, locale }) => JSON.stringify([displayName, locale]));
  return [...groups.values()].flatMap((group) => group.slice(0, 1));
}

/** Terraform would read files and variables where it finds a template. */
function isWritable({ displayName, description = '' }: Project | Endpoint): boolean {
  return [displayName, description].every((text) => escapeControls(text) === text && !/[$%]\{|#\{Tf/.test(text));
}

/** Each object by a key of its own, which becomes part of its address. */
function named<E extends Project | Endpoint>(objects: readonly E[]): ReadonlyMap<string, E> {
  const byKey = new Map<string, E>();
  for (const object of objects) {
    const slug = slugOf(object.displayName, { longest: 30, otherwise: 'object' });
    const withLocale = byKey.has(slug) ? slugOf(`${slug}-${object.locale}`, { longest: 40, otherwise: slug }) : slug;
    const key = byKey.has(withLocale) ? `${slug}-${byKey.size}` : withLocale;
    byKey.set(key, object);
  }
  return byKey;
}

/** A letter, then letters, digits and hyphens in between. */
function slugOf(
  text: string,
  { longest, otherwise }: { readonly longest: number; readonly otherwise: string },
): string {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
  return slug === '' ? otherwise : slug;
}

function left(
  { displayName, self }: Project | Endpoint,
  { projects, why }: { readonly projects: readonly Project[]; readonly why: string },
): LeftObject {
  const kind = projects.some((one) => one.self === self) ? 'project' : 'endpoint';
  return { kind, name: displayName, id: entityId(self), why };
}
