import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../../../emulator/start-emulator.ts';
import { customspeechProvider } from '../../../../stacks/provider/customspeech-provider.ts';
import { baseModel } from '../../../../stacks/provider/resources/base-model.ts';
import { Client } from '../../../emulator/client.ts';

it('reads the newest base model that endpoints can serve, where a newer one is for batch transcription only', async () => {
  const emulator = await startEmulator({ speed: 1e-6 });
  onTestFinished(async () => await emulator.close());
  const client = await customspeechProvider({}).configure(
    { endpoint: emulator.url, key: emulator.key },
    { log: () => undefined },
  );
  const service = new Client(emulator);
  // The newest base model of en-US is a Whisper model from a day in November to one in February.
  await service.advance(Math.max(0, Date.UTC(new Date().getUTCFullYear(), 11, 1) - Date.now()) / 1000);
  const { values } = (await service.get('/models/base', { query: { filter: "locale eq 'en-US'" } })).body;
  expect(values.at(-1)).toMatchObject({ displayName: expect.stringContaining('Whisper') });
  const { signal } = new AbortController();
  const read = async (data_kinds: readonly string[] | null): Promise<unknown> =>
    await baseModel.read({ locale: 'en-US', data_kinds }, { client, signal });
  const newest = (await service.baseModels()).at(-1).self;
  expect(await read(null)).toMatchObject({ self: newest });
  expect(await read(['Acoustic'])).toMatchObject({ self: newest });
  expect(await read(['AudioFiles'])).toMatchObject({ self: newest });
  await expect(read(['Images'])).rejects.toThrow(
    /^Choose another locale or other data_kinds: no base model of en-US can be trained with Images; the newest, \d{8} Whisper, does not support endpoints$/,
  );
});
