import { describe, expect, it } from 'vitest';
import { Ownership } from '../../../workflows/engine/ownership.ts';
import type { Ports, StoragePort } from '../../../workflows/engine/ports.ts';
import { createFakeWorld } from '../steps/fake-world.ts';

describe('Ownership', () => {
  it('guards every request that is part of a change, and no reading', async () => {
    const { ports, seen, ownership } = guardedWorld();
    const { speech } = ownership.portsFor(ports, async () => void seen.push('asked'));
    await speech.models.list();
    await speech.baseModels.get('1');
    await speech.datasets.wait('1');
    await speech.evaluations.files('1');
    await speech.projects.create({ displayName: 'p', locale: 'en-US' });
    await speech.endpoints.update('1', {});
    await speech.models.delete('1');
    await speech.evaluations.delete('1');
    await speech.datasets.delete('1');
    await speech.datasets.uploadContent('1', nothing());
    const readings = ['list', 'get', 'wait', 'files'];
    const asked = ['create', 'update', 'delete', 'delete', 'delete', 'uploadContent'];
    expect(seen).toEqual([...readings, ...asked.flatMap((name) => ['asked', name])]);
  });

  it('guards what is stored for the Speech resource', async () => {
    const { ports, seen, ownership } = guardedWorld();
    const plain: StoragePort = {
      async store() {
        await ownership.beforeSending();
        seen.push('store');
        return 'stored';
      },
      signedUrl: async () => 'https://account/blob',
    };
    const { storage } = ownership.portsFor({ ...ports, storage: plain }, async () => void seen.push('asked'));
    await storage?.store({ container: 'c', name: 'b' }, nothing());
    expect(await storage?.signedUrl({ container: 'c', name: 'b' })).toBe('https://account/blob');
    expect(seen).toEqual(['asked', 'store']);
  });

  it('lets nothing of a change be sent that may not be made any more', async () => {
    const { ports, seen, ownership } = guardedWorld();
    const taken = new Error('The run was taken over');
    const { speech } = ownership.portsFor(ports, async () => await Promise.reject(taken));
    await expect(speech.models.delete('1')).rejects.toBe(taken);
    await speech.models.get('1');
    expect(seen).toEqual(['get']);
  });

  it('asks for each of the runs that share a connection its own question', async () => {
    const { ports, seen, ownership } = guardedWorld();
    const [one, two] = ['one', 'two'].map((run) => ownership.portsFor(ports, async () => void seen.push(run)));
    await Promise.all([one?.speech.models.delete('1'), two?.speech.models.delete('2')]);
    expect(seen.toSorted()).toEqual(['delete', 'delete', 'one', 'two']);
  });
});

/** Ports that note what is sent, and ask the guard before. */
function guardedWorld() {
  const seen: string[] = [];
  const ownership = new Ownership();
  const collection = new Proxy(
    {},
    {
      ownKeys: () => names,
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      get: (_, name) => async () => {
        await Promise.resolve();
        await ownership.beforeSending();
        seen.push(String(name));
        return { status: 'Succeeded' };
      },
    },
  );
  const kinds = ['projects', 'datasets', 'models', 'baseModels', 'evaluations', 'endpoints'];
  const speech = Object.fromEntries(kinds.map((kind) => [kind, collection]));
  const { ports } = createFakeWorld();
  const whole: Ports = { ...ports, speech: { ...ports.speech, ...speech } };
  return { ports: whole, seen, ownership };
}

const names = ['list', 'get', 'create', 'update', 'delete', 'wait', 'files', 'uploadContent'];

async function* nothing(): AsyncGenerator<Uint8Array> {}
