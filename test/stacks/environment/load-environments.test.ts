import { describe, expect, it } from 'vitest';
import { build, inDev, type Synthesised } from '../synthesise.ts';

function codes(text: string): readonly string[] {
  return build(text).diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe('environment.yaml', () => {
  it('becomes a stack for every environment that is not abstract', () => {
    const { stacks, printed } = build(`
name: calls
environments:
  base: { abstract: true, location: westeurope, account: { ip-rules: [203.0.113.7] } }
  dev: { extends: base }
  prod: { extends: base }
`);
    expect(printed).toBe('');
    expect(stacks.map(({ node }) => node.id)).toEqual(['dev', 'prod']);
  });

  it('is told as a whole: every fault of every environment at once', () => {
    const text = `name: calls
environments:
  dev:
    location: westeurpoe
    account: { sku: F0, ip-rules: [10.0.0.1] }
  prod:
    location: westeurope
    account: { custom-subdomain: Calls, ip-rules: [203.0.113.7] }
    budgget: { amount: 100 }
`;
    expect(codes(text)).toEqual([
      '4:15 unknown-location',
      '5:21 free-sku',
      '5:36 ip-rule',
      '8:34 subdomain',
      '9:5 unknown-key',
      '9:5 no-contact',
    ]);
  });

  it('checks what stands under a misspelt key as under the one that was meant', () => {
    const text = 'name: calls\nenvironmens: { dev: { location: 7, account: { timeouts: { create: } } } }\n';
    expect(codes(text)).toEqual(['2:1 unknown-key', '2:33 wrong-type', '2:59 missing-value']);
  });

  it('tells once what several environments inherit', () => {
    const text = `name: calls
environments:
  dev: { location: westeurope, account: { ip-rules: [nowhere] } }
  test: { extends: dev, resource-group: a }
  prod: { extends: test, resource-group: b }
`;
    expect(codes(text)).toEqual(['3:54 ip-rule']);
  });

  it.each([
    ['an empty file', '', '1:1 empty-document'],
    ['a list', '- a\n', '1:1 wrong-type'],
    [
      'two documents',
      'name: a\nenvironments: { dev: { location: westeurope } }\n---\nname: b\n',
      '4:1 several-documents',
    ],
    ['a tag', 'name: !!binary aGk=\n', '1:7 unsupported-tag'],
    ['no environments', 'name: calls\n', '1:1 missing-key'],
    [
      'an empty section',
      'name: calls\nenvironments: { dev: { location: westeurope, account: } }\n',
      '2:46 missing-value',
    ],
    [
      'a missing location',
      'name: calls\nenvironments: { dev: { account: { ip-rules: [203.0.113.7] } } }\n',
      '2:17 missing-key',
    ],
    [
      'a misspelt key, which is not also missing',
      'name: calls\nenvironments: { dev: { locaton: westeurope, account: { ip-rules: [203.0.113.7] } } }\n',
      '2:24 unknown-key',
    ],
    [
      'a value that is not in the list',
      'name: calls\nenvironments: { dev: { location: westeurope, cloud: germany, account: { ip-rules: [203.0.113.7] } } }\n',
      '2:53 not-allowed-value',
    ],
  ])('refuses %s', (_, text, expected) => {
    expect(codes(text)).toEqual([expected]);
  });

  it('speaks of environments, not of pipelines', () => {
    for (const text of ['', 'a: 1\n---\nb: 2\n', `a: ${'x'.repeat(1024 * 1024)}`, 'a: !!binary aGk=\n', '- a\n']) {
      expect(build(text).printed).not.toContain('pipeline');
    }
  });

  it.each([
    ['bypass: AzureServices', 'SpeechServices rejects'],
    ['network-acls: {}', '`default-action`, `ip-rules` and `subnet-rules`'],
    ['kind: SpeechServices', 'always SpeechServices'],
    ['dynamic_throttling_enabled: true', 'other kinds of accounts'],
    ['local_auth_enabled: false', '`key-auth`'],
    ['subdomain: calls', 'Did you mean `custom-subdomain`?'],
  ])('says what to do about `%s` of an account', (setting, reason) => {
    const { printed } = build(
      `name: calls\nenvironments: { dev: { location: westeurope, account: { ${setting} } } }\n`,
    );
    expect(printed).toContain('[unknown-key]');
    expect(printed).toContain(reason);
  });
});

describe('what cannot be switched off', () => {
  it.each(['custom-speech', 'account'])('is %s, with a reason', (section) => {
    const { diagnostics } = build(inDev(`${section}: { enabled: false }`));
    const told = diagnostics.filter(({ severity }) => severity === 'error');
    expect(told).toMatchObject([{ hint: expect.stringContaining('each project and endpoint has it') }]);
  });
});

describe('extends', () => {
  const text = `name: calls
environments:
  dev:
    location: westeurope
    tags: { team: speech, stage: dev }
    account: { ip-rules: [203.0.113.7] }
    budget: { amount: 100, emails: [a@contoso.example] }
  prod:
    extends: dev
    tags: { stage: prod }
    account: { ip-rules: [198.51.100.7], prevent-destroy: true }
    budget: { enabled: false }
`;

  it('merges mappings, replaces lists and values, and drops what is not enabled', () => {
    const [, prod] = build(text).stacks.map((stack) => stack.toTerraform() as Synthesised);
    expect(prod?.resource['azurerm_cognitive_account']?.['account']).toMatchObject({
      name: 'calls-prod',
      tags: { team: 'speech', stage: 'prod' },
      network_acls: { ip_rules: ['198.51.100.7'] },
      lifecycle: { prevent_destroy: true },
    });
    expect(prod?.resource).not.toHaveProperty('azurerm_consumption_budget_resource_group');
  });

  it('hands down nothing of a backend to one of another kind, and all of it to one of the same', () => {
    const kept = text.replace(
      '    budget:',
      '    backend: { kind: azurerm, storage-account: contosostate, key: dev }\n    budget:',
    );
    const backendOf = (own: string): unknown => {
      const { stacks, printed } = build(kept.replace('    budget: { enabled: false }', `    backend: ${own}`));
      expect(printed).toBe('');
      const [, prod] = stacks.map(
        (stack) => stack.toTerraform() as { readonly terraform: { readonly backend: unknown } },
      );
      return prod?.terraform.backend;
    };
    expect(backendOf('{ kind: local }')).toEqual({ local: { path: expect.stringContaining('prod') } });
    const middle = `  blob: { extends: dev, abstract: true, backend: { kind: azurerm } }\n  prod:\n    extends: blob\n`;
    const { stacks, printed } = build(
      kept
        .replace('kind: azurerm, ', '')
        .replace('  dev:\n', '  dev:\n    abstract: true\n')
        .replace('  prod:\n    extends: dev\n', middle)
        .replace('    budget: { enabled: false }', '    backend: { kind: local }'),
    );
    expect([printed, stacks.length]).toEqual(['', 1]);
    expect(backendOf('{ key: prod }')).toMatchObject({
      azurerm: { storage_account_name: 'contosostate', key: 'prod' },
    });
  });

  it('brings what a section must have', () => {
    const inherited = text.replace('budget: { enabled: false }', 'budget: { actual-percentages: [50] }');
    expect(build(inherited).printed).toBe('');
    expect(codes(inherited.replace('amount: 100, ', ''))).toEqual(['7:5 missing-key', '12:5 missing-key']);
  });

  it('does not hand down that an environment is abstract', () => {
    const { stacks } = build(text.replace('  dev:\n', '  dev:\n    abstract: true\n'));
    expect(stacks.map(({ node }) => node.id)).toEqual(['prod']);
  });

  it('leaves out every environment that rests on a faulty one, and no other', () => {
    const { stacks } = build(`${text.replace('westeurope', '7')}  other: { location: westeurope }\n`);
    expect(stacks.map(({ node }) => node.id)).toEqual(['other']);
  });

  it('says that there is no other one to extend', () => {
    const { printed } = build('name: calls\nenvironments: { dev: { extends: base, location: westeurope } }\n');
    expect(printed).toContain('Cannot use `base` for `extends`: there is no other environment [unknown-environment]');
  });

  it.each([
    ['itself', 'a: { extends: a }'],
    ['a round of three', 'a: { extends: b }\n  b: { extends: c }\n  c: { extends: a }'],
  ])('refuses %s, once', (_, environments) => {
    const { diagnostics, stacks } = build(`name: calls\nenvironments:\n  ${environments}\n`);
    expect(diagnostics.map(({ code }) => code)).toEqual(['extends-cycle']);
    expect(stacks).toEqual([]);
  });
});
