import { nearestName } from '../../workflows/document/nearest-name.ts';
import { checkEach, checkResourceId } from './check-ids.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** What is logged. */
export interface LogSelection {
  /** Groups of logs. @default ['allLogs'] unless there are categories */
  readonly logGroups?: readonly string[];
  /** Single kinds of logs instead. @default [] */
  readonly logCategories?: readonly string[];
  /** @default ['AllMetrics'] */
  readonly metricCategories?: readonly string[];
}

/** What is logged, and where it goes. */
export interface DiagnosticSettingSettings extends LogSelection {
  /** A Log Analytics workspace. @default none */
  readonly workspaceId?: string;
  /** The tables of the workspace. @default Azure decides */
  readonly destinationType?: 'Dedicated' | 'AzureDiagnostics';
  /** @default none */
  readonly storageAccountId?: string;
  /** An authorization rule of an event hub namespace. @default none */
  readonly eventHubRuleId?: string;
  /** @default Azure makes one a category */
  readonly eventHubName?: string;
  /** @default none */
  readonly partnerSolutionId?: string;
}

/** What is wrong with the settings of a diagnostic setting. */
export function guardDiagnosticSetting(props: DiagnosticSettingSettings): readonly Fault[] {
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
function checkLogSelection(props: LogSelection): readonly Fault[] {
  const { logGroups, logCategories = [], metricCategories = ['AllMetrics'] } = props;
  const lists = { logGroups, logCategories, metricCategories };
  const isNothing = Object.values(lists).every((list) => list?.length === 0);
  const [category] = logCategories;
  return [
    ...(['logGroups', 'logCategories', 'metricCategories'] as const).flatMap((name) =>
      checkEach(lists[name], { path: [name], check: (value, path) => checkCategory(value, { name, path }) }),
    ),
    ...(category !== undefined && logGroups !== undefined && logGroups.length > 0
      ? [fault('category-and-group', { path: ['logCategories', 0], value: category })]
      : []),
    ...(isNothing && logGroups !== undefined ? [fault('nothing-logged', { path: ['logGroups'] })] : []),
  ];
}

/** What Azure Monitor knows of accounts of Cognitive Services (Microsoft Learn, "Supported log categories"). */
const known = {
  logGroups: ['allLogs', 'audit'],
  logCategories: ['Audit', 'RequestResponse', 'Trace'],
  metricCategories: ['AllMetrics'],
} as const;

/** Finds a text that is not one of the kinds or groups. */
export function checkCategory(
  value: string,
  { name, path }: { readonly name: keyof typeof known; readonly path: PropertyPath },
): readonly Fault[] {
  const allowed: readonly string[] = known[name];
  if (!isLiteral(value) || allowed.includes(value)) return [];
  return [fault('unknown-log-category', { path, value, allowed, nearest: nearestName(value, allowed) })];
}
