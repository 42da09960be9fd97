import { checkDate, checkPeople } from './check-people.ts';
import { type Fault, fault, isLiteral } from './fault.ts';

export interface BudgetSettings {
  /** What a month may cost, in the currency of the subscription. */
  readonly amount: number;
  /** Tells when this much was spent. @default [80, 100] */
  readonly actualPercentages?: readonly number[];
  /** Tells when the month is expected to cost this much. @default [100] */
  readonly forecastPercentages?: readonly number[];
  /** @default [] */
  readonly emails?: readonly string[];
  /** Roles on the subscription. @default [] */
  readonly roles?: readonly string[];
  /** @default [] */
  readonly actionGroupIds?: readonly string[];
  /** First day of the first month. @default the month in which the budget is made */
  readonly start?: string;
}

/** What is wrong with the settings of a budget. */
export function guardBudget(props: BudgetSettings): readonly Fault[] {
  const { emails = [], roles = [], actionGroupIds = [], start } = props;
  const { actualPercentages = [80, 100], forecastPercentages = [100] } = props;
  const faults = [...checkPeople({ name: 'emails', values: emails }, actionGroupIds)];
  const value = actualPercentages.length + forecastPercentages.length;
  if (emails.length + roles.length + actionGroupIds.length === 0)
    faults.push(fault('no-contact', { path: ['emails'] }));
  if (value === 0 || value > 5) faults.push(fault('too-many-thresholds', { path: ['actualPercentages'], value }));
  if (isLiteral(start)) faults.push(...checkStart(start));
  return faults;
}

function checkStart(value: string): readonly Fault[] {
  const path = ['start'];
  const faults = checkDate(value, path);
  if (faults.length > 0) return faults;
  return value.endsWith('-01') ? [] : [fault('first-of-month', { path, value })];
}
