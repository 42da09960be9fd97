import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acousticZip, recordings, wavOf } from './acoustic-zip.ts';
import { type Client, pathOf, startClient } from './client.ts';
import { ward, wardNotes } from './recognition/spoken-texts.ts';

const clips = recordings('ward', ward.slice(0, 3));
const members = { displayName: 'calls', locale: 'en-US', properties: { timeToLiveHours: 48 } };

describe('a batch transcription', () => {
  it('recognises what lies behind addresses with a custom model, and reports what cannot be had', async () => {
    const client = await startClient();
    await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const project = await client.create('/projects', { displayName: 'p', locale: 'en-US' });
    const model = await client.model([await client.text(wardNotes)]);
    const storage = await startStorage();
    const contentUrls = ['ward0.wav', 'ward1.wav', 'gone.wav'].map((name) => `${storage}/calls/${name}?sig=secret`);
    const submitted = await client.post('/transcriptions:submit', {
      ...members,
      contentUrls,
      model: { self: model.self },
      project: { self: project.self },
      properties: { timeToLiveHours: 48, wordLevelTimestampsEnabled: true },
    });
    expect(submitted).toMatchObject({ status: 201, body: { status: 'NotStarted', model: { self: model.self } } });
    expect(submitted.headers.get('location')).toBe(submitted.body.self);
    const { self } = submitted.body;
    expect((await client.delete(model.self)).body.innerError.code).toBe('InUseViolation');
    expect((await client.delete(self)).body.innerError.code).toBe('DeleteNotAllowed');

    await client.advance(600);
    const done = (await client.get(self)).body;
    const seconds = clips.slice(0, 2).reduce((sum, clip) => sum + clip.samples.length / clip.sampleRate, 0);
    expect(done).toMatchObject({
      status: 'Succeeded',
      properties: { timeToLiveHours: 48, durationMilliseconds: seconds * 1000 },
    });
    for (const list of ['/transcriptions', project.links.transcriptions]) {
      expect((await client.get(list)).body.values.map((each: { self: string }) => each.self)).toEqual([self]);
    }
    const files = await filesOf(client, self);
    expect(files.map(({ name, kind }) => [name, kind])).toEqual([
      ['contenturl_0.json', 'Transcription'],
      ['contenturl_1.json', 'Transcription'],
      ['report.json', 'TranscriptionReport'],
    ]);
    const report = files[2]?.content;
    expect(report).toMatchObject({ successfulTranscriptionsCount: 2, failedTranscriptionsCount: 1 });
    expect(report.details[2]).toMatchObject({ source: `${storage}/calls/gone.wav`, status: 'Failed' });
    expect(JSON.stringify([done, files])).not.toContain('secret');
    const result = files[0]?.content;
    expect(result.source).toBe(`${storage}/calls/ward0.wav`);
    const [phrase] = result.recognizedPhrases;
    expect(phrase.nBest[0].words.map(({ word }: { word: string }) => word).join(' ')).toBe(phrase.nBest[0].lexical);
    expect(result.combinedRecognizedPhrases[0].lexical).toBe(phrase.nBest[0].lexical);
    expect(result.durationMilliseconds).toBe((clips[0]!.samples.length * 1000) / clips[0]!.sampleRate);
    // The same words as through every other door.
    expect(phrase.nBest[0].lexical).toBe(await evaluated(client, model.self));
  });

  it('takes a container, and a dataset', async () => {
    const client = await startClient();
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const storage = await startStorage();
    const contents: string[] = [];
    for (const source of [{ contentContainerUrl: `${storage}/calls?sv=1` }, { dataset: { self: dataset.self } }]) {
      const { self, ...created } = (await client.post('/transcriptions:submit', { ...members, ...source })).body;
      expect(created).not.toHaveProperty('contentContainerUrl');
      expect((await client.finishedSoon(self)).status).toBe('Succeeded');
      const files = await filesOf(client, self);
      expect(files).toHaveLength(clips.length + 1);
      contents.push(files[0]?.content.combinedRecognizedPhrases[0].display);
    }
    expect(contents[0]).toBe(contents[1]);
  });

  it('is changed, deleted, and gone when its time is over', async () => {
    const client = await startClient();
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const submit = async () => (await client.post('/transcriptions:submit', { ...members, dataset })).body.self;
    const [first, second] = [await submit(), await submit()];
    await client.finishedSoon(first);
    await client.finishedSoon(second);
    expect((await client.patch(first, { displayName: 'kept' })).body.displayName).toBe('kept');
    expect((await client.delete(second)).status).toBe(204);
    expect((await client.get(second)).status).toBe(404);
    await client.advance(49 * 3600);
    expect((await client.get(first)).status).toBe(404);
  });

  it('takes settings of recognition as the definition has them, and says what is wrong with others', async () => {
    const client = await startClient();
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const submit = async (settings: object) => {
      const properties = { ...members.properties, ...settings };
      const { status, body } = await client.post('/transcriptions:submit', { ...members, dataset, properties });
      return status === 201 ? body.properties : [status, body.innerError.code, body.innerError.target];
    };
    const good = { channels: [1], diarization: { enabled: true, maxSpeakers: 35 }, profanityFilterMode: 'None' };
    expect(await submit(good)).toMatchObject(good);
    const target = 'properties.diarization.maxSpeakers';
    expect(await submit({ diarization: { enabled: true, maxSpeakers: 36 } })).toEqual([400, 'InvalidPayload', target]);
    expect(await submit({ channels: [2] })).toEqual([400, 'InvalidChannelSpecification', 'properties.channels']);
  });

  it('fails when no recording can be had', async () => {
    const client = await startClient();
    const contentUrls = [`${await startStorage()}/calls/gone.wav`];
    const { self } = (await client.post('/transcriptions:submit', { ...members, contentUrls })).body;
    const failed = await client.finishedSoon(self);
    expect(failed).toMatchObject({ status: 'Failed', properties: { error: { code: 'InvalidRecordingsUri' } } });
    expect(failed.properties.error.message).toContain('it answered 404');
  });

  it.each([
    ['no time to live', { properties: {}, contentUrls: ['http://127.0.0.1:1/a.wav'] }, 'InvalidTimeToLive'],
    ['no source', {}, 'OnlyOneOfUrlsOrContainerOrDataset'],
    [
      'two sources',
      { contentUrls: ['http://127.0.0.1:1/a.wav'], contentContainerUrl: 'http://127.0.0.1:1/a' },
      'OnlyOneOfUrlsOrContainerOrDataset',
    ],
    ['no address', { contentUrls: ['a.wav'] }, 'InvalidRecordingsUri'],
    [
      'more than 1000',
      { contentUrls: Array.from({ length: 1001 }, () => 'http://127.0.0.1:1/a.wav') },
      'ExceededNumberOfRecordingsUris',
    ],
  ])('is refused for %s', async (_name, body, code) => {
    const client = await startClient();
    const answer = await client.post('/transcriptions:submit', { ...members, ...body });
    expect(answer).toMatchObject({ status: 400, body: { innerError: { code } } });
  });

  it('is what an evaluation refers to, with what each model heard', async () => {
    const client = await startClient();
    const evaluation = await evaluate(client, (await client.baseModels()).at(-1).self);
    for (const reference of [evaluation.transcription1, evaluation.transcription2]) {
      const transcription = (await client.get(reference.self)).body;
      expect(transcription).toMatchObject({ status: 'Succeeded', model: { self: evaluation.model1.self } });
      const [file] = await filesOf(client, reference.self);
      expect(file?.content).toHaveLength(clips.length);
    }
  });
});

describe('fast transcription', () => {
  it('recognises a part of the form, with the models of its definition', async () => {
    const client = await startClient();
    await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const model = await client.model([await client.text(wardNotes)]);
    const base = await transcribed(client, { locales: ['en-US'] });
    expect(base).toMatchObject({ status: 200, body: { durationMilliseconds: 500 * ward[0]!.split(' ').length } });
    const custom = await transcribed(client, { locales: ['en-US'], models: { 'en-US': model.self } });
    expect(custom.body.combinedPhrases[0].text).not.toBe(base.body.combinedPhrases[0].text);
    expect(custom.body.phrases[0]).toMatchObject({ locale: 'en-US', text: custom.body.combinedPhrases[0].text });
    const [word] = custom.body.phrases[0].words;
    expect(word.offsetMilliseconds).toBe(custom.body.phrases[0].offsetMilliseconds);
  });

  it('takes the enhanced mode with a model that there is, to transcribe', async () => {
    const client = await startClient();
    await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const enhanced = (mode: object) => transcribed(client, { enhancedMode: { enabled: true, ...mode } });
    expect((await enhanced({ model: 'MAI-Transcribe-2' })).body.phrases).not.toEqual([]);
    expect((await enhanced({ model: 'other' })).body.innerError.code).toBe('InvalidModel');
    expect((await enhanced({ task: 'translate' })).body.innerError.code).toBe('InvalidPayload');
  });

  it('takes settings of recognition as the definition has them, and says what is wrong with others', async () => {
    const client = await startClient();
    const codes = async (definition: object) => {
      const { status, body } = await transcribed(client, { locales: ['en-US'], ...definition });
      return [status, body.innerError?.code, body.innerError?.target];
    };
    const good = [200, undefined, undefined];
    for (const maxSpeakers of [2, 35])
      expect(await codes({ diarization: { enabled: true, maxSpeakers } })).toEqual(good);
    for (const maxSpeakers of [1, 36, 2.5, '4'])
      expect(await codes({ diarization: { enabled: true, maxSpeakers } }), `${maxSpeakers}`).toEqual([
        400,
        'InvalidPayload',
        'diarization.maxSpeakers',
      ]);
    for (const channels of [[0], [0, 1], null]) expect(await codes({ channels })).toEqual(good);
    for (const channels of [[], [2], [-1], [0, 1, 1]])
      expect(await codes({ channels }), `${channels}`).toEqual([400, 'InvalidChannelSpecification', 'channels']);
    expect(await codes({ channels: 0 })).toEqual([400, 'InvalidPayload', 'channels']);
    expect(await codes({ profanityFilterMode: 'Tags' })).toEqual(good);
    expect(await codes({ profanityFilterMode: 'Hidden' })).toEqual([400, 'InvalidPayload', 'profanityFilterMode']);
  });

  it('fetches audio, and says what is wrong with it', async () => {
    const client = await startClient();
    await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const storage = await startStorage();
    const fetched = await transcribed(client, { audioUrl: `${storage}/calls/ward0.wav` }, null);
    expect(fetched.body).toEqual((await transcribed(client, {})).body);
    const gone = await transcribed(client, { audioUrl: `${storage}/gone.wav` }, null);
    expect(gone.body.innerError.code).toBe('InvalidRecordingsUri');
    expect((await transcribed(client, {}, null)).body.innerError.code).toBe('EmptyAudioFile');
    expect((await transcribed(client, {}, Buffer.from('no audio'))).body.innerError.code).toBe('InvalidAudioFormat');
  });
});

async function transcribed(client: Client, definition: object, audio: Buffer | null = wavOf(clips[0]!)) {
  const form = new FormData();
  if (audio !== null) form.set('audio', new Blob([new Uint8Array(audio)], { type: 'audio/wav' }), 'a.wav');
  form.set('definition', JSON.stringify(definition));
  return await client.form('/transcriptions:transcribe', form);
}

async function filesOf(client: Client, self: string) {
  const { values } = (await client.get(`${pathOf(self)}/files`)).body;
  return await Promise.all(
    values.map(async (file: { name: string; kind: string; links: { contentUrl: string } }) => ({
      ...file,
      content: JSON.parse(await (await fetch(file.links.contentUrl)).text()),
    })),
  );
}

async function evaluate(client: Client, model: string) {
  const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
  const { self } = await client.create('/evaluations', {
    displayName: 'e',
    locale: 'en-US',
    dataset: { self: dataset.self },
    model1: { self: model },
    model2: { self: model },
  });
  return await client.finished(self);
}

/** What an evaluation hears in the first recording. */
async function evaluated(client: Client, model: string): Promise<string> {
  const { self } = await evaluate(client, model);
  const [file] = await filesOf(client, self);
  return file?.content.recognizedPhrases[0].nBest[0].lexical;
}

/** A container of recordings that are read with any signature, and listed as Azure Storage does, in two parts. */
async function startStorage(): Promise<string> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://storage');
    if (url.searchParams.get('comp') === 'list') {
      const isFirst = !url.searchParams.has('marker');
      const names = clips.map(({ name }) => name).slice(...(isFirst ? [0, 1] : [1]));
      const blobs = names.map((name) => `<Blob><Name>${name}</Name></Blob>`).join('');
      const next = isFirst ? '<NextMarker>two</NextMarker>' : '<NextMarker />';
      response.end(`<EnumerationResults><Blobs>${blobs}</Blobs>${next}</EnumerationResults>`);
      return;
    }
    const clip = clips.find(({ name }) => url.pathname === `/calls/${name}`);
    response.statusCode = clip ? 200 : 404;
    response.end(clip && wavOf(clip));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
