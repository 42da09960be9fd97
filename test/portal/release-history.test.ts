import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { dump } from 'js-yaml';
import { expect, it } from 'vitest';
import { historyOf } from '../../portal/server/history/release-history.ts';
import type { ReleaseDocument } from '../../schemas/types.gen.ts';
import { gitRepository } from './git-repository.ts';

const document: ReleaseDocument = {
  endpoint: { id: 'e', name: 'calls', locale: 'en-US' },
  model: { id: 'm', name: 'model', data: [] },
  measured: [],
  proof: {},
  run: { id: 'run-1', pipeline: 'calls' },
  writtenAt: '2026-01-01T00:00:00Z',
};

it('takes what commits say for text, and for no option of Git', async () => {
  const { source, write, commit } = await gitRepository();
  const text = dump(document);
  await write({ 'releases/a.yaml': text, 'victim.txt': 'mine' });
  // Git would write there what it shows.
  await mkdir(path.join(source.root, 'evil:releases'));
  await symlink('../victim.txt', path.join(source.root, 'evil:releases', 'a.yaml'));
  const id = await commit('x\u001e--output=evil');
  const history = await historyOf({ file: 'releases/a.yaml', text, document }, source);
  expect(history).toMatchObject([{ commit: { id, author: 'Ada', subject: 'x\u001e--output=evil' } }]);
  expect(await readFile(path.join(source.root, 'victim.txt'), 'utf8')).toBe('mine');
});
