import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { controlEmulator } from '../../emulator/control-emulator.ts';
import { useWard, once } from './ward.ts';

const ward = useWard();
const { call, fault, objects, run, speechops } = ward;

describe('speechops run whose swap goes wrong', () => {
  it.each([
    ['the deployment fails', { kind: 'entity-failed', code: 'DeployNotAllowed', message: 'No room' }, 'No room'],
    ['the endpoint settles on its old model', { kind: 'wrong-model' }, 'and not the model it was given'],
  ])('goes back to the previous model when %s', async (_, broken, reason) => {
    const created = await call(['run', 'endpoint.yaml'], { cwd: await endpointPipeline() });
    expect(created.code, created.stderr).toBe(0);
    // An endpoint that says at once that it has another model is not seen to settle on the old one: it is heard, after a while.
    await controlEmulator(ward.emulator, '/redeployment', { body: { redeployment: 'shown-previous' } });
    await fault({ operation: 'Endpoints_Update', count: 1, ...broken });
    const { code, record } = await run();
    const goLive = record.steps['go-live'];
    expect([code, goLive?.status]).toEqual([1, 'failed']);
    expect(goLive?.error).toContain(reason);
    expect(goLive?.error).toContain('went back to the previous model and verified it');
    expect(goLive?.outputs).toMatchObject({
      rolledBack: true,
      probeFailures: 0,
      model: goLive?.outputs['previousModel'],
    });
  });

  it('leaves a swap without proof when recognitions get no answer in its time, with exit 3, and resume proves it', async () => {
    await writeFile(
      ward.pipeline,
      (await readFile(ward.pipeline, 'utf8')).replace('    uses: swap\n', '    uses: swap\n    timeout: 10s\n'),
    );
    await fault({ operation: 'Recognise', kind: 'status', status: 503 });
    const broken = await run('--run-id', 'unanswered');
    expect([broken.code, broken.record.steps['go-live']]).toEqual([
      3,
      expect.objectContaining({
        status: 'failed',
        failure: 'world',
        error: expect.stringMatching(
          /^The step did not end within 10 s \(timeout\): Cannot recognise .* 503.*; endpoint ward serves retrain, which is not proved there: resume the run/,
        ),
      }),
    ]);
    await controlEmulator(ward.emulator, '/faults', { method: 'DELETE' });
    const { code, stdout } = await speechops('resume', 'unanswered', '--format', 'json');
    const goLive = (JSON.parse(stdout) as RunRecord).steps['go-live'];
    // What the endpoint serves was never proved: it does not count as good, and the run proves it.
    expect([code, goLive?.status]).toEqual([0, 'succeeded']);
    expect(goLive?.outputs).toMatchObject({ heard: true, probeFailures: 0, probeRepeats: 0 });
    expect(await objects()).toEqual(once);
  });

  it('makes an endpoint whose creation failed serve the model in the next run', async () => {
    await fault({ operation: 'Endpoints_Create', kind: 'entity-failed', count: 1 });
    expect((await run()).code).toBe(1);
    const { code, record } = await run();
    expect([code, record.steps['go-live']?.status]).toEqual([0, 'succeeded']);
    expect(await objects()).toEqual(once);
  });

  it('goes on with a swap whose answer was lost on the way', async () => {
    await call(['run', 'endpoint.yaml'], { cwd: await endpointPipeline() });
    await fault({ operation: 'Endpoints_Update', kind: 'lost', count: 1 });
    const { code, record } = await run();
    expect([code, record.steps['go-live']?.outputs]).toEqual([
      0,
      expect.objectContaining({ rolledBack: false, probeFailures: 0 }),
    ]);
  });
});

async function endpointPipeline(): Promise<string> {
  const at = path.join(ward.folder, 'provision');
  await mkdir(at);
  await writeFile(
    path.join(at, 'endpoint.yaml'),
    'name: endpoint\nlocale: en-US\nsteps:\n  - id: endpoint\n    uses: swap\n    with: { endpoint: ward, model: base, create: true }\n',
  );
  return at;
}
