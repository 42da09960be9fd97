import { ManagementLock } from '@cdktf/provider-azurerm/lib/management-lock/index.js';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { DeleteLockSettings } from '../../schemas/index.ts';
import { withDefaults } from '../environment/settled-environment.ts';
import { fault } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { checkResourceName } from '../guards/resource-names.ts';

export interface DeleteLockProps extends Omit<DeleteLockSettings, 'enabled' | 'on' | 'name'> {
  readonly name: string;
  /** Resource id of what is locked. */
  readonly scope: string;
  /** What must be there before: a lock refuses changes to what it is on. @default [] */
  readonly after?: readonly ITerraformDependable[];
}

/** A lock that people and other tools do not delete through; Terraform takes its own away. */
export class DeleteLock extends GuardedConstruct {
  constructor(scope: Construct, id: string, props: DeleteLockProps) {
    super(scope, id);
    const { level, notes } = withDefaults('delete-lock', props);
    this.guard(checkResourceName(props.name, { kind: 'lock', path: ['name'] }));
    if (level === 'ReadOnly') this.guard([fault('read-only-lock', { path: ['level'], value: level })]);
    new ManagementLock(this, 'Default', {
      name: props.name,
      scope: props.scope,
      lockLevel: level,
      notes,
      dependsOn: [...(props.after ?? [])],
    });
  }
}
