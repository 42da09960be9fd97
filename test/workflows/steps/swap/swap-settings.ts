import type { SwapWith } from '../../../../schemas/types.gen.ts';
import type { FakeWorld } from '../fake-world.ts';

/** The model that the endpoint serves, and the one that it is given. */
export const oldModel = 'https://speech/models/old';
export const newModel = 'https://speech/models/new';

/** The proof of a swap that hears which model answers. */
export const verify = {
  audio: 'smoke',
  channel: 'sdk',
  'max-wer': 0.2,
  every: 1,
  discriminate: 8,
  streams: 0,
  'settle-at-least': 600,
} as const;

export const settings: SwapWith = {
  endpoint: 'call-center',
  create: false,
  model: newModel,
  strategy: 'direct',
  verify,
  'min-days-left': 30,
  'settle-timeout': 1800,
};

/** Of a swap that may make the endpoint, and waits a minute. */
export const hurried: SwapWith = { ...settings, create: true, 'settle-timeout': 60 };

/** The mark of the first endpoint, without the run that has proved its model. */
export function markOf({ objects }: Pick<FakeWorld, 'objects'>): string | undefined {
  return withoutRun(objects.endpoints[0]?.customProperties?.['speechops-swap']);
}

export function withoutRun(mark: string | null | undefined): string | undefined {
  return mark?.replace(/ by [0-9a-f]{16}$/, '');
}
