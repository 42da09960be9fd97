import { describe, expect, it } from 'vitest';
import { all, only, synthesise } from '../synthesise.ts';

describe('monitoring', () => {
  it('logs everything to a workspace and alerts on throttling, server errors, latency and expiry', () => {
    const stack = synthesise(
      'monitoring: { alert-emails: [a@contoso.example], latency-milliseconds: 800, model-expiry: { calls: "2027-01-15" } }',
    );
    expect(only(stack, 'azurerm_monitor_diagnostic_setting')).toMatchObject({
      target_resource_id: '${azurerm_cognitive_account.account.id}',
      enabled_log: [{ category_group: 'allLogs' }],
      enabled_metric: [{ category: 'AllMetrics' }],
    });
    const criteria = all(stack, 'azurerm_monitor_metric_alert').flatMap((alert) => alert['criteria']);
    expect(criteria).toMatchObject([
      { metric_name: 'Latency', threshold: 800 },
      { metric_name: 'ServerErrors', threshold: 5 },
      { metric_name: 'BlockedCalls', threshold: 0 },
    ]);
    expect(JSON.stringify(only(stack, 'azurerm_monitor_scheduled_query_rules_alert_v2')['criteria'])).toMatch(
      /datetime\(2027-01-15\).*DaysLeft < 30/,
    );
  });

  it('watches every endpoint of the environment, by the day that Terraform asks for', () => {
    const endpoints = 'custom-speech: { endpoints: { ward: { locale: en-US }, calls: { locale: de-DE } } }';
    const stack = synthesise(`monitoring: { expiry-days: 45 }\n${endpoints}`);
    const alerts = all(stack, 'azurerm_monitor_scheduled_query_rules_alert_v2');
    expect(alerts.map(({ name }) => name)).toEqual(['calls-dev-expiry-calls', 'calls-dev-expiry-ward']);
    for (const [index, endpoint] of ['calls', 'ward'].entries()) {
      const day = `\${try(formatdate("YYYY-MM-DD", customspeech_endpoint.${endpoint}.model_expires_date_time), "null")}`;
      expect(alerts[index]).toMatchObject({
        severity: 1,
        evaluation_frequency: 'P1D',
        criteria: [
          {
            query: `print TimeGenerated = now(), DaysLeft = datetime_diff('day', datetime(${day}), now())\n| where DaysLeft < 45`,
            time_aggregation_method: 'Count',
            operator: 'GreaterThan',
            threshold: 0,
          },
        ],
      });
    }
    const silent = synthesise(`monitoring: { alerts: false }\n${endpoints}`);
    expect(all(silent, 'azurerm_monitor_scheduled_query_rules_alert_v2')).toEqual([]);
    expect(all(synthesise(endpoints), 'azurerm_monitor_scheduled_query_rules_alert_v2')).toEqual([]);
  });

  it('takes an existing workspace, categories instead of groups, and no alerts', () => {
    const workspace =
      '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w';
    const stack = synthesise(`monitoring: { workspace-id: ${workspace}, log-categories: [Audit], alerts: false }`);
    expect(only(stack, 'azurerm_monitor_diagnostic_setting')).toMatchObject({
      log_analytics_workspace_id: workspace,
      enabled_log: [{ category: 'Audit' }],
    });
    expect(all(stack, 'azurerm_log_analytics_workspace')).toEqual([]);
    expect(all(stack, 'azurerm_monitor_metric_alert')).toEqual([]);
  });

  it('has other diagnostic settings beside it', () => {
    const hub =
      '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.EventHub/namespaces/n/authorizationRules/r';
    const stack = synthesise(`diagnostic-settings: { siem: { event-hub-rule-id: ${hub}, event-hub-name: speech } }`);
    expect(only(stack, 'azurerm_monitor_diagnostic_setting')).toMatchObject({
      name: 'siem',
      eventhub_authorization_rule_id: hub,
      eventhub_name: 'speech',
    });
  });
});
