import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rulesSchema } from '../../../schemas/documents.ts';
import { readRules } from '../../../workflows/cli/rules-file.ts';
import { main } from '../../../workflows/cli/main.ts';
import { normalisationProfiles } from '../../../workflows/scoring/normalise-text.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rules-'));
});

afterEach(async () => {
  await rm(cwd, { recursive: true });
});

const good = 'extends: azure-en-US\nreplace: [[okay, ok]]\nfillers: [um]\nspellings: {colour: color}\n';

describe('readRules', () => {
  it('reads rules with their name and a digest of what they say', async () => {
    await writeFile(join(cwd, 'a.yaml'), good);
    await writeFile(join(cwd, 'b.yaml'), `# A comment.\n${good}`);
    const rules = await readRules('a.yaml', { cwd });
    expect(rules).toMatchObject({
      extends: 'azure-en-US',
      replace: [
        ['okay', 'ok'],
        ['colour', 'color'],
      ],
      fillers: ['um'],
      named: { name: 'a.yaml' },
    });
    expect((await readRules('b.yaml', { cwd })).named.digest).toBe(rules.named.digest);
  });

  it.each([
    ['extend: lexical\n', /^r\.yaml:1:1: .*extend/],
    ['extends: lexicl\n', /^r\.yaml:1:10: .*lexicl/],
    ['extends: lexical\nreplace: [[a]]\n', /^r\.yaml:2:11: /],
    ['extends: lexical\nreplace: [[a, b], [c, " "]]\n', /^r\.yaml:2:23: /],
    ['extends: lexical\nfillers: um\n', /^r\.yaml:2:10: /],
    ['extends: lexical\nfillers: [um\n', /^r\.yaml:\d+:\d+: /],
    ['- um\n', /^r\.yaml:1:1: /],
    ['', /^r\.yaml:1:1: /],
  ])('refuses %j with its place', async (text, said) => {
    await writeFile(join(cwd, 'r.yaml'), text);
    await expect(readRules('r.yaml', { cwd })).rejects.toThrow(said);
  });

  it('says which file it cannot read', async () => {
    await expect(readRules('none.yaml', { cwd })).rejects.toThrow(
      'Give the path of a file of rules: none.yaml cannot be read',
    );
  });

  it('knows the profiles that there are', () => {
    expect(rulesSchema.properties.extends.enum).toEqual(normalisationProfiles);
  });
});

describe('speechops score --rules', () => {
  it('scores by the rules and names them with their digest', async () => {
    await writeFile(join(cwd, 'r.yaml'), good);
    await writeFile(join(cwd, 'ref.tsv'), 'u\tokay the colour is 5\n');
    await writeFile(join(cwd, 'hyp.tsv'), 'u\tum ok the color is five\n');
    const { code, stdout } = await speechops('--rules', 'r.yaml');
    expect(stdout).toMatch(/^Word error rate {7}0\.0 % \(profile azure-en-US 2, rules r\.yaml [0-9a-f]{12}\)\n/);
    expect(code).toBe(0);
    const json = await speechops('--rules', 'r.yaml', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ profile: 'azure-en-US', rules: { name: 'r.yaml' }, errors: 0 });
  });

  it('is no company for --profile, and refuses faults with exit 2', async () => {
    await writeFile(join(cwd, 'r.yaml'), 'extends: lexicl\n');
    await writeFile(join(cwd, 'ref.tsv'), 'u\ta\n');
    await writeFile(join(cwd, 'hyp.tsv'), 'u\ta\n');
    const both = await speechops('--rules', 'r.yaml', '--profile', 'lexical');
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toContain("'--profile <name>'");
    const faulty = await speechops('--rules', 'r.yaml');
    expect(faulty).toMatchObject({ code: 2, stdout: '' });
    expect(faulty.stderr).toContain('r.yaml:1:10: ');
  });

  it('has a line for each fault', async () => {
    await writeFile(join(cwd, 'r.yaml'), 'extends: lexicl\nfillers: um\n');
    const { code, stderr } = await speechops('--rules', 'r.yaml');
    expect(code).toBe(2);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^error: r\.yaml:1:10: /),
      expect.stringMatching(/^r\.yaml:2:10: /),
      '',
    ]);
  });

  it('counts a compound that is only split as correct with --merge-compounds, and says so', async () => {
    await writeFile(join(cwd, 'ref.tsv'), 'u\twhite paper\n');
    await writeFile(join(cwd, 'hyp.tsv'), 'u\twhitepaper\n');
    const { stdout } = await speechops('--merge-compounds');
    expect(stdout).toMatch(/^Word error rate {7}0\.0 % \(profile none 1, compounds merged\)\n/);
  });
});

async function speechops(...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const code = await main(['score', '--ref', 'ref.tsv', '--hyp', 'hyp.tsv', ...args], {
    stdout: { write: (text) => void (written.stdout += text) },
    stderr: { write: (text) => void (written.stderr += text) },
    env: {},
    cwd,
    signal: new AbortController().signal,
  });
  return { code, ...written };
}
