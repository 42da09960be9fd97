import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digests, type Fleet, openFleet, planOf, testDatabaseUrl } from './fleet.ts';

describe.skipIf(testDatabaseUrl === '')('a worker with a plan for several Speech resources', () => {
  let folder = '';
  let fleet: Fleet;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-fleet-'));
    fleet = await openFleet({ speed: 600, resources: 2 });
  });
  afterEach(async () => {
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('works on the one of each step, within a request budget of each', async () => {
    const urls = fleet.emulators.map(({ url }) => url);
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    const plan = planOf(
      `name: two
locale: en-US
strategy: { matrix: { at: ${JSON.stringify(urls)} } }
resource: \${{ matrix.at }}
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
`,
      { folder, target: { endpoint: urls[0] ?? '' } },
    );
    // A key goes where the environment says, and both are on this machine.
    await fleet.startWorker(['--requests-per-10s', '1000'], { env: { SPEECHOPS_ENDPOINT: urls[0] ?? '' } });
    await fleet.journal.enqueue('two', plan);
    const [run] = await fleet.runs();
    expect(run?.status).toBe('succeeded');
    for (const emulator of fleet.emulators)
      expect([...(await digests({ emulators: [emulator] }, 'datasets')).values()]).toEqual([1]);
    expect(await fleet.requestTurns()).toEqual(urls.toSorted());
  });
});
