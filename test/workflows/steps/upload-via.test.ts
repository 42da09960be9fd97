import { describe, expect, it } from 'vitest';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { SendProgress, StoragePort } from '../../../workflows/engine/ports.ts';
import { upload } from '../../../workflows/steps/upload/index.ts';
import { ProgressTeller } from '../../../workflows/steps/upload/tell-progress.ts';
import { createFakeWorld, type FakeWorld, serviceError } from './fake-world.ts';
import { runStep } from './run-step.ts';

const container = 'https://account.blob.core.windows.net/datasets';
const many = 64 * 2 ** 20;
const settings: UploadWith = {
  kind: 'Acoustic',
  from: 'calls.zip',
  name: 'calls',
  locale: 'en-US',
  'text-normalization': 'Default',
  'max-rejected': 0.05,
  check: 'fail',
  via: 'auto',
  container,
  'read-with': 'signature',
};

/** A world whose local data have so many bytes, and with a container that keeps what is stored in it. */
function storing(bytes: number): { readonly world: FakeWorld; readonly blobs: Map<string, number> } {
  const world = createFakeWorld();
  const blobs = new Map<string, number>();
  const storage: StoragePort = {
    async store({ container: url, name }, content) {
      const key = `${url}/${name}`;
      if (blobs.has(key)) return 'was-there';
      let sent = 0;
      for await (const chunk of content) sent += chunk.byteLength;
      blobs.set(key, sent);
      return 'stored';
    },
    signedUrl: async ({ container: url, name }) => `${url}/${name}?sig=secret`,
  };
  Object.assign(world.ports, { storage });
  Object.assign(world.ports.data, { describe: async () => ({ digest: 'd', files: 1, bytes }) });
  return { world, blobs };
}

describe('upload through storage', () => {
  it.each([
    ['auto', 'signature', many, container, 'storage'],
    ['auto', 'signature', many - 1, container, 'blocks'],
    ['auto', 'identity', 1, container, 'storage'],
    ['auto', 'signature', many, undefined, 'blocks'],
    ['storage', 'signature', 1, container, 'storage'],
    ['blocks', 'identity', many, container, 'blocks'],
  ] as const)(
    'takes, with via: %s, read-with: %s and %i bytes, in %s, the way of %s',
    async (via, readWith, bytes, url, way) => {
      const { world, blobs } = storing(bytes);
      const { container: _, ...rest } = settings;
      const wanted = { ...rest, via, 'read-with': readWith, ...(url === undefined ? {} : { container: url }) };
      const { effects, outcome } = await runStep(upload, wanted, { world });
      expect(outcome.kind).toBe('done');
      expect(effects).toEqual(
        way === 'blocks' ? ['create-dataset', 'upload-content'] : ['create-dataset', 'store-content'],
      );
      expect(blobs.size).toBe(way === 'blocks' ? 0 : 1);
      expect(world.objects.datasets[0]?.contentUrl === undefined).toBe(way === 'blocks');
      expect(planned(wanted, { world, bytes })).toEqual(expect.arrayContaining([...effects]));
    },
  );

  it('gives the service the signed URL of a blob that the digest names, and tells nobody the signature', async () => {
    const { world } = storing(many);
    const { said, outcome } = await runStep(upload, settings, { world });
    const [dataset] = world.objects.datasets;
    const digest = dataset?.customProperties?.['speechops-digest'];
    expect(dataset?.contentUrl).toBe(`${container}/speechops/${digest}.zip?sig=secret`);
    expect(said).toContain('the data go through storage account/datasets: they have 64.0 MiB or more');
    expect(JSON.stringify([said, outcome])).not.toContain('secret');
  });

  it('gives the service the plain URL where that reads with its own identity', async () => {
    const { world } = storing(1);
    await runStep(upload, { ...settings, kind: 'Language', 'read-with': 'identity' }, { world });
    expect(world.objects.datasets[0]?.contentUrl).toMatch(/^https:\/\/account\.[^?]*\/speechops\/[0-9a-f]{64}\.txt$/);
  });

  it('sends nothing twice: not while the dataset is there, nor while the blob is', async () => {
    const { world, blobs } = storing(many);
    await runStep(upload, settings, { world });
    const again = await runStep(upload, settings, { world });
    expect([again.outcome.kind, again.effects]).toEqual(['reused', []]);
    world.objects.datasets.length = 0;
    Object.assign(world.ports.data, {
      content() {
        throw new Error('the content is not to be read');
      },
    });
    Object.assign(world.ports, {
      storage: {
        ...world.ports.storage,
        store: async ({ name }: { readonly name: string }) => {
          expect([...blobs.keys()]).toEqual([`${container}/${name}`]);
          return 'was-there';
        },
      },
      data: { ...world.ports.data, content: async function* () {} },
    });
    const third = await runStep(upload, settings, { world });
    expect(third.said).toContain('the container has this content already');
    expect(world.objects.datasets).toHaveLength(1);
  });

  it('sends no blocks to a dataset that another run has made through storage', async () => {
    const { world } = storing(many);
    await runStep(upload, settings, { world });
    Object.assign(world.objects.datasets[0] ?? {}, { status: 'NotStarted' });
    const { effects, outcome } = await runStep(upload, settings, { world });
    expect([effects, outcome.kind]).toEqual([[], 'done']);
    expect(world.created).not.toContain(`content of ${world.objects.datasets[0]?.self}`);
  });

  it('stores nothing of faulty data', async () => {
    const { world, blobs } = storing(many);
    world.check = { ...world.check, isRefused: true, told: ['it is no zip'] };
    await expect(runStep(upload, settings, { world })).rejects.toThrow('the service would refuse them');
    expect([blobs.size, world.created]).toEqual([0, []]);
  });

  it('outlasts half an hour in which the storage does not answer, and makes one dataset', async () => {
    const { world } = storing(many);
    let now = 0;
    const { storage } = world.ports;
    Object.assign(world.ports.clock, { sleep: async (milliseconds: number) => void (now += milliseconds) });
    Object.assign(world.ports, {
      storage: {
        ...storage,
        async store(...args: Parameters<StoragePort['store']>) {
          if (now < 30 * 60_000) throw serviceError('no answer of the storage', { status: 503, outcome: 'refused' });
          return await storage?.store(...args);
        },
      },
    });
    const { said } = await runStep(upload, settings, { world });
    expect(said).toContain('the service answers again');
    expect(world.objects.datasets).toHaveLength(1);
  });

  it.each([
    [{ via: 'storage', container: undefined }, 'Name a container'],
    [{ container: 'https://contoso.com/datasets' }, 'its host is not one of Azure Storage'],
    [{ container: 'http://account.blob.core.windows.net/datasets' }, 'its host is not one of Azure Storage'],
    [
      { container: 'https://account.blob.core.windows.net.contoso.com/datasets' },
      'its host is not one of Azure Storage',
    ],
    [{ container: 'https://account.blob.core.windows.net' }, 'its path is not the name of one container'],
    [
      { container: 'https://account.blob.core.windows.net/datasets/folder' },
      'its path is not the name of one container',
    ],
    [{ container: `${container}?sv=1&sig=abc` }, 'it has more than a path'],
    [
      { container: 'https://account.blob.core.windows.net/customspeech-models' },
      'the Speech service keeps its own data',
    ],
    [{ container: 'datasets' }, 'it is no URL'],
  ] as const)('refuses %j', async (change, message) => {
    const { world } = storing(many);
    const { container: own, ...rest } = { ...settings, ...change };
    const wanted: UploadWith = { ...rest, ...(own === undefined ? {} : { container: own }) };
    await expect(runStep(upload, wanted, { world })).rejects.toThrow(message);
    expect(world.created).toEqual([]);
    expect(plan(wanted, { world, bytes: many })).toMatchObject({
      action: 'fail',
      summary: expect.stringContaining(message),
    });
  });

  it.each([
    'https://account.blob.core.windows.net/datasets/',
    'https://account.blob.core.chinacloudapi.cn/datasets',
    'https://account.z12.blob.storage.azure.net/datasets',
    'http://127.0.0.1:10000/devstoreaccount1/datasets',
  ])('takes the container %s', (url) => {
    const { world } = storing(many);
    expect(plan({ ...settings, container: url }, { world, bytes: many })).toMatchObject({
      action: 'create',
      summary: expect.stringMatching(
        /, 1 file, 64\.0 MiB, through storage (account|devstoreaccount1)\/datasets \(they have/,
      ),
    });
  });
});

describe('the progress of an upload', () => {
  const mebibyte = 2 ** 20;
  const told = (size: ConstructorParameters<typeof ProgressTeller>[1]) => {
    const world = createFakeWorld();
    const said: string[] = [];
    let now = 0;
    Object.assign(world.ports.clock, { now: () => new Date(now) });
    const teller = new ProgressTeller({ ports: world.ports, report: (line) => void said.push(line) }, size);
    return {
      said,
      teller,
      at(seconds: number, progress: SendProgress): void {
        now = seconds * 1000;
        teller.tell(progress);
      },
    };
  };

  it('says how much is there, how fast it goes and how long it takes, every two seconds', () => {
    const { said, at, teller } = told({ bytes: 100 * mebibyte, isExact: true });
    at(1, { there: 8 * mebibyte, sent: 8 * mebibyte });
    at(2, { there: 16 * mebibyte, sent: 16 * mebibyte });
    at(4, { there: 32 * mebibyte, sent: 32 * mebibyte });
    teller.end({ there: 100 * mebibyte, sent: 100 * mebibyte });
    expect(said).toEqual([
      '8.0 MiB of 100.0 MiB sent, 8.0 MiB/s, 12 s left',
      '32.0 MiB of 100.0 MiB sent, 8.0 MiB/s, 9 s left',
      '100.0 MiB sent',
    ]);
  });

  it('counts what was there before, and not as speed', () => {
    const { said, at, teller } = told({ bytes: 2048 * mebibyte, isExact: false });
    at(0.1, { there: 1024 * mebibyte, sent: 0 });
    at(8, { there: 1032 * mebibyte, sent: 8 * mebibyte });
    teller.end({ there: 1032 * mebibyte, sent: 8 * mebibyte });
    expect(said).toEqual([
      '1.0 GiB of about 2.0 GiB sent',
      '1.0 GiB of about 2.0 GiB sent, 1.0 MiB/s, 17 min left',
      '1.0 GiB sent, of which 1.0 GiB were there from an earlier attempt',
    ]);
  });

  it('forgets how fast it was half a minute ago', () => {
    const { said, at } = told({ bytes: 1000 * mebibyte, isExact: true });
    at(10, { there: 500 * mebibyte, sent: 500 * mebibyte });
    at(20, { there: 501 * mebibyte, sent: 501 * mebibyte });
    at(60, { there: 505 * mebibyte, sent: 505 * mebibyte });
    expect(said.at(-1)).toBe('505.0 MiB of 1000.0 MiB sent, 102.4 KiB/s, 83 min left');
  });
});

function plan(wanted: UploadWith, { world, bytes }: { readonly world: FakeWorld; readonly bytes: number }) {
  return upload.plan(
    { known: wanted, with: wanted, waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } },
    {
      ...world.objects,
      datasets: [],
      observedAt: '2026-06-01T00:00:00Z',
      localData: { [`${wanted.kind}:${wanted.from}`]: { digest: 'd', files: 1, bytes } },
      urls: {},
    },
  );
}

function planned(wanted: UploadWith, of: { readonly world: FakeWorld; readonly bytes: number }): readonly string[] {
  return plan(wanted, of).effects;
}
