import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { until } from '../../until.ts';
import { openAnyHome, type AnyHome } from '../cli/run-folder.ts';
import { startSpeechops, type SpeechopsProcess } from '../../crash/speechops-process.ts';
import { startCollector, startHangingCollector, type Collector } from './collector.ts';
import { controlEmulator } from '../../emulator/control-emulator.ts';

const key = 'a-key-that-nobody-may-print';
const signature = 'c2lnbmF0dXJl';
let folder: string;
let emulator: Emulator;
let home: AnyHome;
const processes: SpeechopsProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-traced-'));
  home = await openAnyHome(folder);
  emulator = await startEmulator({ key, speed: 3000 });
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map((process) => process.kill()));
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

function speechops(collectorUrl: string, ...args: readonly string[]): SpeechopsProcess {
  const env = {
    SPEECHOPS_ENDPOINT: emulator.url,
    SPEECHOPS_KEY: key,
    OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
    ...home.env,
  };
  const started = startSpeechops(args, { cwd: folder, env });
  processes.push(started);
  return started;
}

async function writePipeline(from: string): Promise<void> {
  await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
  await writeFile(
    path.join(folder, 'pipeline.yaml'),
    `name: words
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: '${from}' } }
  - { id: ok, uses: approve, needs: [text], with: { message: 'Go on?' } }
  - { id: model, uses: train, needs: [ok], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
  - { id: never, uses: train, needs: [ok], if: false, with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
`,
  );
}

describe('the trace of a run', { timeout: 300_000 }, () => {
  it('is one whole, though its first process was killed and a second one went on', async () => {
    await using collector = await startCollector();
    await writePipeline('text.txt');
    const killed = speechops(collector.url, 'run', 'pipeline.yaml', '--run-id', 'cut');
    await killed.said('waiting for approval');
    await until(() => collector.spans().some(({ name }) => name === 'upload text'));
    await killed.kill();
    const approved = await speechops('', 'approve', 'cut', 'ok').ended;
    expect(approved.code, approved.stderr).toBe(0);
    const resumed = await speechops(collector.url, 'resume', 'cut').ended;
    expect(resumed.code, resumed.stderr).toBe(0);

    expectWhole(collector, ['upload text', 'approve ok', 'train model', 'train never', 'resumed']);
    const spans = collector.spans();
    const instances = (name: string) => spans.find((span) => span.name === name)?.resource['service.instance.id'];
    expect(instances('upload text')).not.toBe(instances('run words'));
    expect(spans.find(({ name }) => name === 'approve ok')?.events).toMatchObject([{ name: 'approval' }]);
    const root = spans.find(({ name }) => name === 'run words');
    const upload = spans.find(({ name }) => name === 'upload text');
    expect(root !== undefined && upload !== undefined && root.startedAt <= upload.startedAt).toBe(true);
  });

  it('holds no secret, when calls fail and the data has an address with a signature', async () => {
    await using collector = await startCollector();
    await using storage = await startStorage();
    const faults = [{ kind: 'status', status: 429, retryAfterSeconds: 0 }, { kind: 'truncated' }, { kind: 'cut' }];
    await order(...faults.map((fault, index) => ({ operation: '*', ...fault, rate: 0.1, seed: index })), {
      operation: 'Datasets_Create',
      kind: 'entity-failed',
      message: `No ${storage.url}`,
    });
    await writePipeline(storage.url);
    const { code } = await speechops(collector.url, 'run', 'pipeline.yaml').ended;
    expect([1, 3]).toContain(code);
    const upload = collector.spans().find(({ name }) => name === 'upload text');
    expect(upload).toMatchObject({ events: [{ name: 'exception' }], attributes: { 'speechops.step.failure': 'step' } });
    expect(upload?.status.message).toContain('No http://127.0.0.1');
    // The command that deletes what a failed step leaves names the header, and the variable in place of the key.
    const text = collector.text().replaceAll('Ocp-Apim-Subscription-Key: $SPEECHOPS_KEY', '');
    expect(text).not.toMatch(new RegExp(`${key}|${signature}|sig=|subscription-key|authorization`, 'i'));
  });
});

describe('a collector', { timeout: 300_000 }, () => {
  it.each(['hangs', 'refuses'])('that %s changes nothing of a run', async (way) => {
    await using hanging = await startHangingCollector();
    await writePipeline('text.txt');
    await writeFile(
      path.join(folder, 'pipeline.yaml'),
      'name: words\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n',
    );
    const url = way === 'hangs' ? hanging.url : 'http://127.0.0.1:1';
    const { code, stdout, stderr } = await speechops(url, 'run', 'pipeline.yaml', '--format', 'json').ended;
    expect([code, (JSON.parse(stdout) as RunRecord).steps['text']?.status], stderr).toEqual([0, 'succeeded']);
    expect(stderr).toMatch(/^warning: Cannot export /m);
  });
});

/** One root, and below it these spans, once each; every other span is a request of one of them. */
function expectWhole(collector: Collector, names: readonly string[]): void {
  const spans = collector.spans();
  expect(new Set(spans.map(({ traceId }) => traceId)).size, 'traces').toBe(1);
  expect(new Set(spans.map(({ spanId }) => spanId)).size, 'span ids').toBe(spans.length);
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  expect(roots.map(({ name }) => name)).toEqual(['run words']);
  const inRoot = spans.filter(({ parentSpanId }) => parentSpanId === roots[0]?.spanId);
  expect(inRoot.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  const steps = new Set(inRoot.map(({ spanId }) => spanId));
  const requests = spans.filter((span) => span.parentSpanId !== undefined && !inRoot.includes(span));
  expect(requests.filter(({ parentSpanId }) => !steps.has(parentSpanId ?? ''))).toEqual([]);
  expect(requests.length).toBeGreaterThan(4);
}

/** Resolves when it is so. */

async function order(...faults: readonly object[]): Promise<void> {
  const response = await controlEmulator(emulator, '/faults', { body: faults });
  expect(response.status).toBe(201);
}

/** A text under an address that carries its own permission. */
async function startStorage(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((_request, response) => response.end('good morning\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/text.txt?sv=2024&sig=${signature}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
