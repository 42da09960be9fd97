import { expect, it } from 'vitest';
import { digestProperty } from '../../../../workflows/plan/identity.ts';
import type { MadeOfData } from '../../../../workflows/steps/upload/made-of-data.ts';
import { madeOfData } from '../../../../workflows/steps/upload/made-of-data.ts';
import { datasetDigest } from '../../../../workflows/steps/upload/uploaded-dataset.ts';

const data = { kind: 'Acoustic', locale: 'en-US', digests: ['d'.repeat(64)] } as const;

it('follows data by their digest to datasets, to models trained with one of them, and to the endpoints of these', () => {
  const entity = (collection: string, id: number, more: object = {}) => ({
    self: `https://speech/${collection}/0000000${id}-0000-4000-8000-000000000000`,
    displayName: `${collection} ${id}`,
    ...more,
  });
  const digest = (normalization: 'Default' | 'None', locale = 'en-US') => ({
    [digestProperty]: datasetDigest({ kind: 'Acoustic', locale, 'text-normalization': normalization }, data.digests[0]),
  });
  const datasets = [
    entity('datasets', 1, { customProperties: digest('Default') }),
    entity('datasets', 2, { customProperties: digest('None') }),
    entity('datasets', 3, { customProperties: digest('None', 'en-GB') }),
    entity('datasets', 4),
  ];
  const models = [
    entity('models', 5, { datasets: [{ self: datasets[3]?.self }, { self: datasets[1]?.self }] }),
    entity('models', 6, { datasets: [{ self: datasets[2]?.self }] }),
    entity('models', 7),
  ];
  const endpoints = models.map((model, index) => entity('endpoints', 8 - index, { model: { self: model.self } }));
  const found = madeOfData(data, { datasets, models, endpoints } as unknown as MadeOfData);
  expect(found).toEqual({ datasets: datasets.slice(0, 2), models: [models[0]], endpoints: [endpoints[0]] });
});
