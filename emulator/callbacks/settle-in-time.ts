import type { WorkedEntity, WorkedName } from '../state/entities.ts';
import { settled } from '../work/settle.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

const everyMilliseconds = 100;
const collections: readonly WorkedName[] = ['datasets', 'models', 'evaluations', 'endpoints', 'transcriptions'];

/**
 * Applies the transitions that are due without waiting for a reader, while there is a webhook to hear of them. It looks every
 * tenth of a real second, however the clock is moved.
 */
export function settleInTime(resource: SpeechResource): { stop(): Promise<void> } {
  const underWay = new Map<string, Promise<unknown>>();
  const settle = (collection: WorkedName, { id, progress }: WorkedEntity): void => {
    if (progress === undefined || progress.dueAt > resource.clock.now() || underWay.has(id)) return;
    const settling = settled(resource, collection, id).finally(() => underWay.delete(id));
    underWay.set(id, settling);
  };
  const timer = setInterval(() => {
    if (resource.store.all('webhooks').length === 0) return;
    for (const collection of collections) {
      for (const entity of resource.store.all(collection)) settle(collection, entity);
    }
  }, everyMilliseconds).unref();
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay.values());
    },
  };
}
