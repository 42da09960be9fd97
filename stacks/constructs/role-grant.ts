import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment/index.js';
import type { Construct } from 'constructs';
import type { RoleGrantSettings } from '../../schemas/index.ts';
import { nearestName } from '../../workflows/document/nearest-name.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { builtInRoles, isBuiltInRole } from '../guards/built-in-roles.ts';
import { checkGuid, checkResourceId, checkScope } from '../guards/check-ids.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { subscriptionOf } from './_subscription-of.ts';

export interface RoleGrantProps extends Omit<RoleGrantSettings, 'enabled' | 'on' | 'endpoint' | 'scope'> {
  /** The resource id of what it is for. */
  readonly scope: string;
}

/** A role for a principal, by the role's id: names are for people and may change. */
export class RoleGrant extends GuardedConstruct {
  readonly resource: RoleAssignment;

  constructor(scope: Construct, id: string, given: RoleGrantProps) {
    super(scope, id);
    const props = withDefaults('role-grant', given);
    this.guard(guardRoleGrant(props));
    this.resource = new RoleAssignment(this, 'Default', {
      scope: props.scope,
      principalId: props.principal,
      roleDefinitionId: roleDefinitionId(props),
      ...(props.principalType === undefined ? {} : { principalType: props.principalType }),
      ...(props.description === undefined ? {} : { description: props.description }),
      ...(props.condition === undefined ? {} : { condition: props.condition, conditionVersion: '2.0' }),
      ...(props.delegatedIdentityId === undefined
        ? {}
        : { delegatedManagedIdentityResourceId: props.delegatedIdentityId }),
      skipServicePrincipalAadCheck: props.skipPrincipalCheck,
    });
  }
}

function roleDefinitionId({ role, scope }: RoleGrantProps): string {
  const id = isBuiltInRole(role) ? builtInRoles[role] : role.replace(withoutSubscription, '');
  if (id.includes('/') || !isLiteral(id)) return id;
  // With the subscription before it, as Azure answers: without, every plan would replace the assignment.
  return `${subscriptionOf(scope)}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
}

const withoutSubscription = /^\/providers\/Microsoft\.Authorization\/roleDefinitions\//i;

/** What is wrong with the properties of a role grant. */
function guardRoleGrant(props: Settled<'role-grant', RoleGrantProps>): readonly Fault[] {
  const { principalType, skipPrincipalCheck } = props;
  const isPerson = principalType === 'User' || principalType === 'Group';
  return [
    ...checkRole(props.role, ['role']),
    ...checkGuid(props.principal, ['principal']),
    ...checkScope(props.scope, ['scope']),
    ...checkResourceId(props.delegatedIdentityId, { kind: 'identity', path: ['delegatedIdentityId'] }),
    ...(skipPrincipalCheck && isPerson ? [fault('principal-check', { path: ['skipPrincipalCheck'] })] : []),
  ];
}

/** Finds a role that Azure does not have; the azurerm provider notices it only in the middle of an apply. */
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
