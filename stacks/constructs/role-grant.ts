import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment/index.js';
import type { Construct } from 'constructs';
import { builtInRoles, isBuiltInRole } from '../guards/built-in-roles.ts';
import { isLiteral } from '../guards/fault.ts';
import { guardRoleGrant, type RoleGrantProps } from '../guards/guard-role-grant.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { subscriptionOf } from './_subscription-of.ts';

export type { RoleGrantProps };

/** A role for a principal, by the role's id: names are for people and may change. */
export class RoleGrant extends GuardedConstruct {
  readonly resource: RoleAssignment;

  constructor(scope: Construct, id: string, props: RoleGrantProps) {
    super(scope, id);
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
      skipServicePrincipalAadCheck: props.skipPrincipalCheck ?? false,
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
