import { checkEach, checkResourceId } from './check-ids.ts';
import { checkIpRule } from './check-network.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Finds a name that no storage account can have. */
export function checkStorageName(value: string, path: PropertyPath = ['name']): readonly Fault[] {
  const isName = !isLiteral(value) || /^[a-z0-9]{3,24}$/.test(value);
  return isName ? [] : [fault('storage-name', { path, value })];
}

/** Finds rules that the firewall of a storage account does not take. */
export function checkStorageFirewall(props: {
  readonly ipRules?: readonly string[];
  readonly subnetIds?: readonly string[];
}): readonly Fault[] {
  return [
    ...checkEach(props.ipRules, { path: ['ipRules'], check: checkIpRule }),
    ...checkEach(props.subnetIds, {
      path: ['subnetIds'],
      check: (value, path) => checkResourceId(value, { kind: 'subnet', path }),
    }),
  ];
}
