import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
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

  it('copies a model from one to another, and tells people', async () => {
    const [west, north] = fleet.emulators;
    if (west === undefined || north === undefined) throw new Error('There are two');
    const told: string[] = [];
    const people = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => told.push(text));
      request.on('end', () => response.writeHead(202).end());
    }).listen(0, '127.0.0.1');
    await once(people, 'listening');
    onTestFinished(() => void people.close());
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    const plan = planOf(
      `name: copied
locale: en-US
resource: ${north.url}
steps:
  - { id: text, uses: upload, resource: "${west.url}", with: { kind: Language, from: text.txt } }
  - { id: train, uses: train, resource: "${west.url}", with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
  - id: copied
    uses: copy
    with: { from: "${west.url}", account: ${west.resourceId}, model: "\${{ steps.train.outputs.model }}" }
  - id: tell
    uses: notify
    with: { message: "\${{ steps.copied.outputs.model }}", webhook: "http://127.0.0.1:${(people.address() as AddressInfo).port}/" }
`,
      { folder, target: { endpoint: north.url } },
    );
    await fleet.startWorker(['--requests-per-10s', '1000'], { env: { SPEECHOPS_ENDPOINT: north.url } });
    await fleet.journal.enqueue('copied', plan);
    const [run] = await fleet.runs();
    expect(run?.status, JSON.stringify(run)).toBe('succeeded');
    expect(told.join('')).toContain(`${north.url}/speechtotext/models/`);
  });
});
