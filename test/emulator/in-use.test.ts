import { expect, it } from 'vitest';
import { acousticZip, recordings } from './acoustic-zip.ts';
import { startClient } from './client.ts';
import { ward, wardNotes } from './recognition/spoken-texts.ts';

it('what a training and an evaluation worked with can be deleted once they are due, whether anybody has read them or not', async () => {
  const client = await startClient();
  const text = await client.text(wardNotes);
  const audio = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('ward', ward.slice(0, 2))));
  await client.create('/models', { displayName: 'm', locale: 'en-US', datasets: [text] });
  expect((await client.delete(text.self)).body.innerError.code).toBe('InUseViolation');
  await client.advance(100_000);
  expect((await client.delete(text.self)).status).toBe(204);

  const [model] = (await client.get('/models')).body.values;
  await client.create('/evaluations', {
    displayName: 'e',
    locale: 'en-US',
    dataset: audio,
    model1: model,
    model2: model,
  });
  for (const used of [audio, model])
    expect((await client.delete(used.self)).body.innerError.code).toBe('InUseViolation');
  await client.advance(100_000);
  for (const used of [audio, model]) expect((await client.delete(used.self)).status).toBe(204);
});
