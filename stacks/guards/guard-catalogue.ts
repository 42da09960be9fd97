import { quoteName as quote } from '../../workflows/document/quote-name.ts';

/** How properties are called where a fault is told: `ipRules[0]` in TypeScript, `ip-rules[0]` in environment.yaml. */
export interface Words {
  /** The property that is wrong. */
  readonly key: string;
  /** Another property beside it, by its name in TypeScript. */
  readonly name: (property: string) => string;
}

/**
 * Everything that is refused before Azure could refuse it, or take it and do something else: the code and, from typed
 * parameters, the text. A message names the property, the value, and what is allowed.
 */
export const guards = {
  // The account.
  'free-sku': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: only \`S0\` is allowed`,
    hint: 'F0 has one Custom Speech endpoint, which the service deletes after 7 days, and no private endpoints',
  }),
  'unknown-sku': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: Speech accounts with Custom Speech endpoints have \`S0\``,
  }),
  'unknown-location': (p: Value & { nearest: string | undefined; locations: readonly string[] }, words: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${words.key}: known regions with the Speech service are ${list(p.locations)}`,
    hint:
      p.nearest === undefined
        ? `A region that is newer than this list needs ${words.name('allowUnlistedLocation')}`
        : `Did you mean ${quote(p.nearest)}?`,
  }),
  'slow-training-location': (p: Value & { locations: readonly string[] }, { key }: Words) => ({
    message: `The region ${quote(p.value)} in ${key} has no hardware for training with audio: such training is slow there`,
    hint: `Train in another region and copy the model: ${list(p.locations)}`,
  }),
  'unknown-region': (p: Value & { nearest: string | undefined; regions: readonly string[] }, words: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${words.key}: known Azure regions are ${list(p.regions)}`,
    hint:
      p.nearest === undefined
        ? `A region that is newer than this list needs ${words.name('allowUnlistedLocation')}`
        : `Did you mean ${quote(p.nearest)}?`,
  }),
  'resource-name': (p: Value & { noun: string; rule: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: the name of ${p.noun} is ${p.rule}`,
  }),
  'account-name': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: an account's name is 2 to 64 letters, digits, \`.\`, \`_\` and \`-\`, with a letter or digit first`,
  }),
  subdomain: (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: a subdomain is 2 to 64 lower-case letters, digits and hyphens, with a letter or digit first and last`,
    ...(/[A-Z]/.test(p.value)
      ? { hint: 'Azure keeps it in lower case: with capitals every plan would replace the account' }
      : {}),
  }),
  'system-identity-needed': (p: { reason: string }, { key }: Words) => ({
    message: `Cannot set ${key} to \`false\`: it must be \`true\` because ${p.reason}`,
    hint: 'The Speech service uses no user-assigned identity for storage',
  }),
  'byos-with-made': (p: { value: string }, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: with ${name('storageAccountId')} no storage account is made, so only one of them is allowed`,
  }),
  'keys-without-key-auth': (_: object, { key, name }: Words) => ({
    message: `Cannot set ${key} to \`true\`: an account without ${name('keyAuth')} has no keys to read (Azure answers 400), so it must be \`false\``,
  }),
  'fqdns-unused': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: without ${name('outboundRestricted')} every host is allowed`,
  }),
  fqdn: (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes a host name such as \`contoso.blob.core.windows.net\`, without \`https://\` and path`,
  }),
  'unreachable-account': (_: object, { key, name }: Words) => ({
    message: `Nobody can reach the account: ${key} denies, and neither ${name('ipRules')}, ${name('subnetRules')} nor a private endpoint lets anybody in`,
  }),
  'unreachable-storage': (_: object, { key, name }: Words) => ({
    message: `Nobody can reach the dataset storage: ${key} is \`false\`, and ${name('privateEndpoints')} are not there`,
  }),
  'rule-without-public-access': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: with ${name('publicAccess')} \`false\` no rule lets anybody in from outside, so it must be left out`,
  }),
  'open-account': (_: object, { key }: Words) => ({
    message: `The account answers the whole internet: ${key} is \`Allow\`; who signs in is still checked`,
  }),
  'existing-account': (p: { without: string | undefined }, { key, name }: Words) => ({
    message: `Cannot use ${key} here: the account that ${name('existing')} names is managed elsewhere, and nothing of it is set here`,
    hint:
      p.without === undefined
        ? `Whoever manages the account sets this; to set it here, ${name('import')} the account in place of naming it in ${name('existing')}, here or in the environment that is extended`
        : `Whoever manages the account sets this; an environment that inherits it writes \`${p.without}\``,
  }),
  'existing-subdomain': (p: Value, { key, name }: Words) => ({
    message: `Cannot make a host of the account's name ${quote(p.value)} in ${key}: ${name('customSubdomain')} must have the subdomain of the account, which is lower-case letters, digits and hyphens`,
  }),
  'other-subscription': (p: Value & { subscription: string }, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: the account must be in ${name('subscription')}, ${quote(p.subscription)}, in which Terraform looks for it`,
  }),
  timeout: (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes a duration such as \`30m\`, \`1h30m\` or \`90s\``,
  }),
  'kept-name': (p: { name: string }, { key }: Words) => ({
    message: `With ${key} \`false\` a destroyed account keeps the name and subdomain ${quote(p.name)} for 48 hours: making it anew fails with FlagMustBeSetForRestore until it is purged`,
  }),

  // Tags.
  tag: (p: Value & { problem: string }) => ({
    message: `Cannot use the tag ${quote(p.value)}: ${p.problem}`,
  }),
  'too-many-tags': (p: { value: number }, { key }: Words) => ({
    message: `Cannot use ${p.value} tags in ${key}: a resource has at most 50`,
  }),

  // Ids.
  guid: (p: Value & { example: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes an id such as \`${p.example}\``,
  }),
  'resource-id': (p: Value & { kind: string; form: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes the resource id of ${p.kind}, \`${p.form}\``,
  }),

  // Roles.
  'unknown-role': (p: Value & { nearest: string | undefined; roles: readonly string[] }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes the id of a role definition or one of ${list(p.roles)}`,
    ...didYouMean(p.nearest),
  }),
  'role-without-access': (p: Value, { key }: Words) => ({
    message: `The role ${quote(p.value)} in ${key} reaches neither recognition nor Custom Speech: it only manages the account`,
    hint: 'Pipelines need `Cognitive Services Speech Contributor`, applications `Cognitive Services Speech User`',
  }),
  'role-target': (p: Value & { hasStorageEndpoints: boolean }, { key, name }: Words) => ({
    message: p.hasStorageEndpoints
      ? `Cannot use ${quote(p.value)} for ${key}: it means private endpoints of the account, and the environment makes none that fits`
      : `Cannot use ${quote(p.value)} for ${key}: the environment has none, only what it makes can be named here`,
    ...(p.hasStorageEndpoints
      ? { hint: `One of the storage is named in ${name('scope')} by its id, once it is made` }
      : {}),
  }),
  'endpoint-of-nothing': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it names a private endpoint, so ${name('on')} must be \`private-endpoints\`, without ${name('scope')}`,
  }),
  'same-grant': (p: Value, { key, name }: Words) => ({
    message: `Cannot grant this in ${key} again: ${name('roleGrants')} has it under ${quote(p.value)}, and Azure makes a grant once`,
  }),
  'principal-check': (_: object, { key, name }: Words) => ({
    message: `Cannot use ${key} for a user or group: ${name('principalType')} must be \`ServicePrincipal\``,
  }),

  // Networks.
  cidr: (p: Value & { problem: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: ${p.problem}, and it takes an IPv4 range such as \`10.20.0.0/24\``,
  }),
  'ip-rule': (p: Value & { problem: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: ${p.problem}, and it takes a public IPv4 address or range such as \`203.0.113.7\` or \`203.0.113.0/24\``,
  }),
  'too-many-ip-rules': (p: { value: number }, { key }: Words) => ({
    message: `Cannot use ${p.value} rules in ${key}: an account has at most 100`,
  }),
  'subnet-outside-network': (p: Value & { spaces: readonly string[] }, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it is outside the network, whose ${name('addressSpace')} is ${list(p.spaces)}`,
  }),
  'address-outside-subnet': (p: Value & { subnet: string }, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: Azure gives out the addresses of ${name('subnetPrefix')} ${quote(p.subnet)} from the fifth to the last but one`,
  }),
  'one-network': (p: { given: readonly string[] }, { key, name }: Words) => ({
    message: `Cannot tell the network in ${key}: ${p.given.length === 0 ? 'none is given' : `${p.given.map(name).join(' and ')} ${p.given.length === 1 ? 'is' : 'are'} given`}, and it takes either ${name('subnetId')} or both ${name('addressSpace')} and ${name('subnetPrefix')}`,
  }),
  'overlapping-networks': (p: Value & { other: string }, { key, name }: Words) => ({
    message: `The range ${quote(p.value)} in ${key} has addresses of ${name(p.other)}: Azure connects no two such networks, so that whoever is in one never reaches the endpoint in the other`,
    hint: `Name subnets of one network in ${name('subnetId')} of both, or write ranges apart and connect the networks`,
  }),
  'manual-without-message': (_: object, { key, name }: Words) => ({
    message: `Cannot do without ${key}: with ${name('manualConnection')} it tells the owner who asks and why, in 1 to 140 characters`,
  }),
  'message-without-manual': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it is allowed only with ${name('manualConnection')}`,
  }),
  'same-dns-zone': (p: { endpoint: string; other: string; zone: string | undefined }, { key, name }: Words) => ({
    message: `Cannot put ${quote(p.endpoint)} into ${p.zone === undefined ? 'the DNS zone that is made' : `the DNS zone ${quote(p.zone)}`}: ${quote(p.other)} has the only record of the account there, so ${key} must name another zone, or ${name('manageDns')} must be \`false\``,
  }),
  'other-dns-zone': (p: Value & { zone: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: the record belongs into a zone with the name ${quote(p.zone)}`,
  }),
  'public-address': (p: Value, { key }: Words) => ({
    message: `The address ${quote(p.value)} in ${key} is a public one, and private endpoints have an address of their subnet`,
  }),
  'dns-unmanaged': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it is allowed only with ${name('manageDns')}`,
  }),

  // Storage.
  'storage-name': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: a storage account's name is 3 to 24 lower-case letters and digits`,
  }),
  'container-name': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: a container's name is 3 to 63 lower-case letters, digits and single hyphens, with a letter or digit first and last`,
  }),
  duplicate: (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key} twice: each is allowed once`,
  }),
  'lifecycle-order': (p: { value: number; cool: number }, { key, name }: Words) => ({
    message: `Cannot use \`${p.value}\` for ${key}: it must be above ${name('coolAfterDays')}, which is \`${p.cool}\`, or 0`,
  }),

  // Keys.
  'one-key-store': (p: { given: readonly (readonly [property: string, value: string])[] }, { name }: Words) => ({
    message: `Cannot tell where the key is: ${p.given.length === 0 ? 'nothing is given' : p.given.map(([property, value]) => `${name(property)} is ${quote(value)}`).join(' and ')}, and it takes either ${name('keyVaultId')} or ${name('managedHsmId')}`,
  }),
  'hsm-for-account': (_: object, { key, name }: Words) => ({
    message: `Cannot set ${key} to \`true\` with ${name('managedHsmId')}: the azurerm provider takes only keys of key vaults for accounts, so it must be \`false\`, or the key must be in ${name('keyVaultId')}`,
    hint: 'Custom Speech data is encrypted with the key where it is in your own storage, which takes keys of Managed HSMs',
  }),
  'key-name': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: a key's name is 1 to 127 letters, digits and hyphens`,
  }),
  'key-version': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: a key's version is 32 digits from 0 to f`,
  }),
  'key-version-needed': (_: object, { key, name }: Words) => ({
    message: `Cannot do without ${key}: with ${name('encryptAccount')} it must name the version of the key, for accounts do not follow its rotation`,
  }),
  'key-identity': (_: object, { key, name }: Words) => ({
    message: `Cannot do without ${key}: ${name('encryptAccount')} with ${name('identityId')} needs the client id of that identity, too`,
  }),
  'nothing-to-encrypt': (_: object, { key, name }: Words) => ({
    message: `Cannot use the key in ${key}: the environment has neither dataset storage nor storage of your own, and ${name('encryptAccount')} is \`false\``,
    hint: 'Custom Speech data is encrypted with your key only where it is in your own storage',
  }),

  // Logs and alerts.
  'unknown-log-category': (p: Value & { allowed: readonly string[]; nearest: string | undefined }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: allowed are ${list(p.allowed)}`,
    ...didYouMean(p.nearest),
  }),
  'category-and-group': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key} beside ${name('logGroups')}: Azure takes either groups or categories of logs`,
  }),
  'nothing-logged': (_: object, { key, name }: Words) => ({
    message: `Cannot leave ${key} empty: at least one of ${name('logGroups')}, ${name('logCategories')} and ${name('metricCategories')} must name something`,
  }),
  'no-destination': (_: object, { name }: Words) => ({
    message: `Cannot tell where the logs go: it takes at least one of ${name('workspaceId')}, ${name('storageAccountId')}, ${name('eventHubRuleId')} and ${name('partnerSolutionId')}`,
  }),
  'event-hub-without-rule': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it is allowed only with ${name('eventHubRuleId')}`,
  }),
  'destination-type-without-workspace': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it is allowed only with ${name('workspaceId')}`,
  }),
  'location-without-workspace': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it is allowed only with ${name('workspaceId')}`,
    hint: 'A workspace that is made is in the region of everything',
  }),
  'workspace-location-unknown': (p: { location: string }, { key, name }: Words) => ({
    message: `Alerts on models that expire must be in the region of the workspace in ${name('workspaceId')}, and without ${key} they are in ${quote(p.location)}`,
    hint: `Write the region of the workspace there, also when it is ${quote(p.location)}`,
  }),
  'nobody-alerted': (_: object, { key, name }: Words) => ({
    message: `Nobody is told about alerts: ${key} and ${name('actionGroupIds')} are empty`,
  }),
  email: (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes an address such as \`speech@contoso.example\``,
  }),
  date: (p: Value & { example: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes a day such as \`${p.example}\``,
  }),
  'expiry-known': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: the environment makes this endpoint, and each plan asks it for the day, so it must be left out`,
  }),
  'model-expired': (p: Value, { key }: Words) => ({
    message: `The day ${quote(p.value)} in ${key} has passed: the endpoint serves the newest base model, unless its model has been swapped since`,
  }),
  'contact-role': (p: Value & { roles: readonly string[] }, { key }: Words) => ({
    message: `Azure tells nobody through the role ${quote(p.value)} in ${key}, unless the subscription has a role of that name: usual are ${list(p.roles)}`,
  }),
  'budget-from-past': (p: Value, { key }: Words) => ({
    message: `Azure makes no budget that begins in a month of the past, as ${quote(p.value)} in ${key}: one that is there stays as it is, and a new one is refused`,
    hint: `Leave ${key} out: then a budget begins with the month in which it is made`,
  }),
  'first-of-month': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes the first day of a month, such as \`${p.value.slice(0, 8)}01\``,
  }),
  'no-contact': (_: object, { name }: Words) => ({
    message: `Cannot do without somebody to tell: it takes at least one of ${name('emails')}, ${name('roles')} and ${name('actionGroupIds')}`,
  }),
  'too-many-thresholds': (p: { value: number }, { key, name }: Words) => ({
    message: `Cannot use ${p.value} thresholds in ${key}: ${name('actualPercentages')} and ${name('forecastPercentages')} have 1 to 5 together`,
  }),

  // Locks.
  'lock-without-prevent-destroy': (_: object, { key, name }: Words) => ({
    message: `The lock of ${key} stops people and other tools, but no plan of Terraform that destroys or replaces the account: such plans are refused when ${name('account.preventDestroy')} is \`true\``,
  }),
  'read-only-lock': (p: Value, { key }: Words) => ({
    message: `A lock with ${key} ${quote(p.value)} also refuses what later plans want to change`,
  }),

  // The deploy identity.
  'no-trust': (_: object, { name }: Words) => ({
    message: `Cannot tell who may use the identity: it takes at least one of ${name('github')}, ${name('gitlab')}, ${name('azureDevops')} and ${name('federatedCredentials')} with something that is trusted`,
  }),
  'no-subject': (p: { names: readonly string[] }, { key, name }: Words) => ({
    message: `Cannot tell what ${key} trusts: it takes at least one of ${p.names.map(name).join(', ')}`,
  }),
  repository: (p: Value & { example: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes \`${p.example}\`, without server and \`.git\``,
  }),
  'repository-without-ids': (_: object, { key, name }: Words) => ({
    message: `Tokens of a repository that was made, renamed or transferred since 15 July 2026 do not match ${key}: they name owner and repository with their ids, which belong into ${name('ownerId')} and ${name('repositoryId')}`,
    hint: `For an older repository write ${name('byName')} with \`true\``,
  }),
  'half-of-ids': (_: object, { key, name }: Words) => ({
    message: `Cannot do without ${key}: tokens name the repository with both ${name('ownerId')} and ${name('repositoryId')}, or with neither`,
  }),
  'ids-needed': (_: object, { key, name }: Words) => ({
    message: `Cannot set ${key} to \`false\` without ${name('ownerId')} and ${name('repositoryId')}: nothing would be trusted`,
  }),
  'whole-reference': (p: Value & { short: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes the name alone, ${quote(p.short)}`,
  }),
  'wildcard-subject': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: Azure compares subjects letter by letter, so \`*\` is not allowed`,
  }),
  'empty-subject': (_: object, { key }: Words) => ({
    message: `Cannot leave ${key} empty: it takes a name`,
  }),
  'unreviewed-code': (_: object, { key }: Words) => ({
    message: `Workflows of pull requests get the rights of the identity through ${key}, before anybody has reviewed them`,
  }),
  issuer: (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes a URL that starts with \`https://\` and has no \`?\`, \`#\` or user name`,
  }),
  'issuer-unknown': (_: object, { key, name }: Words) => ({
    message: `Cannot do without ${key}: the issuer is made of it, unless ${name('issuer')} is given`,
  }),
  'entra-issuer': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key} with ${name('serviceConnections')}: Entra ID knows no names of connections, so ${name('subjects')} must have the subject that the connection shows`,
  }),
  'entra-issuer-form': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: an issuer of Entra ID is \`https://login.microsoftonline.com/<tenant>/v2.0\` with the id of the tenant, and Azure compares it letter by letter`,
  }),
  'entra-subject': (p: Value, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: with the ${name('issuer')} of Entra ID it is the subject that the connection shows, such as \`/eid1/c/pub/t/…/sc/…\``,
  }),
  'connection-without': (_: object, { key, name }: Words) => ({
    message: `Cannot do without ${key}: subjects of ${name('serviceConnections')} are made of it`,
  }),
  'subjects-without-issuer': (_: object, { key, name }: Words) => ({
    message: `Cannot do without ${key}: with ${name('subjects')} it must be the issuer that the connection shows, \`https://login.microsoftonline.com/<tenant>/v2.0\``,
  }),
  'retiring-issuer': (_: object, { key, name }: Words) => ({
    message: `Azure DevOps ends its own issuer on 1 July 2027 in the public cloud, and connections under ${key} sign in with it`,
    hint: `Convert the connections, then write what they show under ${name('subjects')} and ${name('issuer')}`,
  }),
  'same-credential': (p: Value, { key, name }: Words) => ({
    message: `Cannot tell two of the subjects in ${key} apart: both make the credential ${quote(p.value)}, and each name is allowed once`,
    hint: `Put one of them under ${name('federatedCredentials')}, with a name of your choice`,
  }),
  'too-many-credentials': (p: { value: number }, { key }: Words) => ({
    message: `Cannot trust ${p.value} subjects in ${key}: an identity has at most 20 federated credentials`,
  }),

  // What is inside the account.
  locale: (p: Value & { nearest: string | undefined }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes a locale as the Speech service writes it, such as \`en-US\``,
    ...didYouMean(p.nearest),
  }),
  'emulator-elsewhere': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes the base URL of an emulator on this machine, such as \`http://127.0.0.1:7270\``,
  }),
  'unknown-project': (p: Value & { nearest: string | undefined; names: readonly string[] }, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: ${p.names.length === 0 ? `there is nothing under ${name('projects')}` : `the names under ${name('projects')} are ${list(p.names)}`}`,
    ...didYouMean(p.nearest),
  }),
  'locale-of-project': (p: Value & { locale: string; other: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: the project has the locale ${quote(p.other)}, and it must be that of the endpoint, ${quote(p.locale)}`,
  }),
  'same-object': (p: Value & { locale: string; other: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: ${quote(p.other)} has this display name and the locale ${quote(p.locale)}, too, and pipelines could not tell them apart`,
  }),
  'logging-without-storage': (_: object, { key, name }: Words) => ({
    message: `Cannot set ${key} to \`true\`: the service keeps audio and transcripts only where there is ${name('byosStorage')}, so it must be \`false\``,
  }),

  // The provider.
  'azurerm-version': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes an exact version from \`4.55.0\` to the last of 4.x`,
    ...(/(^|\D)5\./.test(p.value)
      ? {
          hint: '5.x refuses the arguments of azurerm_federated_identity_credential, azurerm_storage_account_customer_managed_key and azurerm_private_dns_zone_virtual_network_link',
        }
      : {}),
  }),

  // Backends and environments.
  'no-state-place': (p: { kind: string }, { key, name }: Words) => ({
    message: `Cannot do without ${key}: with ${name('kind')} ${quote(p.kind)} it names where the state is kept`,
  }),
  'unused-with-backend': (p: Value & { kinds: readonly string[] }, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it is allowed only with ${name('kind')} ${p.kinds.map(quote).join(' or ')}`,
  }),
  'backend-name': (p: Value & { takes: string }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes ${p.takes}`,
  }),
  'import-address': (p: Value & { nearest: string | undefined }, { name }: Words) => ({
    message: `Cannot use ${quote(p.value)} in ${name('import')}: the stack makes nothing at this address of Terraform`,
    ...(p.nearest === undefined
      ? { hint: 'Take it from `terraform plan`: it stands before what would be created' }
      : didYouMean(p.nearest)),
  }),
  'import-id': (p: Value & { form: string; isOfForm: boolean }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes the id of what the stack makes there, \`${p.form}\``,
    ...(p.isOfForm
      ? { hint: 'To take this object over, write its names and its resource group into the environment' }
      : {}),
  }),
  'environment-name': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes 1 to 24 lower-case letters, digits and hyphens, with a letter first and a letter or digit last`,
    ...didYouMean(nameFrom(p.value, 24)),
  }),
  'choice-name': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: it takes 1 to 40 lower-case letters, digits and hyphens, with a letter first and a letter or digit last`,
    ...didYouMean(nameFrom(p.value, 40)),
  }),
  'unknown-environment': (p: Value & { nearest: string | undefined; names: readonly string[] }, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: ${p.names.length === 0 ? 'there is no other environment' : `the other environments are ${list(p.names)}`}`,
    ...didYouMean(p.nearest),
  }),
  'only-abstract': (_: object, { key, name }: Words) => ({
    message: `Cannot make a stack of anything in ${key}: all of them are ${name('abstract')}, and at least one must not be`,
  }),
  'extends-cycle': (p: { names: readonly string[] }, { key }: Words) => ({
    message: `Cannot follow ${key}: the environments extend each other, ${p.names.map(quote).join(' -> ')}`,
  }),
  'same-in-two-environments': (
    p: Value & { other: string; reason: string; cure: string | undefined },
    { key }: Words,
  ) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: the environment ${quote(p.other)} has it already, and ${p.reason}`,
    ...(p.cure === undefined ? {} : { hint: p.cure }),
  }),
  'same-in-environment': (p: Value & { other: string; reason: string }, { key, name }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: ${name(p.other)} has it already, and ${p.reason}`,
  }),
  'terraform-template': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: \`\${\` and \`%{\` are not allowed, for Terraform would evaluate them`,
  }),

  // Whatever else is added to a stack.
  'raw-bypass': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: SpeechServices rejects it, so it must be left out`,
  }),
  'raw-throttling': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: dynamic throttling is for other kinds of accounts, so it must be left out`,
  }),
  'raw-identity-ids': (p: Value, { key }: Words) => ({
    message: `Cannot leave ${key} empty: with the identity type ${quote(p.value)} it takes at least one resource id`,
  }),
  'raw-subdomain': (_: object, { key }: Words) => ({
    message: `Cannot do without ${key}: Entra ID, network rules and private endpoints work with a custom subdomain alone`,
  }),
  'raw-system-identity': (_: object, { key, name }: Words) => ({
    message: `Cannot do without \`SystemAssigned\` in ${key}: the account reaches its own ${name('storage')} with that identity, and uses no user-assigned one`,
  }),
  'raw-subresource': (p: Value, { key }: Words) => ({
    message: `Cannot use ${quote(p.value)} for ${key}: a Speech account has the subresource \`account\` alone`,
  }),
  'secret-output': (p: Value, { key }: Words) => ({
    message: `Cannot show the secret ${quote(p.value)} in ${key}: the output must have \`sensitive\` set to \`true\``,
  }),
} as const satisfies Readonly<Record<string, unknown>>;

/** The word for a fault; it stays the same when the text changes. */
export type GuardCode = keyof typeof guards;

/** What the message of a code is made from. */
export type GuardParameters<Code extends GuardCode> = Parameters<(typeof guards)[Code]>[0];

/** These say that something is probably not meant; everything else refuses. */
export const guardWarnings: ReadonlySet<GuardCode> = new Set([
  'slow-training-location',
  'unreachable-account',
  'unreachable-storage',
  'open-account',
  'kept-name',
  'role-without-access',
  'nobody-alerted',
  'workspace-location-unknown',
  'lock-without-prevent-destroy',
  'read-only-lock',
  'unreviewed-code',
  'repository-without-ids',
  'retiring-issuer',
  'public-address',
  'overlapping-networks',
  'model-expired',
  'contact-role',
  'budget-from-past',
]);

interface Value {
  readonly value: string;
}

function list(values: readonly string[]): string {
  return values.map(quote).join(', ');
}

/** The name that this is but for capitals and signs; undefined when it is none then either. */
function nameFrom(written: string, longest: number): string | undefined {
  const name = written
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return name.length <= longest && /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) ? name : undefined;
}

function didYouMean(name: string | undefined): { hint?: string } {
  return name === undefined ? {} : { hint: `Did you mean ${quote(name)}?` };
}
