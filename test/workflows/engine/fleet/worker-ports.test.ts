import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { guardPorts } from '../../../../workflows/engine/fleet/worker-ports.ts';
import type { Ports } from '../../../../workflows/engine/ports.ts';
import { createFakeWorld } from '../../steps/fake-world.ts';

describe('guardPorts', () => {
  it('guards every request that is part of a change, and no reading', async () => {
    const guarded = new AsyncLocalStorage<true>();
    const seen: string[] = [];
    const { speech } = guardPorts(noting(seen, guarded), {
      change: async (act) => await guarded.run(true, act),
      whileWaiting: async (wait) => await wait(),
      pollMilliseconds: 1,
      folder: '/',
    });
    await speech.models.list();
    await speech.baseModels.get('1');
    await speech.datasets.wait('1');
    await speech.evaluations.files('1');
    await speech.projects.create({ displayName: 'p', locale: 'en-US' });
    await speech.endpoints.update('1', {});
    await speech.models.delete('1');
    await speech.datasets.uploadContent('1', nothing());
    expect(seen).toEqual([
      'list',
      'get',
      'get',
      'files',
      'create, guarded',
      'update, guarded',
      'delete, guarded',
      'uploadContent, guarded',
    ]);
  });
});

/** Ports that note what is called, and whether that is guarded. */
function noting(seen: string[], guarded: AsyncLocalStorage<true>): Ports {
  const collection = new Proxy(
    {},
    {
      ownKeys: () => names,
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      get: (_, name) => async () => {
        seen.push(`${String(name)}${guarded.getStore() === true ? ', guarded' : ''}`);
        return { status: 'Succeeded' };
      },
    },
  );
  const kinds = ['projects', 'datasets', 'models', 'baseModels', 'evaluations', 'endpoints'];
  const speech = Object.fromEntries(kinds.map((kind) => [kind, collection]));
  const { ports } = createFakeWorld();
  return { ...ports, speech: { ...ports.speech, ...speech } };
}

const names = ['list', 'get', 'create', 'update', 'delete', 'wait', 'files', 'uploadContent'];

async function* nothing(): AsyncGenerator<Uint8Array> {}
