import type { Ports } from '../../workflows/engine/ports.ts';
import { createSpeechClient } from '../../workflows/speech/speech-client.ts';
import { createFakeWorld } from '../workflows/steps/fake-world.ts';
import { type Client, startClient } from '../emulator/client.ts';
import type { ResourceSource } from '../../portal/server/sources.ts';
import { lastingTurn } from './fake-resource.ts';

/** An emulator of the test's own as the portal's Speech resource, with its real client. Local data are stand-ins. */
export async function startEmulatorResource(): Promise<{
  readonly emulator: Client;
  readonly resource: ResourceSource;
}> {
  const emulator = await startClient();
  const { url, key } = emulator.emulator;
  const speech = createSpeechClient({ endpoint: url, credential: { key }, retryDelayMilliseconds: 1 });
  const ports: Ports = { ...createFakeWorld().ports, speech };
  return {
    emulator,
    resource: { id: 'east', name: 'east', endpoint: url, borrow: async (act) => await act(ports, lastingTurn) },
  };
}
