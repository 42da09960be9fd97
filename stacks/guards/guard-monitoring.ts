import { checkResourceId } from './check-ids.ts';
import { checkDate, checkPeople } from './check-people.ts';
import { type Fault, fault } from './fault.ts';
import type { LogSelection } from './guard-diagnostic-setting.ts';

export interface MonitoringSettings extends LogSelection {
  /** An existing Log Analytics workspace. @default one is made */
  readonly workspaceId?: string;
  /** How long the workspace that is made keeps its data. @default 30 */
  readonly retentionDays?: number;
  /** @default true */
  readonly alerts?: boolean;
  /** @default [] */
  readonly alertEmails?: readonly string[];
  /** @default [] */
  readonly actionGroupIds?: readonly string[];
  /** Calls refused because of a quota, within 5 minutes. @default 0 */
  readonly throttledCalls?: number;
  /** Calls that failed through a fault of the service, within 5 minutes. @default 5 */
  readonly serverErrors?: number;
  /** Average over 15 minutes. @default 2000 */
  readonly latencyMilliseconds?: number;
  /** Days that the model of an endpoint has left. @default 30 */
  readonly expiryDays?: number;
  /** The last day of the model of each endpoint that is not the stack's own. @default {} */
  readonly modelExpiry?: Readonly<Record<string, string>>;
}

/** What is wrong with the settings of the monitoring; what is logged is checked by the diagnostic setting. */
export function guardMonitoring(props: MonitoringSettings): readonly Fault[] {
  const { alerts = true, alertEmails = [], actionGroupIds = [], modelExpiry = {} } = props;
  const isHeard = alertEmails.length + actionGroupIds.length > 0;
  return [
    ...checkResourceId(props.workspaceId, { kind: 'workspace', path: ['workspaceId'] }),
    ...checkPeople({ name: 'alertEmails', values: alertEmails }, actionGroupIds),
    ...Object.entries(modelExpiry).flatMap(([name, day]) => checkDate(day, ['modelExpiry', name])),
    ...(alerts && !isHeard ? [fault('nobody-alerted', { path: ['alertEmails'] })] : []),
  ];
}
