import { checkEach } from './check-ids.ts';
import { checkIpRule } from './check-network.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** Finds a subdomain that Azure refuses, or changes and thereby has Terraform replace the account with every plan. */
export function checkSubdomain(value: string, path: PropertyPath): readonly Fault[] {
  const isSubdomain = !isLiteral(value) || /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/.test(value);
  return isSubdomain ? [] : [fault('subdomain', { path, value })];
}

/** Finds a pricing tier other than the one that keeps endpoints. */
export function checkSku(value: string | undefined, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value) || value === 'S0') return [];
  return [fault(/^f\d$/i.test(value) ? 'free-sku' : 'unknown-sku', { path, value })];
}

/** Finds public addresses that Azure AI services do not take (Microsoft Learn, "Configure Azure AI services virtual networks"). */
export function checkIpRules(rules: readonly string[], path: PropertyPath): readonly Fault[] {
  const value = rules.length;
  return [
    ...checkEach(rules, { path, check: checkIpRule }),
    ...(value > 100 ? [fault('too-many-ip-rules', { path, value })] : []),
  ];
}
