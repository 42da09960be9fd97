import { describe, expect, it } from 'vitest';
import { stackDrift } from '../../../workflows/review/stack-drift.ts';

function change(address: string, actions: readonly string[], { before, after }: { before: unknown; after: unknown }) {
  return { address, mode: 'managed', type: address.split('.')[0], name: 'a', change: { actions, before, after } };
}

function plan(...drift: readonly object[]): string {
  return JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes: [], resource_drift: drift });
}

describe('stackDrift', () => {
  it('tells which attributes of a plan differ, without their values, and what is gone', () => {
    const text = plan(
      change('azurerm_key_vault.key', ['update'], {
        before: { secret: 'x', name: 'a' },
        after: { secret: 'y', name: 'a' },
      }),
      change('azurerm_storage_account.data', ['delete'], { before: { name: 'b' }, after: null }),
      change('azurerm_role.same', ['no-op'], { before: {}, after: {} }),
    );
    const found = stackDrift(text, { file: 'cdktf.out/stacks/prod/drift.json' });
    expect(found).toMatchObject([
      {
        kind: 'stack-changed',
        object: { kind: 'terraform', name: 'azurerm_key_vault.key' },
        there: 'another secret',
        command: 'npx speechops-stacks cdktf deploy prod',
      },
      { kind: 'stack-object-gone', object: { name: 'azurerm_storage_account.data' }, there: 'nothing' },
    ]);
    expect(stackDrift(plan(), { file: 'p.json' })).toEqual([]);
  });

  it('takes no swap of a pipeline for drift of the stack', () => {
    const swapped = { before: { model: 'a', status: 'Succeeded' }, after: { model: 'b', status: 'Running' } };
    const named = { before: { display_name: 'a', model: 'a' }, after: { display_name: 'b', model: 'b' } };
    const text = plan(
      change('customspeech_endpoint.calls', ['update'], swapped),
      change('customspeech_endpoint.ward', ['update'], named),
    );
    expect(stackDrift(text, { file: 'p.json' })).toMatchObject([
      { object: { name: 'customspeech_endpoint.ward' }, there: 'another display_name' },
    ]);
  });

  it('reads the messages of a plan that only refreshes', () => {
    const lines = [
      { '@level': 'info', type: 'version', terraform: '1.9.0', ui: '1.2' },
      {
        '@level': 'info',
        type: 'resource_drift',
        change: { resource: { addr: 'azurerm_a.b', resource_type: 'azurerm_a' }, action: 'delete' },
      },
      {
        '@level': 'info',
        type: 'resource_drift',
        change: {
          resource: { addr: 'customspeech_endpoint.b', resource_type: 'customspeech_endpoint' },
          action: 'update',
        },
      },
      { '@level': 'info', type: 'change_summary', changes: {} },
    ].map((line) => JSON.stringify(line));
    expect(stackDrift(`${lines.join('\n')}\n`, { file: 'p.json' })).toMatchObject([
      { kind: 'stack-object-gone', level: 'drift', object: { name: 'azurerm_a.b' } },
      // It may be a swap, and the format does not tell.
      { kind: 'stack-changed', level: 'note', object: { name: 'customspeech_endpoint.b' } },
    ]);
    const failed = [...lines, JSON.stringify({ '@level': 'error', type: 'diagnostic' })].join('\n');
    expect(stackDrift(failed, { file: 'p.json' })).toContain('Terraform has failed');
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'Plan: 1 to add'],
    ['something else', '{"a":1}'],
    ['a state', '{"format_version":"1.0","values":{}}'],
    ['another version', '{"format_version":"2.0","planned_values":{}}'],
    ['a plan that failed', '{"format_version":"1.2","planned_values":{},"errored":true}'],
  ])('says why it cannot read %s', (_, text) => {
    expect(stackDrift(text, { file: 'p.json' })).toEqual(expect.any(String));
  });

  const whole = { format_version: '1.2', planned_values: {} };
  const version = { type: 'version', ui: '1.2' };
  const end = { type: 'change_summary', changes: {} };
  const update = { actions: ['update'], before: { a: 1 }, after: { a: 2 } };
  it.each([
    ['a stream without its end', [version], 'its end is missing'],
    ['a message without an object', [version, { type: 'resource_drift', change: null }, end], 'entry 1 of'],
    ['a plan of a part', [{ ...whole, complete: false }], 'is not complete'],
    ['a plan of which nobody knows', [{ ...whole, errored: 'true' }], 'Terraform has failed'],
    ['a number', [{ ...whole, resource_drift: [5] }], 'entry 1 of'],
    ['null', [{ ...whole, resource_drift: [{ address: 'a.b', type: 'a', change: update }, null] }], 'entry 2 of'],
    ['no address', [{ ...whole, resource_drift: [{ type: 'a', change: update }] }], 'entry 1 of'],
    ['no actions', [{ ...whole, resource_drift: [{ address: 'a.b', type: 'a', change: {} }] }], 'entry 1 of'],
    [
      'actions of another type',
      [{ ...whole, resource_drift: [{ address: 'a.b', type: 'a', change: { actions: [1] } }] }],
      'entry 1 of',
    ],
  ])('does not take %s for nothing that differs', (_, lines, why) => {
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    expect(stackDrift(text, { file: 'p.json' })).toEqual(expect.stringContaining(why));
  });

  it('takes a plan for complete that does not say, as those of earlier versions of Terraform', () => {
    for (const said of [{}, { complete: true, errored: false }])
      expect(stackDrift(JSON.stringify({ ...whole, ...said }), { file: 'p.json' })).toEqual([]);
  });
});
