import { nearestName } from '../../workflows/document/nearest-name.ts';
import { builtInRoles, isBuiltInRole } from './built-in-roles.ts';
import { checkGuid, checkResourceId, checkScope } from './check-ids.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

export interface RoleGrantProps {
  /** The name of a built-in role, or the id of any role definition. */
  readonly role: string;
  /** The object id of who gets it. */
  readonly principal: string;
  /** The resource id of what it is for. */
  readonly scope: string;
  /** Spares Azure the search for a principal that was made a moment ago. @default Azure finds out */
  readonly principalType?: 'User' | 'Group' | 'ServicePrincipal';
  /** @default none */
  readonly description?: string;
  /** A condition in Azure's language, version 2.0. @default none */
  readonly condition?: string;
  /** @default false */
  readonly skipPrincipalCheck?: boolean;
  /** A managed identity in another tenant. @default none */
  readonly delegatedIdentityId?: string;
}

/** What is wrong with the properties of a role grant. */
export function guardRoleGrant(props: RoleGrantProps): readonly Fault[] {
  const { principalType, skipPrincipalCheck = false } = props;
  const isPerson = principalType === 'User' || principalType === 'Group';
  return [
    ...checkRole(props.role, ['role']),
    ...checkGuid(props.principal, ['principal']),
    ...checkScope(props.scope, ['scope']),
    ...checkResourceId(props.delegatedIdentityId, { kind: 'identity', path: ['delegatedIdentityId'] }),
    ...(skipPrincipalCheck && isPerson ? [fault('principal-check', { path: ['skipPrincipalCheck'] })] : []),
  ];
}

/** Finds a role that nobody knows; the provider finds out in the middle of an apply. */
function checkRole(value: string, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value) || isRoleId(value)) return [];
  if (!isBuiltInRole(value)) {
    const roles = Object.keys(builtInRoles);
    return [fault('unknown-role', { path, value, roles, nearest: nearestName(value, roles) })];
  }
  return managing.has(value) ? [fault('role-without-access', { path, value })] : [];
}

/** Whether a text is the id of a role definition: bare, or with its scope before it. */
function isRoleId(value: string): boolean {
  return /^(.*\/providers\/Microsoft\.Authorization\/roleDefinitions\/)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(
    value,
  );
}

/** Roles that people give to pipelines and that do not reach the data plane (Microsoft Learn, "Role-based access control for Speech resources"). */
const managing: ReadonlySet<string> = new Set(['Cognitive Services Contributor', 'Contributor', 'Owner']);
