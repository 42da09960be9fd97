import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startEmulator } from '../../emulator/start-emulator.ts';
import { Client, idOf } from '../emulator/client.ts';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { openAnyHome } from '../workflows/cli/run-folder.ts';
import { makeTwoModels, writeSmokeAudio } from '../workflows/cli/two-models.ts';
import { startCallsProxy, type CallPoint } from './calls-proxy.ts';
import { startSpeechops } from './speechops-process.ts';

const pipeline = `name: live
locale: en-US
inputs: { model: { type: string } }
steps:
  - id: go-live
    uses: swap
    with:
      endpoint: ward
      create: true
      model: \${{ inputs.model }}
      strategy: canary
      verify: { audio: smoke, every: 100ms, discriminate: 3 }
`;

it.each<[string, CallPoint]>([
  ['when its canary is made', { call: 'POST /endpoints', nth: 2, when: 'after' }],
  ['when its canary is proved', { call: 'PATCH /endpoints/{id}', nth: 2, when: 'after' }],
])(
  'a run that is cancelled %s removes it, and has not changed the endpoint',
  { timeout: 600_000 },
  async (_, point) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-cancelled-'));
    const home = await openAnyHome(folder);
    await writeSmokeAudio(folder);
    await writeFile(path.join(folder, 'live.yaml'), pipeline);
    const emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'smoke')] });
    const proxy = await startCallsProxy(emulator.url);
    const client = new Client(emulator);
    const env = { SPEECHOPS_ENDPOINT: proxy.url, SPEECHOPS_KEY: emulator.key, ...home.env };
    const speechops = async (...args: readonly string[]): Promise<Called> => await callMain(args, { cwd: folder, env });
    try {
      const { first, second } = await makeTwoModels(client);
      expect(await speechops('run', 'live.yaml', '--input', `model=${first}`)).toMatchObject({ code: 0 });
      const run = startSpeechops(['run', 'live.yaml', '--input', `model=${second}`, '--run-id', 'b'], {
        cwd: folder,
        env,
      });
      let cancelled: Called | undefined;
      proxy.interruptAt(point, async () => {
        expect((await client.get('/endpoints')).body.values).toHaveLength(2);
        cancelled = await speechops('cancel', 'b');
        // A run hears of its cancellation a moment later, and lets go of the call.
        await run.ended;
      });
      const { code, stderr } = await run.ended;
      expect(cancelled, stderr).toMatchObject({ code: 0 });
      expect(code, stderr).not.toBe(0);
      const { values } = (await client.get('/endpoints')).body;
      expect(
        values.map(({ displayName }: { readonly displayName: string }) => displayName),
        stderr,
      ).toEqual(['ward']);
      expect(idOf(values[0].model.self)).toBe(first);
      expect(stderr).toContain('canary ward-canary-b removed');
    } finally {
      await proxy.close();
      await emulator.close();
      await home.remove();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
