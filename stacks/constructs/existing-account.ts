import { DataAzurermCognitiveAccount } from '@cdktf/provider-azurerm/lib/data-azurerm-cognitive-account/index.js';
import type { Construct } from 'constructs';
import type { EnvironmentSettings } from '../../schemas/index.ts';
import { withDefaults } from '../environment/settled-environment.ts';
import { checkSubdomain } from '../guards/check-account.ts';
import { checkResourceId } from '../guards/check-ids.ts';
import { fault, isLiteral } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { StoredValue } from './_stored-value.ts';
import type { PrivateTarget } from './private-access.ts';
import { type SpeechHosts, speechHosts } from './speech-hosts.ts';

export interface ExistingAccountProps extends Pick<EnvironmentSettings, 'cloud' | 'subscription'> {
  /** The resource id. */
  readonly existing: string;
  /** @default the account's name */
  readonly customSubdomain?: string;
  /** Whether storage lets the account's own identity in, which it must have then. @default false */
  readonly needsIdentity?: boolean;
}

/**
 * An account that somebody else manages: it is read at every plan, and never changed. Terraform refuses to plan with one that has no
 * Custom Speech endpoints, another subdomain, or no identity where one is needed.
 */
export class ExistingAccount extends GuardedConstruct {
  readonly resource: DataAzurermCognitiveAccount;
  /** The resource id. */
  readonly id: string;
  /** The object id of the account's own identity; there only where it has one. */
  readonly principalId: string;
  readonly subdomain: string;
  readonly hosts: SpeechHosts;
  /** What is replaced when another account takes the place of this one: the objects inside it. */
  readonly replaceTrigger: string;

  constructor(scope: Construct, id: string, props: ExistingAccountProps) {
    super(scope, id);
    const { existing, needsIdentity = false } = props;
    const { cloud } = withDefaults('environment', { cloud: props.cloud });
    const { subscription, resourceGroup, name } = partsOf(existing);
    this.guard(checkResourceId(existing, { kind: 'speechAccount', path: ['existing'] }));
    if (props.subscription !== undefined && isLiteral(existing) && subscription !== props.subscription.toLowerCase())
      this.guard([
        fault('other-subscription', { path: ['existing'], value: existing, subscription: props.subscription }),
      ]);
    this.subdomain = props.customSubdomain ?? name;
    this.guard(
      props.customSubdomain === undefined
        ? checkSubdomain(name.toLowerCase(), ['existing']).map(({ path }) =>
            fault('existing-subdomain', { path, value: name }),
          )
        : checkSubdomain(this.subdomain, ['customSubdomain']),
    );
    this.hosts = speechHosts(this.subdomain.toLowerCase(), cloud);
    this.resource = new DataAzurermCognitiveAccount(this, 'Default', {
      name,
      resourceGroupName: resourceGroup,
      lifecycle: { postcondition: [...this.#conditions(needsIdentity)] },
    });
    this.id = this.resource.id;
    this.principalId = this.resource.identity.get(0).principalId;
    const account = new StoredValue(this, 'choice', { account: existing });
    this.replaceTrigger = `terraform_data.${account.friendlyUniqueId}`;
  }

  /** What private endpoints of the account lead to. */
  get privateTarget(): PrivateTarget {
    return { id: this.id, subresource: 'account', zone: this.hosts.privateZone };
  }

  *#conditions(needsIdentity: boolean): Generator<{ condition: string; errorMessage: string }> {
    const { https } = this.hosts;
    yield {
      condition:
        '${contains(["SpeechServices", "CognitiveServices", "AIServices"], self.kind) && self.sku_name == "S0"}',
      errorMessage:
        'The account that account.existing names has no Custom Speech endpoints: it must be of the kind SpeechServices, CognitiveServices or AIServices, and S0.',
    };
    yield {
      condition: `\${trimsuffix(lower(self.endpoint), "/") == "${https}"}`,
      errorMessage: `The account that account.existing names has another host than ${https}: write its subdomain as account.custom-subdomain. Without one of its own, Entra ID cannot sign in to it.`,
    };
    if (needsIdentity)
      yield {
        condition: '${try(self.identity[0].principal_id, "") != ""}',
        errorMessage:
          'The account that account.existing names has no identity of its own, with which it reads datasets from storage: whoever manages it turns its system-assigned identity on.',
      };
  }
}

/** What is said of the account in its id; where Terraform knows the id later, what Terraform reads there. */
function partsOf(id: string): { readonly subscription: string; readonly resourceGroup: string; readonly name: string } {
  const [, , subscription = '', , resourceGroup = '', , , , name = ''] = id.split('/');
  return { subscription: subscription.toLowerCase(), resourceGroup, name };
}
