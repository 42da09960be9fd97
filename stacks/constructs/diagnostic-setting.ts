import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting/index.js';
import type { Construct } from 'constructs';
import type { DiagnosticSettingSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkEach, checkResourceId } from '../guards/check-ids.ts';
import { checkLogCategory } from '../guards/check-log-category.ts';
import { type Fault, fault } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import type { ExistingAccount } from './existing-account.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface DiagnosticSettingProps extends Omit<DiagnosticSettingSettings, 'enabled' | 'name'> {
  readonly name: string;
  readonly account: SpeechAccount | ExistingAccount;
}

/** Where logs and metrics of the account go. */
export class DiagnosticSetting extends GuardedConstruct {
  readonly resource: MonitorDiagnosticSetting;

  constructor(scope: Construct, id: string, props: DiagnosticSettingProps) {
    super(scope, id);
    const settings = withDefaults('diagnostic-setting', props);
    this.guard(guardDiagnosticSetting(settings));
    const { logCategories, metricCategories, logGroups = logCategories.length > 0 ? [] : ['allLogs'] } = settings;
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
      enabledMetric: metricCategories.map((category) => ({ category })),
    });
  }
}

/** What is wrong with the settings of a diagnostic setting. */
function guardDiagnosticSetting(props: Settled<'diagnostic-setting', DiagnosticSettingProps>): readonly Fault[] {
  const { workspaceId, storageAccountId, eventHubRuleId, eventHubName, partnerSolutionId, destinationType } = props;
  const hasDestination = [workspaceId, storageAccountId, eventHubRuleId, partnerSolutionId].some(Boolean);
  const faults: Fault[] = [
    ...checkResourceId(workspaceId, { kind: 'workspace', path: ['workspaceId'] }),
    ...checkResourceId(storageAccountId, { kind: 'storageAccount', path: ['storageAccountId'] }),
    ...checkResourceId(eventHubRuleId, { kind: 'eventHubRule', path: ['eventHubRuleId'] }),
    ...checkLogSelection(props),
  ];
  if (!hasDestination) faults.push(fault('no-destination', { path: ['workspaceId'] }));
  if (eventHubName !== undefined && eventHubRuleId === undefined) {
    faults.push(fault('event-hub-without-rule', { path: ['eventHubName'], value: eventHubName }));
  }
  if (destinationType !== undefined && workspaceId === undefined) {
    faults.push(fault('destination-type-without-workspace', { path: ['destinationType'], value: destinationType }));
  }
  return faults;
}

/** Finds kinds of logs and metrics that Speech accounts do not have; the provider finds out in the middle of an apply. */
function checkLogSelection(props: Settled<'diagnostic-setting', DiagnosticSettingProps>): readonly Fault[] {
  const { logGroups, logCategories, metricCategories } = props;
  const lists = { logGroups, logCategories, metricCategories };
  const isNothing = Object.values(lists).every((list) => list?.length === 0);
  const [category] = logCategories;
  return [
    ...(['logGroups', 'logCategories', 'metricCategories'] as const).flatMap((name) =>
      checkEach(lists[name], { path: [name], check: (value, path) => checkLogCategory(value, { name, path }) }),
    ),
    ...(category !== undefined && logGroups !== undefined && logGroups.length > 0
      ? [fault('category-and-group', { path: ['logCategories', 0], value: category })]
      : []),
    ...(isNothing && logGroups !== undefined ? [fault('nothing-logged', { path: ['logGroups'] })] : []),
  ];
}
