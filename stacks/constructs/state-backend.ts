import path from 'node:path';
import {
  App,
  AzurermBackend,
  CloudBackend,
  HttpBackend,
  LocalBackend,
  NamedCloudWorkspace,
  type TerraformStack,
} from 'cdktf';
import type { BackendSettings, EnvironmentSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkGuid } from '../guards/check-ids.ts';
import { checkStorageName } from '../guards/check-storage.ts';
import { type Fault, fault, isLiteral } from '../guards/fault.ts';
import { checkResourceName } from '../guards/resource-names.ts';

type Kind = Settled<'backend', BackendSettings>['kind'];
type Setting = Exclude<keyof BackendSettings, 'kind'>;

/** The settings that each kind takes; the first is the one that it needs. */
const settingsOf: Readonly<Record<Kind, readonly Setting[]>> = {
  local: [],
  azurerm: ['storageAccount', 'container', 'key', 'resourceGroup', 'subscription'],
  hcp: ['organization', 'key', 'host'],
  gitlab: ['project', 'key', 'host'],
};

/** Where the hosts are that everybody uses. */
export const stateHosts = { hcp: 'app.terraform.io', gitlab: 'gitlab.com' } as const;

/** Says in a stack where Terraform keeps its state. `stateKey` is the name that the state has there. */
export function keepState(
  stack: TerraformStack,
  props: Pick<Settled<'environment', EnvironmentSettings>, 'backend' | 'cloud' | 'subscription' | 'tenant'> & {
    readonly stateKey: string;
  },
): void {
  const backend = props.backend ?? withDefaults<'backend', BackendSettings>('backend', {});
  switch (backend.kind) {
    case 'local':
      return keepInFile(stack);
    case 'azurerm':
      return keepInBlob(stack, { ...props, backend });
    case 'hcp': {
      const { organization = '', host: hostname } = backend;
      const workspaces = new NamedCloudWorkspace(props.stateKey);
      new CloudBackend(stack, { organization, workspaces, ...(hostname === undefined ? {} : { hostname }) });
      return;
    }
    case 'gitlab':
      return keepInGitlab(stack, { ...props, backend });
  }
}

function keepInFile(stack: TerraformStack): void {
  // Seen from the stack's own folder, so that the same text comes out on every machine.
  const { outdir } = App.of(stack);
  const folder = path.resolve(outdir, 'stacks', stack.node.id);
  new LocalBackend(stack, { path: path.relative(folder, path.resolve(`terraform.${stack.node.id}.tfstate`)) });
}

type Remote = Parameters<typeof keepState>[1] & { readonly backend: Settled<'backend', BackendSettings> };

function keepInBlob(stack: TerraformStack, { backend, stateKey, ...props }: Remote): void {
  const { storageAccount = '', container, resourceGroup, subscription = props.subscription } = backend;
  new AzurermBackend(stack, {
    storageAccountName: storageAccount,
    containerName: container,
    key: stateKey,
    useAzureadAuth: true,
    environment: props.cloud,
    ...(resourceGroup === undefined ? {} : { resourceGroupName: resourceGroup }),
    ...(subscription === undefined ? {} : { subscriptionId: subscription }),
    ...(props.tenant === undefined ? {} : { tenantId: props.tenant }),
  });
}

/** As GitLab's documents have it: "GitLab-managed Terraform/OpenTofu state". */
function keepInGitlab(stack: TerraformStack, { backend, stateKey }: Remote): void {
  const { host = stateHosts.gitlab, project = '' } = backend;
  const address = `https://${host}/api/v4/projects/${encodeURIComponent(project)}/terraform/state/${stateKey}`;
  const lock = `${address}/lock`;
  const locking = { lockAddress: lock, lockMethod: 'POST', unlockAddress: lock, unlockMethod: 'DELETE' };
  new HttpBackend(stack, { address, ...locking, retryWaitMin: 5 });
}

/** What is wrong with where the state is to be: as it was given, for a default is nothing that is unused. */
export function checkBackend(backend: BackendSettings): readonly Fault[] {
  const { kind } = withDefaults('backend', backend);
  const [needed] = settingsOf[kind];
  if (needed !== undefined && backend[needed] === undefined)
    return [fault('no-state-place', { path: ['backend', needed], kind })];
  const given = Object.entries(backend).filter(([name]) => name !== 'kind') as readonly [Setting, string][];
  return given.flatMap(([name, value]) => {
    const kinds = kindsWith(name);
    return kinds.includes(kind)
      ? checkSetting(name, { kind, value })
      : [fault('unused-with-backend', { path: ['backend', name], value, kinds })];
  });
}

function kindsWith(setting: Setting): readonly Kind[] {
  return (Object.keys(settingsOf) as readonly Kind[]).filter((kind) => settingsOf[kind].includes(setting));
}

function checkSetting(
  name: Setting,
  { kind, value }: { readonly kind: Kind; readonly value: string },
): readonly Fault[] {
  const at = ['backend', name];
  if (name === 'storageAccount') return checkStorageName(value, at);
  if (name === 'resourceGroup') return checkResourceName(value, { kind: 'resourceGroup', path: at });
  if (name === 'subscription') return checkGuid(value, at);
  const rule = name === 'key' && kind === 'azurerm' ? undefined : names[name];
  const isFit = rule === undefined || !isLiteral(value) || rule.pattern.test(value);
  return isFit
    ? []
    : [
        fault('backend-name', {
          path: at,
          value,
          takes: kind === 'hcp' ? (rule.takesOfHcp ?? rule.takes) : rule.takes,
        }),
      ];
}

interface NameRule {
  readonly pattern: RegExp;
  /** In words. */
  readonly takes: string;
  /** For a host of HCP Terraform. */
  readonly takesOfHcp?: string;
}

const names: Readonly<Partial<Record<Setting, NameRule>>> = {
  key: { pattern: /^[\w-]{1,90}$/, takes: 'up to 90 letters, digits, hyphens and underscores' },
  organization: { pattern: /^[\w-]{1,40}$/, takes: 'up to 40 letters, digits, hyphens and underscores' },
  project: { pattern: /^(?:\d+|[\w.-]+(?:\/[\w.-]+)+)$/, takes: 'a number, or a path such as `contoso/speech`' },
  host: {
    pattern: /^[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::\d{1,5})?$/i,
    takes: 'a host such as `gitlab.contoso.example`, without `https://`',
    takesOfHcp: 'a host such as `terraform.contoso.example`, without `https://`',
  },
};
