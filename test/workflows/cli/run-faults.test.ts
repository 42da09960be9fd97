import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmulator } from '../../../emulator/start-emulator.ts';
import { controlEmulator } from '../../emulator/control-emulator.ts';
import { useWard, key, speed, statuses, once } from './ward.ts';

const ward = useWard();
const { call, fault, objects, run } = ward;

describe('speechops run while the service fails', () => {
  it('finishes with a fifth of all calls failing in every way, and makes nothing twice', async () => {
    const kinds = [
      { kind: 'status', status: 429, retryAfterSeconds: 0 },
      { kind: 'status', status: 503 },
      { kind: 'cut' },
      { kind: 'lost' },
      { kind: 'truncated' },
    ];
    await fault(
      ...['*', 'Recognise'].flatMap((operation, turn) =>
        kinds.map((kind, index) => ({ operation, ...kind, rate: 0.05, seed: 100 + turn * 10 + index })),
      ),
    );
    const { code, record, stderr } = await run();
    expect(statuses(record), stderr).toMatchObject({
      calls: 'succeeded',
      retrain: 'succeeded',
      'go-live': 'succeeded',
    });
    expect(code).toBe(0);
    await controlEmulator(ward.emulator, '/faults', { method: 'DELETE' });
    expect(await objects()).toEqual(once);
  });

  it('looks up every kind of object whose create was answered by silence', async () => {
    const creates = [
      'Projects_Create',
      'Datasets_Create',
      'Models_Create',
      'Evaluations_Create',
      'Endpoints_Create',
      'Datasets_CommitBlocks',
    ];
    await fault(...creates.map((operation) => ({ operation, kind: 'lost', count: 1 })));
    const { code } = await run();
    expect(code).toBe(0);
    expect(await objects()).toEqual(once);
  });

  it('fails with the reason of the service, skips what needs the step and exits 1', async () => {
    await fault({
      operation: 'Models_Create',
      kind: 'entity-failed',
      code: 'PipelineError',
      message: 'Training ran out of luck',
    });
    const { code, record, stderr } = await run();
    expect(code).toBe(1);
    expect(statuses(record)).toMatchObject({ retrain: 'failed', candidate: 'skipped', 'go-live': 'skipped' });
    expect(record.steps['retrain']?.error).toContain('Training ran out of luck');
    expect(stderr).toContain('error: retrain: ');
  });

  it('ends with exit 3 and a clear error when the resource goes away, and a re-run finishes', async () => {
    const { port } = new URL(ward.emulator.url);
    let stopping: Promise<void> | undefined;
    const cut = await call(['run', ward.pipeline], {
      onError(text) {
        if (text.includes('retrain') && text.includes('started')) stopping ??= ward.emulator.close();
      },
    });
    await stopping;
    expect(cut.code).toBe(3);
    expect(cut.stderr).toMatch(/error: retrain: .*nothing answers at http:\/\/127\.0\.0\.1.*check SPEECHOPS_ENDPOINT/);
    expect(cut.stderr).not.toContain('    at ');
    ward.emulator = await startEmulator({
      key,
      speed,
      port: Number(port),
      dataDirectory: path.join(ward.folder, 'emulator'),
      audioDirectories: [path.join(ward.folder, 'smoke')],
    });
    const { code, record } = await run();
    expect([code, statuses(record)]).toEqual([0, expect.objectContaining({ calls: 'reused', 'go-live': 'succeeded' })]);
    expect(await objects()).toEqual(once);
  }, 300_000);
});
