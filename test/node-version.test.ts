import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProvider } from '../stacks/provider/build-provider.ts';

const root = path.join(import.meta.dirname, '..');
const oldNode =
  "const old = (name, value) => Object.defineProperty(process, name, { value }); old('versions', { node: '20.1.0' }); old('version', 'v20.1.0');";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-node-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function call(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  return await promisify(execFile)(file, args, { env }).then(
    (ended) => ({ code: 0, ...ended }),
    (error: Ended) => error,
  );
}

describe('a Node that is too old', () => {
  it.each(['speechops', 'speechops-stacks'])('is told by %s with the way to a newer one, in a clone', async (name) => {
    const program = path.join(root, 'bin', `${name}.js`);
    const { code, stdout, stderr } = await call(process.execPath, [
      '--import',
      `data:text/javascript,${oldNode}`,
      program,
    ]);
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      `error: ${name} needs Node 24 or newer, this is v20.1.0: in a clone of the repository \`npm ci\` brings it along for \`npx ${name}\` and npm scripts\n`,
    ]);
  });

  it('is told in a project that has installed the package', async () => {
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    await writeFile(path.join(bin, 'package.json'), '{ "type": "module" }');
    await writeFile(
      path.join(bin, 'call.js'),
      `${oldNode}\nconst { requireNode } = await import('./require-node.js');\nrequireNode('speechops');\n`,
    );
    await promisify(execFile)('cp', [path.join(root, 'bin', 'require-node.js'), bin]);
    expect(await call(process.execPath, [path.join(bin, 'call.js')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('`npm install --save-dev node@24` brings it along for `npx speechops`'),
    });
  });

  it('is told by the Terraform provider in its first line, which Terraform shows', async () => {
    const node = path.join(folder, 'node');
    await writeFile(node, '#!/bin/sh\necho v20.1.0\n');
    await chmod(node, 0o755);
    const { code, stdout } = await call(await builtProvider(), [], { PATH: `${folder}:/usr/bin:/bin` });
    expect([code, stdout]).toEqual([
      1,
      'The customspeech provider needs Node 24 or newer on PATH, and found v20.1.0: npm install --save-dev node@24 brings it along for npm scripts and npx\n',
    ]);
  });
});
