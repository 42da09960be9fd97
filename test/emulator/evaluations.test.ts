import { describe, expect, it } from 'vitest';
import { asServiceRounds } from '../../emulator/work/run-evaluation.ts';
import { scoreFile } from '../../emulator/work/score-file.ts';
import { scoreUtterances } from '../../workflows/scoring/score-utterances.ts';
import { acousticZip, recordings } from './acoustic-zip.ts';
import { type Client, pathOf, startClient } from './client.ts';
import { ward, wardNotes } from './recognition/spoken-texts.ts';

describe('an evaluation', () => {
  it('recognises the dataset with both models and scores what they heard', async () => {
    const client = await startClient();
    const { dataset, base, custom } = await subjects(client);
    const created = await client.create('/evaluations', {
      displayName: 'gate',
      locale: 'en-US',
      dataset: { self: dataset.self },
      model1: { self: base.self },
      model2: { self: custom.self },
      customProperties: { testingKind: 'Evaluation' },
    });
    expect(created.status).toBe('NotStarted');
    expect(new Set(Object.values(created.properties))).toEqual(new Set([-1]));
    expect(created.properties).not.toHaveProperty('tokenErrorRate1');
    expect((await client.get(`${pathOf(created.self)}/files`)).body.values).toEqual([]);

    const { status, properties } = await client.finished(created.self);
    expect(status).toBe('Succeeded');
    const words = ward.join(' ').split(' ').length;
    expect(properties).toMatchObject({ sentenceCount1: ward.length, wordCount1: words, wordCount2: words });
    for (const side of [1, 2]) {
      const count = (name: string): number => properties[`${name}${side}`];
      expect(count('correctWordCount') + count('wordSubstitutionCount') + count('wordDeletionCount')).toBe(words);
      const errors = count('wordSubstitutionCount') + count('wordDeletionCount') + count('wordInsertionCount');
      expect(count('wordErrorRate')).toBe(Math.round((errors / words) * 10_000) / 100 / 100);
    }
    expect(properties.wordErrorRate1).toBeGreaterThan(0.2);
    expect(properties.wordErrorRate2).toBeLessThan(properties.wordErrorRate1 / 2);
  });

  it('has a score file for each recording and model, whose words add up to the counts', async () => {
    const client = await startClient();
    const { dataset, base } = await subjects(client);
    const model = { self: base.self };
    const created = await client.create('/evaluations', {
      displayName: 'e',
      locale: 'en-US',
      dataset: { self: dataset.self },
      model1: model,
      model2: model,
    });
    const { properties } = await client.finished(created.self);
    const files = (await client.get(`${pathOf(created.self)}/files`, { query: { top: 1000 } })).body.values;
    expect(files).toHaveLength(2 * ward.length);
    expect(files[0]).toMatchObject({ kind: 'EvaluationDetails', name: 'ward0.wav.model1_score.json' });
    const first = files.filter(({ name }: { name: string }) => name.endsWith('.model1_score.json'));
    const results = await Promise.all(
      first.map(async (file: { links: { contentUrl: string } }) => (await fetch(file.links.contentUrl)).json()),
    );
    const words = results.flatMap(
      ({
        recognizedPhrases: [
          {
            nBest: [best],
          },
        ],
      }) => best.scoringResult.split(','),
    );
    const tagged = (tag: string): number => words.filter((word) => word.startsWith(`<${tag}>`)).length;
    expect(tagged('substitution')).toBe(properties.wordSubstitutionCount1);
    expect(tagged('deletion')).toBe(properties.wordDeletionCount1);
    expect(tagged('insertion')).toBe(properties.wordInsertionCount1);
    expect(words.filter((word) => !word.startsWith('<'))).toHaveLength(properties.correctWordCount1);
  });

  it('gives the same numbers again, in another emulator too', async () => {
    const scores = await Promise.all(
      [await startClient(), await startClient()].map(async (client) => {
        const { dataset, base, custom } = await subjects(client);
        const created = await client.create('/evaluations', {
          displayName: 'e',
          locale: 'en-US',
          dataset,
          model1: base,
          model2: custom,
        });
        return (await client.finished(created.self)).properties;
      }),
    );
    expect(scores[0]).toEqual(scores[1]);
  });

  it.each<[string, (client: Client) => Promise<object>, string]>([
    ['no dataset', async () => ({ dataset: undefined }), 'InvalidPayload'],
    ['no second model', async () => ({ model2: undefined }), 'InvalidPayload'],
    ['a text dataset', async (client) => ({ dataset: await client.text(wardNotes) }), 'InvalidDataset'],
    [
      'a dataset that is not imported',
      async (client) => ({
        dataset: await client.create('/datasets', { displayName: 'x', locale: 'en-US', kind: 'Acoustic' }),
      }),
      'InvalidDataset',
    ],
    ['another locale', async () => ({ locale: 'de-DE' }), 'InvalidLocale'],
    [
      'a model in training',
      async (client) => ({
        model2: await client.create('/models', {
          displayName: 'x',
          locale: 'en-US',
          datasets: [await client.text(wardNotes)],
        }),
      }),
      'InvalidModel',
    ],
    ['a base model past its end', async (client) => ({ model1: (await client.baseModels())[0] }), 'ModelDeprecated'],
  ])('is refused for %s', async (_name, extra, code) => {
    const client = await startClient();
    const { dataset, base } = await subjects(client);
    const body = { displayName: 'e', locale: 'en-US', dataset, model1: base, model2: base, ...(await extra(client)) };
    const answer = await client.post('/evaluations', body);
    expect(answer).toMatchObject({ status: 400, body: { innerError: { code } } });
  });

  it('holds its dataset and models while it runs, and is deleted afterwards', async () => {
    const client = await startClient();
    const { dataset, base, custom } = await subjects(client);
    const { self } = await client.create('/evaluations', {
      displayName: 'e',
      locale: 'en-US',
      dataset,
      model1: base,
      model2: custom,
    });
    for (const used of [dataset, custom])
      expect((await client.delete(used.self)).body.innerError.code).toBe('InUseViolation');
    expect((await client.delete(self)).body.innerError.code).toBe('DeleteNotAllowed');
    await client.finished(self);
    expect((await client.patch(self, { displayName: 'kept' })).body).toMatchObject({
      displayName: 'kept',
      status: 'Succeeded',
    });
    for (const used of [custom, dataset, { self }, { self }]) expect((await client.delete(used.self)).status).toBe(204);
  });
});

describe('rates', () => {
  it.each([
    [5, 173, 0.028900000000000002],
    [20, 165, 0.12119999999999999],
    [0, 10, 0],
    [15, 10, 1.5],
  ])('of %i errors in %i words are rounded as the service does', (errors, words, expected) => {
    expect(rounded({ wordErrorRate: errors / words }).wordErrorRate).toBe(expected);
  });

  it('of sentences have one decimal', () => {
    expect(rounded({ sentenceErrorRate: 2 / 3 }).sentenceErrorRate).toBe(0.667);
  });
});

describe('a score file', () => {
  it('tags what differs', () => {
    const score = scoreUtterances({
      profile: 'none',
      unit: 'word',
      references: [{ id: 'a.wav', text: 'the patient takes metoprolol daily' }],
      hypotheses: [{ id: 'a.wav', text: 'a the patient may metoprolol' }],
    });
    const words = ['a', 'the', 'patient', 'may', 'metoprolol'].map((word) => ({
      word,
      offset: 0,
      duration: 1,
      confidence: 0.5,
    }));
    const file = JSON.parse(scoreFile('a.wav', score.utterances[0] as never, words));
    expect(file.recognizedPhrases[0].nBest[0]).toEqual({
      confidence: 0.5,
      lexical: 'a the patient may metoprolol',
      scoringResult:
        '<insertion>a</insertion>,the,patient,<substitution>may</substitution>,metoprolol,<deletion>daily</deletion>',
    });
  });
});

async function subjects(client: Client) {
  const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('ward', ward)));
  const base = (await client.baseModels()).at(-1);
  const custom = await client.model([await client.text(wardNotes)]);
  return { dataset, base, custom };
}

function rounded(rates: { wordErrorRate?: number; sentenceErrorRate?: number }) {
  const counts = { correct: 0, substitutions: 0, deletions: 0, insertions: 0 };
  return asServiceRounds({ wordErrorRate: 0, sentenceErrorRate: 0, ...rates, counts, words: 0, utterances: [] });
}
