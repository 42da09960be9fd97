import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../../emulator/start-emulator.ts';
import { writeSet } from '../../../data-sets/make-set.ts';
import { callMain, type Called } from '../call-main.ts';

const key = 'of-all-regions';
let folder: string;
let west: Emulator;
let north: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-forget-'));
  const start = async (name: string): Promise<Emulator> => await startEmulator({ speed: 1000, key, account: { name } });
  [west, north] = await Promise.all([start('west'), start('north')]);
  await writeFile(
    path.join(folder, 'live.yaml'),
    `name: live
locale: en-US
resource: ${north.url}
steps:
  - { id: calls, uses: upload, resource: "${west.url}", with: { kind: Acoustic, from: data, check: warn } }
  - { id: model, uses: train, resource: "${west.url}", with: { datasets: ["\${{ steps.calls.outputs.dataset }}"] } }
  - { id: copied, uses: copy, with: { model: "\${{ steps.model.outputs.model }}", from: "${west.url}", account: ${west.resourceId} } }
  - { id: go-live, uses: swap, with: { endpoint: ward, create: true, model: "\${{ steps.copied.outputs.model }}" } }
`,
  );
  await writeSet(folder, {
    'data/a.wav': { wav: { seconds: 36 } },
    'data/b.wav': { wav: { seconds: 36 } },
    'data/trans.txt': 'a.wav\tgood morning to all of you\nb.wav\tgood night to all of you\n',
    'data/data.yaml': 'version: 1\nspeakers: { ben: [a.wav] }\n',
  });
  const ran = await call(west, 'run', 'live.yaml');
  if (ran.code !== 0) throw new Error(ran.stderr);
});
afterAll(async () => {
  await Promise.all([west.close(), north.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function call({ url }: Emulator, ...args: readonly string[]): Promise<Called> {
  return await callMain(args, { cwd: folder, env: { SPEECHOPS_ENDPOINT: url, SPEECHOPS_KEY: key } });
}

let outs = 0;

async function forget(at: Emulator, ...more: readonly string[]): Promise<Called> {
  const args = ['data', 'forget', 'ben', 'data', '--locale', 'en-US', '--out', `left-${(outs += 1)}`];
  return await call(at, ...args, ...more);
}

describe('speechops data forget, of a model that was copied', () => {
  it('says at the resource that trained it that there are copies elsewhere', async () => {
    const { stdout } = await forget(west, '--online');
    expect(stdout).toMatch(/dataset calls [\da-f-]{36} has what is forgotten/);
    expect(stdout).toMatch(/model model [\da-f-]{36} has what is forgotten/);
    expect(stdout).toMatch(/model model [\da-f-]{36} was copied to other resources: name them with --also-at/);
  });

  it('gives no all-clear where the copy is served, which names no data', async () => {
    const { stdout } = await forget(north, '--online');
    expect(stdout).toMatch(
      /1 model came from other resources, and no data are named by a copy: .*\(model [\da-f-]{36}\)/,
    );
    expect(stdout).not.toContain('has what is forgotten');
  });

  it.each(['west', 'north'])('finds the copy and its endpoint where both are asked, %s first', async (first) => {
    const [one, other] = first === 'west' ? [west, north] : [north, west];
    const { code, stdout, stderr } = await forget(one, '--online', '--also-at', `${other.url}/`);
    expect(code, stderr).toBe(0);
    const host = new URL(north.url).host;
    expect(stdout).toMatch(new RegExp(`model model [\\da-f-]{36} at ${host} has what is forgotten: `));
    expect(stdout).toMatch(new RegExp(`endpoint ward [\\da-f-]{36} at ${host} serves such a model`));
    expect(stdout).not.toMatch(/came from other|was copied/);
  });

  it('refuses what it could not ask', async () => {
    const refused = await Promise.all([
      forget(west, '--also-at', north.url),
      forget(west, '--online', '--emulator', '--also-at', north.url),
      forget(west, '--online', '--also-at', 'north'),
    ]);
    expect(refused.map(({ code, stderr }) => [code, stderr])).toEqual([
      [2, expect.stringContaining('Add --online, or leave out --also-at')],
      [2, expect.stringContaining('Leave out --emulator')],
      [2, expect.stringContaining('Give --also-at the base URL of a Speech resource: "north", it is no base URL')],
    ]);
  });
});
