import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { environmentSchema } from '../../schemas/documents.ts';
import type { JsonSchema } from '../../schemas/index.ts';
import { inlineReferences } from '../../schemas/inline-references.ts';
import { everything } from './everything.ts';
import { build, inDev } from './synthesise.ts';

/** `UPDATE_GOLDEN=1` rewrites the list of addresses. */
const update = process.env['UPDATE_GOLDEN'] === '1';
const root = path.join(import.meta.dirname, '..', '..');
const example = readFileSync(path.join(root, 'environment.yaml'), 'utf8');

describe('what others rely on', () => {
  it('is the addresses of resources and the names of outputs: a changed one would replace what people have', () => {
    const { stacks, diagnostics } = build(everything);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [synthesised = ''] = stacks.map((stack) => Testing.synth(stack, true));
    expect(referencesOf(synthesised).filter(({ to }) => to.length !== 1)).toEqual([]);
    expect(cyclesOf(referencesOf(synthesised))).toEqual([]);
    const text = addressesOf(synthesised).join('\n');
    const golden = path.join(root, 'test/golden/stacks/addresses.txt');
    if (update) writeFileSync(golden, `${text}\n`);
    expect(`${text}\n`).toBe(readFileSync(golden, 'utf8'));
  });

  it('is that the documentation has every output', () => {
    const page = readFileSync(path.join(root, 'docs/environment.md'), 'utf8');
    const [, table = ''] = /^\| output \| for \|\n((?:\|.*\n)+)/m.exec(page) ?? [];
    const named = [...table.matchAll(/`([a-z<>-]+)`/g)].map(([, name = '']) => name);
    const patterns = named.map((name) => new RegExp(`^${name.replaceAll(/<[a-z-]+>/g, '[a-z-]+')}$`));
    const outputs = readFileSync(path.join(root, 'test/golden/stacks/addresses.txt'), 'utf8').matchAll(
      /^output\.(.*)$/gm,
    );
    const missing = [...outputs].filter(([, name = '']) => !patterns.some((pattern) => pattern.test(name)));
    expect(missing.map(([, name]) => name)).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });

  it('is that the examples in the documentation are sound', () => {
    const page = readFileSync(path.join(root, 'docs/environment.md'), 'utf8');
    const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(blocks.map((text) => build(text).printed)).toEqual(['', '', '', '', '']);
  });

  it('is that every input that the comparison names exists', () => {
    const page = readFileSync(path.join(root, 'docs/avm-inputs.md'), 'utf8');
    const named = [...page.matchAll(/^\| (.+?) \| (.+?) \|/gm)].slice(2);
    const keys = named.flatMap(([, , here = '']) => [...here.matchAll(/`([a-z.<>-]+)`/g)].map(([, key]) => key ?? ''));
    const inputs = readFileSync(path.join(root, 'docs/environment.md'), 'utf8');
    for (const key of keys) expect(inputs, key).toContain(`\`${key.split('.').at(-1)}\``);
    expect(named.length).toBeGreaterThan(30);
  });

  it('is that the example in the repository is sound, and synthesises the same everywhere', () => {
    const [first, second] = [build(example), build(example)];
    expect(first.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(first.stacks.map((stack) => Testing.synth(stack, true))).toEqual(
      second.stacks.map((stack) => Testing.synth(stack, true)),
    );
    expect(first.stacks.map((stack) => Testing.synth(stack, true)).join('')).not.toContain(root);
  });
});

describe('defaults of the schema', () => {
  const subnet =
    '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/n/subnets/s';
  const sections: Readonly<Record<string, string>> = {
    environment: '{}',
    backend: '{ kind: azurerm, storage-account: contosostate }',
    account: '{}',
    storage: '{}',
    'byos-storage': '{}',
    'customer-managed-key': `{ key-name: speech, key-vault-id: ${subnet.replace(/Microsoft.Network.*/, 'Microsoft.KeyVault/vaults/v')} }`,
    'role-grant': '{ role: Reader, principal: 00000000-0000-0000-0000-000000000002 }',
    'private-endpoint': `{ subnet-id: ${subnet} }`,
    'private-endpoint-lock': '{}',
    'diagnostic-setting': `{ storage-account-id: ${subnet.replace(/Microsoft.Network.*/, 'Microsoft.Storage/storageAccounts/logs')} }`,
    monitoring: '{}',
    'deploy-identity': '{ github: { repository: a/b, by-name: true, branches: [main] } }',
    'custom-speech': '{}',
    'custom-speech-project': '{ locale: en-US }',
    'custom-speech-endpoint': '{ locale: en-US }',
    'delete-lock': '{}',
    budget: '{ amount: 400, emails: [a@contoso.example] }',
  };

  it('are known for every section', () => {
    const parts = Object.keys(environmentSchema.$defs).filter((name) => !['timeouts', 'replication'].includes(name));
    expect(Object.keys(sections).toSorted()).toEqual(parts.toSorted());
  });

  it.each(Object.keys(sections))('are what %s does when nothing is said', (part) => {
    const whole = inlineReferences({ $ref: `#/$defs/${part}` }, environmentSchema as JsonSchema);
    const written = Object.entries(whole.properties ?? {})
      .filter(([name, { default: value }]) => value !== undefined && !['abstract', 'enabled', 'kind'].includes(name))
      // What a list of groups or an empty list of others says is told only beside it.
      .filter(([, { default: value }]) => JSON.stringify(value) !== '{}');
    if (written.length === 0) return;
    const short = documentWith(part, sections[part] ?? '{}', sections);
    const long = documentWith(part, withKeys(sections[part] ?? '{}', written), sections);
    const [one] = build(short).stacks;
    const { stacks, printed } = build(long);
    const [two] = stacks;
    expect(two, printed).toBeDefined();
    expect(two && JSON.parse(Testing.synth(two))).toEqual(one && JSON.parse(Testing.synth(one)));
  });
});

describe('imports of the provider', () => {
  const files = ['stacks', 'bench', 'test/stacks'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(folder, name)),
  );

  it('name the file of one resource: the root of the package takes seconds and half a gigabyte to load', () => {
    const broken = files
      .filter((file) => file !== path.join('bench', 'synth-root.ts'))
      .flatMap((file) =>
        [...readFileSync(path.join(root, file), 'utf8').matchAll(/from '(@cdktf\/provider-[^']+)'/g)]
          .map(([, specifier = '']) => specifier)
          .filter(
            (specifier) => !/^@cdktf\/provider-azurerm\/(?:lib\/[a-z0-9-]+\/index\.js|package\.json)$/.test(specifier),
          )
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(broken).toEqual([]);
  });

  it('are all that a move to cdktn has to rename', () => {
    const specifiers = files
      .filter((file) => file.startsWith('stacks'))
      .flatMap((file) => [...readFileSync(path.join(root, file), 'utf8').matchAll(/from '([^'.][^']*)'/g)])
      .map(([, specifier = '']) => specifier)
      .filter((specifier) => specifier.includes('cdktf') && !specifier.startsWith('@cdktf/provider-azurerm/lib/'));
    expect([...new Set(specifiers)]).toEqual(['cdktf']);
  });
});

function addressesOf(synthesised: string): readonly string[] {
  const { resource, output } = JSON.parse(synthesised) as Record<'resource' | 'output', Record<string, object>>;
  const addresses = Object.entries(resource).flatMap(([type, byName]) =>
    Object.keys(byName).map((name) => `${type}.${name}`),
  );
  return [...addresses, ...Object.keys(output).map((name) => `output.${name}`)].toSorted();
}

interface Reference {
  readonly from: string;
  /** The resources that the written address means; one, unless it dangles. */
  readonly to: readonly string[];
}

/** Everything that names another resource: in templates, `depends_on` and `replace_triggered_by`. */
function referencesOf(synthesised: string): readonly Reference[] {
  const { resource, data = {} } = JSON.parse(synthesised) as Record<
    'resource' | 'data',
    Record<string, Record<string, object>>
  >;
  const bodies = Object.entries({ ...resource, ...data }).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, body]) => [`${type}.${name}`, body] as const),
  );
  const addresses = new Set<string>(bodies.map(([address]) => address));
  return bodies.flatMap(([from, body]) => {
    const { '//': _, ...rest } = body as Record<string, unknown>;
    const written = [
      ...JSON.stringify(rest).matchAll(/\b(?:azurerm|customspeech|terraform)_[a-z0-9_]+\.[A-Za-z][\w-]*/g),
    ];
    return written.map(([address]) => ({ from, to: addresses.has(address) ? [address] : [] }));
  });
}

/** Resources that wait for themselves. */
function cyclesOf(references: readonly Reference[]): readonly string[] {
  const next = Map.groupBy(references, ({ from }) => from);
  const reaches = (address: string, seen: Set<string>): Set<string> => {
    for (const target of (next.get(address) ?? []).flatMap(({ to }) => to)) {
      if (seen.has(target)) continue;
      seen.add(target);
      reaches(target, seen);
    }
    return seen;
  };
  return [...next.keys()].filter((address) => reaches(address, new Set()).has(address));
}

/** A document in which one section is written like this; `environment` is the environment itself. */
function documentWith(part: string, settings: string, sections: Readonly<Record<string, string>>): string {
  const maps: Readonly<Record<string, string>> = {
    'role-grant': 'role-grants',
    'private-endpoint': 'private-endpoints',
    'diagnostic-setting': 'diagnostic-settings',
    'custom-speech-project': 'projects',
    'custom-speech-endpoint': 'endpoints',
  };
  const inner = settings.replace(/^\{\s*|\s*\}$/g, '');
  if (part === 'private-endpoint-lock') {
    const endpoint = (sections['private-endpoint'] ?? '').replace(/\s*\}$/, `, lock: ${settings} }`);
    return documentWith('private-endpoint', endpoint, sections);
  }
  if (part === 'environment') return inDev(inner.replaceAll(/, (?=[a-z-]+: )/g, '\n'));
  const key = maps[part];
  const map = key === undefined ? `${part}: ${settings}` : `${key}: { one: ${settings} }`;
  const line = part.startsWith('custom-speech-') ? `custom-speech: { ${map} }` : map;
  return inDev(part === 'customer-managed-key' ? `${line}\nstorage: ${sections['storage']}` : line);
}

function withKeys(settings: string, written: readonly (readonly [string, JsonSchema])[]): string {
  const given = settings.replace(/^\{\s*|\s*\}$/g, '');
  const added = written
    .filter(([name]) => !given.includes(`${name}:`))
    .map(([name, { default: value }]) => `${name}: ${JSON.stringify(value)}`);
  return `{ ${[given, ...added].filter((text) => text !== '').join(', ')} }`;
}
