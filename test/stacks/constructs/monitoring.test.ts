import { describe, expect, it } from 'vitest';
import { all, only, synthesise } from '../synthesise.ts';

describe('monitoring', () => {
  it('logs everything to a workspace and alerts on throttling, server errors, latency and expiry', () => {
    const stack = synthesise(
      'monitoring: { alert-emails: [a@contoso.example], latency-milliseconds: 800, model-expiry: { calls: "2099-01-15" } }',
    );
    expect(only(stack, 'azurerm_monitor_diagnostic_setting')).toMatchObject({
      target_resource_id: '${azurerm_cognitive_account.account.id}',
      enabled_log: [{ category_group: 'allLogs' }],
      enabled_metric: [{ category: 'AllMetrics' }],
    });
    const people = `\${azurerm_monitor_action_group.${Object.keys(stack.resource['azurerm_monitor_action_group'] ?? {})[0]}.id}`;
    expect(only(stack, 'azurerm_monitor_action_group')).toMatchObject({
      email_receiver: [{ email_address: 'a@contoso.example', use_common_alert_schema: true }],
    });
    const metric_namespace = 'Microsoft.CognitiveServices/accounts';
    const above = { metric_namespace, operator: 'GreaterThan' };
    const alert = { scopes: ['${azurerm_cognitive_account.account.id}'], action: [{ action_group_id: people }] };
    expect(all(stack, 'azurerm_monitor_metric_alert')).toMatchObject([
      { ...alert, criteria: [{ ...above, metric_name: 'Latency', aggregation: 'Average', threshold: 800 }] },
      { ...alert, criteria: [{ ...above, metric_name: 'ServerErrors', aggregation: 'Total', threshold: 5 }] },
      { ...alert, criteria: [{ ...above, metric_name: 'BlockedCalls', aggregation: 'Total', threshold: 0 }] },
    ]);
    expect(only(stack, 'azurerm_monitor_scheduled_query_rules_alert_v2')).toMatchObject({
      action: { action_groups: [people] },
      criteria: [{ operator: 'GreaterThan', threshold: 0 }],
    });
    expect(JSON.stringify(only(stack, 'azurerm_monitor_scheduled_query_rules_alert_v2')['criteria'])).toMatch(
      /datetime\(2099-01-15\).*DaysLeft < 30/,
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

  it('tells action groups that exist', () => {
    const group =
      '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Insights/actionGroups/ops';
    const stack = synthesise(`monitoring: { action-group-ids: [${group}], model-expiry: { calls: "2099-01-15" } }`);
    for (const { action } of all(stack, 'azurerm_monitor_metric_alert'))
      expect(action).toEqual([{ action_group_id: group }]);
    expect(only(stack, 'azurerm_monitor_scheduled_query_rules_alert_v2')['action']).toEqual({ action_groups: [group] });
  });

  it('has a workspace whose name Azure takes, whatever the account is called', () => {
    const called = (name: string): unknown =>
      only(
        synthesise(`account: { name: ${name}, custom-subdomain: calls }\nmonitoring: {}`),
        'azurerm_log_analytics_workspace',
      )['name'];
    expect(called('speech-prod')).toBe('log-speech-prod');
    expect(called('Contoso.Speech_1')).toBe('log-Contoso-Speech-1');
    expect(called('contoso.')).toBe('log-contoso');
    const [one, other] = [called(`${'a'.repeat(63)}b`), called(`${'a'.repeat(63)}c`)];
    for (const name of [one, other]) expect(name).toMatch(/^log-a{40,}-[0-9a-f]{6}$/);
    expect(String(one)).toHaveLength(63);
    expect(one).not.toBe(other);
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

  it('has alerts that ask a workspace where the workspace is', () => {
    const workspace =
      '/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w';
    const located = (more: string): unknown =>
      only(
        synthesise(`monitoring: { model-expiry: { calls: "2099-01-15" }${more} }`),
        'azurerm_monitor_scheduled_query_rules_alert_v2',
      )['location'];
    expect(located(`, workspace-id: ${workspace}, workspace-location: northeurope`)).toBe('northeurope');
    expect(located(`, workspace-id: ${workspace}`)).toBe('westeurope');
    expect(located('')).toBe('westeurope');
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
