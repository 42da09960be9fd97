import { expect, it } from 'vitest';
import { acousticZip, recordings, wavOf } from './acoustic-zip.ts';
import { idOf, pathOf, startClient } from './client.ts';
import { craftZip } from './ingest/craft-zip.ts';
import { ward } from './recognition/spoken-texts.ts';

const clips = recordings('ward', ward.slice(0, 4));
const audioOnly = craftZip(clips.map((clip) => ({ name: clip.name, content: wavOf(clip) })));

it('audio without transcripts is evaluated without counts, and the files say what both models heard', async () => {
  const client = await startClient();
  await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
  const dataset = await client.dataset({ kind: 'AudioFiles' }, audioOnly);
  const base = (await client.baseModels()).at(-1);
  const { self } = await client.create('/evaluations', {
    displayName: 'inspection',
    locale: 'en-US',
    dataset,
    // As Microsoft's page on evaluations writes a base model.
    model1: { self: base.self.replace('/models/base/', '/models/') },
    model2: base,
  });
  const evaluation = await client.finished(self);
  expect(evaluation).toMatchObject({ status: 'Succeeded', model1: { self: base.self } });
  expect(new Set(Object.values(evaluation.properties))).toEqual(new Set([-1]));
  const { values } = (await client.get(`${pathOf(self)}/files`)).body;
  expect(values).toHaveLength(2 * clips.length);
  const file = JSON.parse(await (await fetch(values[0].links.contentUrl)).text());
  expect(file.recognizedPhrases[0].nBest[0].lexical).not.toBe('');
  expect(file.recognizedPhrases[0].nBest[0]).not.toHaveProperty('scoringResult');
});

it('audio without transcripts trains a model in en-US, and in no other locale', async () => {
  const client = await startClient();
  const dataset = await client.dataset({ kind: 'AudioFiles' }, audioOnly);
  const model = await client.model([dataset]);
  expect(model).toMatchObject({ status: 'Succeeded', properties: { customModelWeightPercent: 30 } });
  const [file] = (await client.get(model.links.files)).body.values;
  const { audioSeconds } = (await (await fetch(file.links.contentUrl)).json()) as { readonly audioSeconds: number };
  expect(audioSeconds).toBeCloseTo((dataset.properties.durationMilliseconds / 1000) * 0.25, 3);
  const german = await client.dataset({ kind: 'AudioFiles', locale: 'de-DE' }, audioOnly);
  const refused = await client.post('/models', { displayName: 'm', locale: 'de-DE', datasets: [german] });
  expect(refused.body.innerError.code).toBe('InvalidAdaptationMapping');
});

it('transcripts as they are displayed have token error rates, whose edits are told apart', async () => {
  const client = await startClient();
  const displayed = clips.map((clip) => ({ ...clip, transcript: `${clip.transcript.toUpperCase()}!` }));
  const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(displayed));
  const base = (await client.baseModels()).at(-1);
  const { self } = await client.create('/evaluations', {
    displayName: 'e',
    locale: 'en-US',
    dataset,
    model1: base,
    model2: base,
  });
  const { properties } = await client.finished(self);
  const edits = properties.tokenSubstitutionCount1 + properties.tokenDeletionCount1 + properties.tokenInsertionCount1;
  expect(properties.tokenCount1).toBe(properties.correctTokenCount1 + edits);
  expect(properties.tokenErrorRate1).toBeCloseTo(edits / properties.tokenCount1, 4);
  expect(properties.tokenErrors1.punctuation.numberOfEdits).toBe(clips.length);
  expect(properties.tokenErrors1.capitalization.numberOfEdits).toBeGreaterThan(clips.length);
  const all = Object.values(properties.tokenErrors1) as { numberOfEdits: number; percentageOfAllEdits: number }[];
  expect(all.reduce((sum, { numberOfEdits }) => sum + numberOfEdits, 0)).toBe(edits);
  expect(all.reduce((sum, { percentageOfAllEdits }) => sum + percentageOfAllEdits, 0)).toBeCloseTo(100, 0);
});

it('a reference to an object of another host is none', async () => {
  const client = await startClient();
  const base = (await client.baseModels()).at(-1);
  const elsewhere = `https://eastus.api.cognitive.microsoft.com${new URL(base.self).pathname}`;
  const body = { displayName: 'e', locale: 'en-US', model: { self: elsewhere } };
  expect(await client.post('/endpoints', body)).toMatchObject({ status: 400, body: { target: 'model' } });
  const moved = { ...body, model: { self: `http://localhost:1/speechtotext/models/base/${idOf(base.self)}` } };
  expect((await client.post('/endpoints', moved)).status).toBe(201);
});

it('a path that no API has is answered as a gateway does', async () => {
  const client = await startClient();
  const answer = await fetch(`${client.emulator.url}/speech/nothing`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ error: { code: '404', message: 'Resource not found' } });
});
