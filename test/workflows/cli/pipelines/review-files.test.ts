import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { policiesFor, pricesFor } from '../../../../workflows/cli/pipelines/review-files.ts';
import type { Io } from '../../../../workflows/cli/session.ts';

it('refuses what is no file where it looks for one, in place of waiting for it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-review-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const place = { io: { cwd: folder } as Io, folder, named: undefined };
  await mkdir(path.join(folder, 'prices.yaml'));
  await expect(pricesFor(place)).rejects.toThrow(
    'Put a file in place of prices.yaml: it is a folder, a pipe or a device',
  );
  if (process.platform === 'win32') return;
  const pipe = path.join(folder, 'policies.yaml');
  execFileSync('mkfifo', [pipe]);
  await expect(policiesFor(place)).rejects.toThrow('Put a file in place of policies.yaml');
  await rm(pipe);
  await writeFile(pipe, '');
  await expect(policiesFor(place)).rejects.toThrow(
    'policies.yaml:1:1: Cannot find the policies: the file says nothing',
  );
});
