import { randomBytes, randomUUID } from 'node:crypto';
import { isJsonObject, type JsonObject, memberAt } from '../answer.ts';
import type { ResourceType } from '../resource-types.ts';

/** Logs, alerts and budgets. */
export const monitoringTypes: Readonly<Record<string, ResourceType>> = {
  'Microsoft.OperationalInsights/workspaces': {
    isLocated: true,
    pace: 'operation',
    filled: (workspace, { before }) => ({
      ...workspace,
      keys: memberAt(before, 'keys') ?? {
        primarySharedKey: randomBytes(64).toString('base64'),
        secondarySharedKey: randomBytes(64).toString('base64'),
      },
      properties: {
        customerId: memberAt(before, 'properties/customerId') ?? randomUUID(),
        publicNetworkAccessForIngestion: 'Enabled',
        publicNetworkAccessForQuery: 'Enabled',
        workspaceCapping: { dailyQuotaGb: -1, dataIngestionStatus: 'RespectQuota' },
        ...propertiesOf(workspace),
      },
    }),
    actions: { sharedKeys: ({ keys }) => ({ status: 200, body: keys as JsonObject }) },
  },
  'Microsoft.Insights/actionGroups': { isLocated: true },
  'Microsoft.Insights/metricAlerts': { isLocated: true, answers: 200 },
  'Microsoft.Insights/scheduledQueryRules': { isLocated: true },
  'Microsoft.Insights/diagnosticSettings': { isExtension: true, answers: 200 },
  'Microsoft.Consumption/budgets': {
    isExtension: true,
    filled: (budget) => ({ ...budget, eTag: `"${randomBytes(8).toString('hex')}"` }),
  },
};

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}
