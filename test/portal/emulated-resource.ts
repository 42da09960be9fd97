import type { ResourceSource } from '../../portal/server/sources.ts';
import type { Ports } from '../../workflows/engine/ports.ts';
import { createSpeechClient } from '../../workflows/speech/speech-client.ts';
import type { Client } from '../emulator/client.ts';
import { lastingTurn } from './fake-resource.ts';

/** An emulator of a test as a Speech resource of the portal; its data port is of no use. */
export function emulatedResource({ emulator }: Client): ResourceSource {
  const speech = createSpeechClient({ endpoint: emulator.url, credential: { key: emulator.key } });
  const clock = { now: () => new Date('2026-01-02T03:04:05Z'), sleep: async () => undefined };
  return {
    id: 'emulator',
    name: 'Emulator',
    endpoint: emulator.url,
    borrow: async (act) => await act({ speech, clock, data: {} } as unknown as Ports, lastingTurn),
  };
}
