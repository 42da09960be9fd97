/** Why a key that people know from elsewhere does not exist here; undefined for any other. */
export function refusedKey(key: string): string | undefined {
  const name = key.toLowerCase().replaceAll(/[_-]/g, '');
  return Object.hasOwn(reasons, name) ? reasons[name] : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  enabled:
    'Leave it out: in `custom-speech` each project and endpoint has it, and the section stays for their provider; an account is always there; a `backend` of another `kind` inherits nothing',
  kind: 'Leave it out: it is always SpeechServices',
  bypass: 'Leave it out: SpeechServices rejects a bypass of its network rules',
  networkacls: 'Write `default-action`, `ip-rules` and `subnet-rules` without it',
  dynamicthrottling: 'Leave it out: dynamic throttling is for other kinds of accounts',
  dynamicthrottlingenabled: 'Leave it out: dynamic throttling is for other kinds of accounts',
  localauthenabled: 'Write `key-auth`',
  skuname: 'Write `sku`, or leave it out: it is always S0',
  publicnetworkaccessenabled: 'Write `public-access`',
  outboundnetworkaccessrestricted: 'Write `outbound-restricted`',
  managedidentities: 'Write `system-identity` and `identity-ids`',
  clientsecret: 'Leave it out: CI signs in with OpenID Connect and has no secret',
  subresourcenames: 'Leave it out: a Speech account has the subresource `account` alone',
  containeraccesstype: 'Leave it out: containers are always private',
  enabletelemetry: 'Leave it out: there is no telemetry',
};
