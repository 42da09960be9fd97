import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cdktfPlace, fetchCdktf } from '../../../stacks/cdktf/fetch-cdktf.ts';

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-fetch-'));
  said = [];
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** Fetches it with an npm that does this, in a cache of the test's own. */
async function fetchWith(script: string): Promise<string> {
  await writeFile(path.join(folder, 'npm'), `#!/bin/sh\necho "$*" >>'${folder}/calls'\n${script}\n`);
  await chmod(path.join(folder, 'npm'), 0o755);
  const PATH = `${folder}:${process.env['PATH']}`;
  return await fetchCdktf({ env: { PATH, XDG_CACHE_HOME: folder }, say: (text) => said.push(text) });
}

const installs =
  'mkdir -p node_modules/cdktf-cli/bundle/bin && cp package-lock.json node_modules/cdktf-cli/bundle/bin/cdktf';

async function cached(): Promise<readonly string[]> {
  return await readdir(path.join(folder, 'speechops')).catch(() => []);
}

describe("CDKTF's command line", () => {
  it('is fetched once, by the lock file', async () => {
    const executable = await fetchWith(installs);
    expect(executable).toBe(cdktfPlace({ XDG_CACHE_HOME: folder }).executable);
    const lock = JSON.parse(await readFile(executable, 'utf8')) as {
      readonly packages: Readonly<Record<string, object>>;
    };
    expect(lock.packages['node_modules/cdktf-cli']).toMatchObject({ version: '0.21.0' });
    expect(await fetchWith('exit 1')).toBe(executable);
    expect(said).toEqual([expect.stringMatching(/^Fetching cdktf-cli 0\.21\.0 into .* \(260 MB, once\) …$/)]);
    expect((await readFile(path.join(folder, 'calls'), 'utf8')).trim().split('\n')).toEqual([
      expect.stringMatching(/^ci --ignore-scripts /),
    ]);
  });

  it('is one when two fetch it at the same time', async () => {
    const slowly = `sleep 0.2; ${installs}`;
    const [one, other] = await Promise.all([fetchWith(slowly), fetchWith(slowly)]);
    expect(one).toBe(other);
    expect(await cached()).toHaveLength(1);
  });

  it('is not there when npm could not fetch the whole of it, which is said', async () => {
    const failure = fetchWith(`${installs}; echo 'npm error network' >&2; exit 1`);
    await expect(failure).rejects.toThrow(
      /^Let npm reach its registry, or name .* SPEECHOPS_CDKTF: .*\nnpm error network$/,
    );
    expect(await cached()).toEqual([]);
  });
});
