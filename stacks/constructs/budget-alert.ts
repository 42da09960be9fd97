import { ConsumptionBudgetResourceGroup } from '@cdktf/provider-azurerm/lib/consumption-budget-resource-group/index.js';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import type { BudgetSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkDate, checkPeople } from '../guards/check-people.ts';
import { isBuiltInRole } from '../guards/built-in-roles.ts';
import { checkEach } from '../guards/check-ids.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';

export interface BudgetAlertProps extends Omit<BudgetSettings, 'enabled'> {
  readonly name: string;
  /** Resource id of the group whose costs are counted. */
  readonly resourceGroupId: string;
}

/** Tells people when a month costs more than expected. */
export class BudgetAlert extends GuardedConstruct {
  constructor(scope: Construct, id: string, props: BudgetAlertProps) {
    super(scope, id);
    const budget = withDefaults('budget', props);
    this.guard(guardBudget(budget));
    const { actualPercentages, forecastPercentages, start } = budget;
    const notification = [
      ...actualPercentages.map((threshold) => ({ threshold, thresholdType: 'Actual' })),
      ...forecastPercentages.map((threshold) => ({ threshold, thresholdType: 'Forecasted' })),
    ].map((when) => ({
      ...when,
      operator: 'GreaterThan',
      contactEmails: [...budget.emails],
      contactRoles: [...budget.roles],
      contactGroups: [...budget.actionGroupIds],
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

/** What is wrong with the settings of a budget. */
function guardBudget(budget: Settled<'budget', BudgetAlertProps>): readonly Fault[] {
  const { emails, roles, actionGroupIds, start, actualPercentages, forecastPercentages } = budget;
  const faults = [...checkPeople({ name: 'emails', values: emails }, actionGroupIds)];
  faults.push(...checkEach(roles, { path: ['roles'], check: checkContactRole }));
  const value = actualPercentages.length + forecastPercentages.length;
  if (emails.length + roles.length + actionGroupIds.length === 0)
    faults.push(fault('no-contact', { path: ['emails'] }));
  if (value === 0 || value > 5) faults.push(fault('too-many-thresholds', { path: ['actualPercentages'], value }));
  if (isLiteral(start)) faults.push(...checkStart(start));
  return faults;
}

/** A role may be one that the subscription has for itself, so another name is nothing to refuse. */
function checkContactRole(value: string, path: PropertyPath): readonly Fault[] {
  const roles = ['Owner', 'Contributor', 'Reader'];
  const isKnown = !isLiteral(value) || isBuiltInRole(value) || roles.includes(value);
  return isKnown ? [] : [fault('contact-role', { path, value, roles })];
}

function checkStart(value: string): readonly Fault[] {
  const path = ['start'];
  const faults = checkDate(value, path);
  if (faults.length > 0) return faults;
  if (!value.endsWith('-01')) return [fault('first-of-month', { path, value })];
  const isPast = value.slice(0, 7) < new Date().toISOString().slice(0, 7);
  return isPast ? [fault('budget-from-past', { path, value })] : [];
}
