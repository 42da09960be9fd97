import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { blocksOf } from '../../page-blocks.ts';
import { git, makeProject, openMachine } from './machine.ts';

const page = await readFile(path.join(import.meta.dirname, '../../../docs/commands.md'), 'utf8');

interface Hook {
  readonly language: string;
  readonly entry: string;
  readonly files: string;
}

it('the hook of docs/commands.md lets no pipeline with errors be committed', async () => {
  const { language, entry, files } = hookOf(page);
  expect(language).toBe('system');
  const machine = await openMachine(await makeProject(), 'main');
  await machine.bash('npm ci', { env: {} });
  // As pre-commit does: the entry with the names of the files that are staged and match.
  const committed = async () => {
    await git(machine.folder, 'add', '--all');
    const staged = (await git(machine.folder, 'diff', '--cached', '--name-only', '-z')).split('\0');
    const names = staged.filter((name) => new RegExp(files).test(name));
    return { names, ...(await machine.bash(`${entry} ${names.join(' ')}`, { env: {} })) };
  };
  const pipeline = path.join(machine.folder, 'pipelines/calls.yaml');
  const text = await readFile(pipeline, 'utf8');
  await writeFile(path.join(machine.folder, 'data/related-text.txt'), 'good morning\n');
  await writeFile(pipeline, `${text}# a comment\n`);
  expect(await committed()).toMatchObject({ names: ['pipelines/calls.yaml'], code: 0 });
  await writeFile(pipeline, text.replace('uses: train', 'uses: tain'));
  expect(await committed()).toMatchObject({ code: 1, output: expect.stringContaining('pipelines/calls.yaml:') });
});

function hookOf(text: string): Hook {
  const block = blocksOf(text).find((one) => one.text.includes('speechops-lint'));
  const { repos } = load(block?.text ?? '') as { readonly repos: readonly { readonly hooks: readonly Hook[] }[] };
  const hook = repos[0]?.hooks[0];
  if (hook === undefined) throw new Error('docs/commands.md has no hook');
  return hook;
}
