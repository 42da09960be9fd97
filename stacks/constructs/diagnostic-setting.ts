import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting/index.js';
import type { Construct } from 'constructs';
import { type DiagnosticSettingSettings, guardDiagnosticSetting } from '../guards/guard-diagnostic-setting.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface DiagnosticSettingProps extends DiagnosticSettingSettings {
  readonly name: string;
  readonly account: SpeechAccount;
}

/** Where logs and metrics of the account go. */
export class DiagnosticSetting extends GuardedConstruct {
  readonly resource: MonitorDiagnosticSetting;

  constructor(scope: Construct, id: string, props: DiagnosticSettingProps) {
    super(scope, id);
    this.guard(guardDiagnosticSetting(props));
    const { logCategories = [], logGroups = logCategories.length > 0 ? [] : ['allLogs'] } = props;
    this.resource = new MonitorDiagnosticSetting(this, 'Default', {
      name: props.name,
      targetResourceId: props.account.id,
      ...(props.workspaceId === undefined ? {} : { logAnalyticsWorkspaceId: props.workspaceId }),
      ...(props.destinationType === undefined ? {} : { logAnalyticsDestinationType: props.destinationType }),
      ...(props.storageAccountId === undefined ? {} : { storageAccountId: props.storageAccountId }),
      ...(props.eventHubRuleId === undefined ? {} : { eventhubAuthorizationRuleId: props.eventHubRuleId }),
      ...(props.eventHubName === undefined ? {} : { eventhubName: props.eventHubName }),
      ...(props.partnerSolutionId === undefined ? {} : { partnerSolutionId: props.partnerSolutionId }),
      enabledLog: [
        ...logGroups.map((categoryGroup) => ({ categoryGroup })),
        ...logCategories.map((category) => ({ category })),
      ],
      enabledMetric: (props.metricCategories ?? ['AllMetrics']).map((category) => ({ category })),
    });
  }
}
