import { ConsumptionBudgetResourceGroup } from '@cdktf/provider-azurerm/lib/consumption-budget-resource-group/index.js';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import { type BudgetSettings, guardBudget } from '../guards/guard-budget.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';

export interface BudgetAlertProps extends BudgetSettings {
  readonly name: string;
  /** Resource id of the group whose costs are counted. */
  readonly resourceGroupId: string;
}

/** Tells people when a month costs more than expected. */
export class BudgetAlert extends GuardedConstruct {
  constructor(scope: Construct, id: string, props: BudgetAlertProps) {
    super(scope, id);
    this.guard(guardBudget(props));
    const { actualPercentages = [80, 100], forecastPercentages = [100], start } = props;
    const notification = [
      ...actualPercentages.map((threshold) => ({ threshold, thresholdType: 'Actual' })),
      ...forecastPercentages.map((threshold) => ({ threshold, thresholdType: 'Forecasted' })),
    ].map((when) => ({
      ...when,
      operator: 'GreaterThan',
      contactEmails: [...(props.emails ?? [])],
      contactRoles: [...(props.roles ?? [])],
      contactGroups: [...(props.actionGroupIds ?? [])],
    }));
    new ConsumptionBudgetResourceGroup(this, 'Default', {
      name: props.name,
      resourceGroupId: props.resourceGroupId,
      amount: props.amount,
      timeGrain: 'Monthly',
      timePeriod: { startDate: start === undefined ? thisMonth() : `${start}T00:00:00Z` },
      notification,
      // Azure takes no month of the past, so the first one stays as it was.
      lifecycle: { ignoreChanges: ['time_period'] },
    });
  }
}

/** The month of the plan, not of the synthesis, which gives the same every day. */
function thisMonth(): string {
  return Fn.formatdate("YYYY-MM-'01T00:00:00Z'", Fn.plantimestamp());
}
