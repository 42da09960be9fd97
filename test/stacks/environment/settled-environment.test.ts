import { tmpdir } from 'node:os';
import { Fn, Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { environmentSchema } from '../../../schemas/documents.ts';
import type { JsonSchema } from '../../../schemas/index.ts';
import { settledPartSchema } from '../../../schemas/settled-environment.ts';
import { SpeechAccount } from '../../../stacks/constructs/speech-account.ts';
import { camelCase } from '../../../stacks/environment/environment.ts';
import { settledEnvironment, withDefaults } from '../../../stacks/environment/settled-environment.ts';
import { SpeechStack } from '../../../stacks/speech-stack.ts';
import { build, inDev } from '../synthesise.ts';

const location = 'westeurope';

describe('a settled environment', () => {
  it('has the defaults of the schema where it says nothing', () => {
    const settled = settledEnvironment({ location, storage: {}, monitoring: { alertEmails: ['a@b.example'] } });
    expect(settled.account).toEqual(defaultsOf('account'));
    expect(settled.storage).toEqual(defaultsOf('storage'));
    expect(settled.monitoring).toEqual({ ...defaultsOf('monitoring'), alertEmails: ['a@b.example'] });
    expect(settled).not.toHaveProperty('budget');
  });

  it('has them in mappings by names of your choice and in lists, too', () => {
    const { account, roleGrants } = settledEnvironment({
      location,
      account: { subnetRules: [{ subnetId: 'a' }, { subnetId: 'b', ignoreMissingServiceEndpoint: true }] },
      roleGrants: { readers: { role: 'Reader', principal: 'p' } },
    });
    expect(account.subnetRules).toEqual([
      { subnetId: 'a', ignoreMissingServiceEndpoint: false },
      { subnetId: 'b', ignoreMissingServiceEndpoint: true },
    ]);
    expect(roleGrants['readers']).toEqual({ ...defaultsOf('role-grant'), role: 'Reader', principal: 'p' });
  });

  it('keeps what it says, and stays as it is when it is settled again', () => {
    const settled = settledEnvironment({
      location,
      tags: { 'cost-center': '7' },
      storage: { coolAfterDays: 0, trustedServices: true, containers: [] },
    });
    expect(settled).toMatchObject({
      tags: { 'cost-center': '7' },
      storage: { coolAfterDays: 0, trustedServices: true, containers: [] },
    });
    expect(settledEnvironment(settled)).toEqual(settled);
  });

  it('gives the stack that a document gives which writes every default', () => {
    const terse = inDev(
      'account: { ip-rules: [203.0.113.7] }\nstorage: {}\nbudget: { amount: 4, emails: [a@b.example] }',
    );
    const verbose = inDev(
      [
        ...written('environment', ['account']),
        ...Object.entries({
          account: ['ip-rules: [203.0.113.7]', ...written('account', ['ip-rules'])],
          storage: written('storage'),
          budget: ['amount: 4', 'emails: [a@b.example]', ...written('budget', ['emails'])],
        }).map(([key, lines]) => `${key}: { ${lines.join(', ')} }`),
      ].join('\n'),
    );
    expect(synthesised(verbose)).toEqual(synthesised(terse));
  });
});

describe('a construct used alone', () => {
  it('has the same defaults, also for a property that is given as undefined', () => {
    const given: { readonly sku?: string | undefined; readonly keyAuth?: boolean } = { sku: undefined };
    expect(withDefaults('account', given)).toMatchObject({ sku: 'S0', keyAuth: false });
  });

  it('keeps constructs and what Terraform knows later as they are', () => {
    const stack = new SpeechStack(Testing.app({ outdir: tmpdir() }), 'dev', { workload: 'calls', location });
    const account = new SpeechAccount(stack, 'second', { name: 'speech', location, resourceGroupName: 'g' });
    const ipRules = Fn.tolist(['a']) as unknown as readonly string[];
    const settled = withDefaults('environment', { account, storage: { ipRules } });
    expect(settled.account === account).toBe(true);
    expect((settled.storage as { readonly ipRules: unknown }).ipRules).toEqual(ipRules);
  });
});

function synthesised(text: string): unknown {
  const { stacks, printed } = build(text);
  expect(printed).not.toContain('error');
  return stacks.map((stack) => JSON.parse(Testing.synth(stack, true)) as unknown);
}

/** Defaults that the schema has for a part, as the schema writes them. */
function schemaDefaults(part: string): readonly (readonly [key: string, value: unknown])[] {
  return Object.entries(settledPartSchema(part).properties ?? {}).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[key, value] as const],
  );
}

function defaultsOf(part: string): object {
  const defaults = Object.fromEntries(schemaDefaults(part).map(([key, value]) => [camelCase(key), value]));
  expect(Object.keys(defaults).length, part).toBeGreaterThan(0);
  expect(Object.keys((environmentSchema as JsonSchema).$defs ?? {})).toContain(part);
  return defaults;
}

function written(part: string, without: readonly string[] = []): readonly string[] {
  return schemaDefaults(part)
    .filter(([key]) => !without.includes(key))
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
}
