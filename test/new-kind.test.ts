import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..');
let folder: string;

/** The repository with one more step kind: its schema, its code, and its name in the two lists of kinds. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-kind-'));
  for (const name of [
    'bin',
    'docs',
    'emulator',
    'portal',
    'schemas',
    'scripts',
    'stacks',
    'workflows',
    'package.json',
    'tsconfig.json',
  ])
    await cp(path.join(root, name), path.join(folder, name), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'schemas/steps/announce.schema.json'), schema);
  await writeFile(path.join(folder, 'workflows/steps/announce.ts'), kind);
  await addToList('schemas/index.ts', {
    line: "import announce from './steps/announce.schema.json' with { type: 'json' };",
    list: 'export const stepSchemas = {',
  });
  await addToList('workflows/steps/registry.ts', {
    line: "import { announce } from './announce.ts';",
    list: 'export const stepKinds: Readonly<Record<string, StepKind>> = {',
  });
});

afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function addToList(file: string, at: { readonly line: string; readonly list: string }): Promise<void> {
  const text = await readFile(path.join(folder, file), 'utf8');
  expect(text).toContain(at.list);
  await writeFile(path.join(folder, file), `${at.line}\n${text.replace(at.list, `${at.list} announce,`)}`);
}

async function speechops(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return await run(process.execPath, [path.join(folder, 'bin/speechops.js'), ...args], { cwd: folder });
}

describe('a new step kind', () => {
  it('has types and a place in the schema for editors, made by the command that makes all of them', async () => {
    await run(process.execPath, ['scripts/generate-schemas.ts'], { cwd: folder });
    expect(await readFile(path.join(folder, 'schemas/types.gen.ts'), 'utf8')).toContain('interface AnnounceWith');
    expect(await readFile(path.join(folder, 'schemas/pipeline.schema.json'), 'utf8')).toContain('"announce"');
    const page = await readFile(path.join(folder, 'docs/pipeline.md'), 'utf8');
    expect(page).toMatch(
      /### `announce`\n[^]*\| `to` \| Who is told\. [^]*\| `told` \| Who was told\. [^]*\n## Expressions\n/,
    );
    const { exclude, ...settings } = JSON.parse(await readFile(path.join(folder, 'tsconfig.json'), 'utf8')) as {
      readonly exclude: unknown;
    };
    const own = { ...settings, exclude, include: ['workflows/cli', 'workflows/steps', 'schemas'] };
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(own));
    await run(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder]);
  });

  it('is checked, planned, executed, gated on and shown with nothing else changed', async () => {
    await writeFile(path.join(folder, 'pipeline.yaml'), pipeline);
    const wrong = pipeline.replace('to: team', 'too: team');
    await writeFile(path.join(folder, 'wrong.yaml'), wrong);
    await expect(speechops('lint', 'wrong.yaml')).rejects.toMatchObject({
      stdout: expect.stringContaining('hint: Did you mean `to`?'),
    });
    expect((await speechops('lint', 'pipeline.yaml')).stderr).toContain('0 errors, 0 warnings');
    expect((await speechops('plan', 'pipeline.yaml', '--emulator')).stdout).toContain('tell team');
    const ran = await speechops('run', 'pipeline.yaml', '--emulator', '--run-id', 'a');
    expect(ran.stdout).toMatch(/ first {3}succeeded {2}told team \(/);
    expect(ran.stdout).toMatch(/ second {2}succeeded {2}told team, because /);
    expect(await readFile(path.join(folder, '.speechops/runs/a/report.md'), 'utf8')).toContain('told team');
  });
});

const schema = JSON.stringify({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: '/schemas/steps/announce.schema.json',
  title: 'Announce',
  description: 'Tells people something.',
  type: 'object',
  'x-uses-resource': false,
  additionalProperties: false,
  required: ['to'],
  properties: { to: { description: 'Who is told.', type: 'string', minLength: 1 } },
  examples: [{ to: 'team' }],
  $defs: {
    outputs: {
      title: 'AnnounceOutputs',
      description: 'What an announcement gives.',
      type: 'object',
      additionalProperties: false,
      required: ['told'],
      properties: { told: { description: 'Who was told.', type: 'string', 'x-type': 'text' } },
    },
  },
});

const kind = `import type { AnnounceWith } from '../../schemas/types.gen.ts';
import type { StepKind } from '../engine/step-kind.ts';

/** \`announce\`: somebody knows. */
export const announce: StepKind<AnnounceWith> = {
  uses: 'announce',
  effects: [],
  plan: ({ known }) => ({ action: 'at-run-time', summary: \`tell \${known.to ?? 'somebody'}\`, effects: [], outputs: {} }),
  run: async ({ with: { to } }) => ({ kind: 'done', outputs: { told: to } }),
  summarise: ({ told }) => [\`told \${String(told)}\`],
};
`;

const pipeline = `name: toy
locale: en-US
steps:
  - { id: first, uses: announce, with: { to: team } }
  - id: second
    uses: announce
    if: steps.first.outputs.told == 'team'
    with: { to: "\${{ steps.first.outputs.told }}" }
`;
