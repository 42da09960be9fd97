import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace/index.js';
import { MonitorActionGroup } from '@cdktf/provider-azurerm/lib/monitor-action-group/index.js';
import { MonitorMetricAlert } from '@cdktf/provider-azurerm/lib/monitor-metric-alert/index.js';
import { MonitorScheduledQueryRulesAlertV2 } from '@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2/index.js';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import type { EnvironmentSettings, MonitoringSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkResourceId } from '../guards/check-ids.ts';
import { checkExpiry, checkPeople } from '../guards/check-people.ts';
import { type Fault, fault, isLiteral } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { resourceNameOf } from '../guards/resource-names.ts';
import { DiagnosticSetting } from './diagnostic-setting.ts';
import type { ExistingAccount } from './existing-account.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface MonitoringProps
  extends Omit<MonitoringSettings, 'enabled'>, Pick<EnvironmentSettings, 'location' | 'tags'> {
  /** Names are made of it. */
  readonly name: string;
  readonly account: SpeechAccount | ExistingAccount;
  readonly resourceGroupName: string;
}

/** Logs and metrics in a workspace, and alerts on throttling, server errors, latency and models that expire. */
export class Monitoring extends GuardedConstruct {
  /** Resource id of the workspace. */
  readonly workspaceId: string;
  readonly #props: Settled<'monitoring', MonitoringProps>;
  readonly #actionGroupIds: readonly string[];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.#props = withDefaults('monitoring', props);
    this.guard(guardMonitoring(this.#props));
    this.workspaceId = props.workspaceId ?? this.#workspace().id;
    const { logGroups, logCategories, metricCategories, actionGroupIds, alerts } = this.#props;
    new DiagnosticSetting(this, 'setting', {
      name: monitoringSetting,
      account: props.account,
      workspaceId: this.workspaceId,
      ...(logGroups === undefined ? {} : { logGroups }),
      logCategories,
      metricCategories,
    });
    this.#actionGroupIds = [...actionGroupIds, ...this.#people()];
    if (alerts) this.#alerts();
  }

  /**
   * Alerts when few days are left until the model of an endpoint expires: a day, or a time that only Terraform knows. The
   * alert has the day of the last apply, because Azure Monitor sees nothing of models. It is in the region of the workspace that it
   * asks, as Azure wants it ("Must be the same location as the workspace": Azure Monitor, Resource Manager samples of log alert rules).
   */
  alertOnExpiry(endpoint: string, expiry: string): void {
    const { name, location, resourceGroupName, expiryDays, alerts, tags, workspaceId, workspaceLocation } = this.#props;
    if (!alerts) return;
    const path = ['workspaceLocation'];
    const isUnknown = workspaceId !== undefined && workspaceLocation === undefined;
    if (isUnknown && !this.faults().some(({ code }) => code === 'workspace-location-unknown'))
      this.guard([fault('workspace-location-unknown', { path, location })]);
    const day = isLiteral(expiry) ? expiry : Fn.try([Fn.formatdate('YYYY-MM-DD', expiry), noDay]);
    new MonitorScheduledQueryRulesAlertV2(this, `expiry-${endpoint}`, {
      name: `${name}-expiry-${endpoint}`,
      description: `The model of the endpoint ${endpoint} expires soon; after that it silently serves the newest base model.`,
      location: workspaceLocation ?? location,
      resourceGroupName,
      scopes: [this.workspaceId],
      severity: 1,
      evaluationFrequency: 'P1D',
      windowDuration: 'P1D',
      criteria: [
        {
          // The calendar is all that it asks: no table has to have data for the alert to come.
          query: [
            `print TimeGenerated = now(), DaysLeft = datetime_diff('day', datetime(${day}), now())`,
            `| where DaysLeft < ${expiryDays}`,
          ].join('\n'),
          timeAggregationMethod: 'Count',
          operator: 'GreaterThan',
          threshold: 0,
        },
      ],
      action: { actionGroups: [...this.#actionGroupIds] },
      tags: { ...tags },
    });
  }

  #alerts(): void {
    const { throttledCalls, serverErrors, latencyMilliseconds, modelExpiry } = this.#props;
    this.#alert('throttling', {
      description: 'Calls are refused because of a quota.',
      criteria: { metricName: 'BlockedCalls', aggregation: 'Total', threshold: throttledCalls },
      windowSize: 'PT5M',
    });
    this.#alert('server-errors', {
      description: 'Calls fail through a fault of the Speech service.',
      criteria: { metricName: 'ServerErrors', aggregation: 'Total', threshold: serverErrors },
      windowSize: 'PT5M',
    });
    this.#alert('latency', {
      description: 'Calls take long.',
      criteria: { metricName: 'Latency', aggregation: 'Average', threshold: latencyMilliseconds },
      windowSize: 'PT15M',
    });
    for (const [endpoint, day] of Object.entries(modelExpiry)) this.alertOnExpiry(endpoint, day);
  }

  #alert(id: string, { description, criteria, windowSize }: MetricAlert): void {
    const { name, resourceGroupName, account, tags } = this.#props;
    new MonitorMetricAlert(this, id, {
      name: `${name}-${id}`,
      description,
      resourceGroupName,
      scopes: [account.id],
      severity: 2,
      frequency: 'PT5M',
      windowSize,
      criteria: [{ metricNamespace: 'Microsoft.CognitiveServices/accounts', operator: 'GreaterThan', ...criteria }],
      action: this.#actionGroupIds.map((actionGroupId) => ({ actionGroupId })),
      tags: { ...tags },
    });
  }

  #workspace(): LogAnalyticsWorkspace {
    const { name, location, resourceGroupName, retentionDays, tags } = this.#props;
    return new LogAnalyticsWorkspace(this, 'workspace', {
      name: resourceNameOf('workspace', `log-${name}`),
      location,
      resourceGroupName,
      sku: 'PerGB2018',
      retentionInDays: retentionDays,
      tags: { ...tags },
    });
  }

  #people(): readonly string[] {
    const { name, resourceGroupName, alertEmails, alerts, tags } = this.#props;
    if (alertEmails.length === 0 || !alerts) return [];
    const group = new MonitorActionGroup(this, 'people', {
      name: `ag-${name}`,
      shortName: 'speechops',
      resourceGroupName,
      emailReceiver: alertEmails.map((emailAddress, index) => ({
        name: `email-${index + 1}`,
        emailAddress,
        useCommonAlertSchema: true,
      })),
      tags: { ...tags },
    });
    return [group.id];
  }
}

/** Name of its diagnostic setting. */
export const monitoringSetting = 'speechops';

/** `datetime(null)`: a model that names no day never has few days left. */
const noDay = 'null';

interface MetricAlert {
  readonly description: string;
  readonly criteria: { readonly metricName: string; readonly aggregation: string; readonly threshold: number };
  readonly windowSize: string;
}

/** What is wrong with the settings of the monitoring; what is logged is checked by the diagnostic setting. */
function guardMonitoring(props: Settled<'monitoring', MonitoringProps>): readonly Fault[] {
  const { alerts, alertEmails, actionGroupIds, modelExpiry, workspaceId, workspaceLocation } = props;
  const isHeard = alertEmails.length + actionGroupIds.length > 0;
  return [
    ...checkResourceId(props.workspaceId, { kind: 'workspace', path: ['workspaceId'] }),
    ...(workspaceLocation !== undefined && workspaceId === undefined
      ? [fault('location-without-workspace', { path: ['workspaceLocation'], value: workspaceLocation })]
      : []),
    ...checkPeople({ name: 'alertEmails', values: alertEmails }, actionGroupIds),
    ...Object.entries(modelExpiry).flatMap(([name, day]) => checkExpiry(day, ['modelExpiry', name])),
    ...(alerts && !isHeard ? [fault('nobody-alerted', { path: ['alertEmails'] })] : []),
  ];
}
