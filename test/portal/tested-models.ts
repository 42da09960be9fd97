import { acousticZip, recordings } from '../emulator/acoustic-zip.ts';
import { Client, idOf } from '../emulator/client.ts';
import { everyday, wardNotes } from '../emulator/recognition/spoken-texts.ts';

/** A test set on an emulator that three models were measured on, in two evaluations. */
export interface TestedModels {
  readonly client: Client;
  readonly dataset: string;
  /** The base model beside one that knows words of wards. */
  readonly first: string;
  /** The base model beside one that knows the sentences. */
  readonly second: string;
  /** What the dataset has as trans.txt. */
  readonly transcript: string;
  /** The names of the recordings. */
  readonly names: readonly string[];
}

/** With a capital and a full stop, as people write it; the emulator's models make mistakes in them, some of them the same. */
export async function testedModels(
  client: Client,
  {
    displayName: called = 'Calls',
    speakers = ['ann', 'bob'],
  }: { readonly displayName?: string; readonly speakers?: readonly string[] } = {},
): Promise<TestedModels> {
  const sentences = everyday.slice(0, 12);
  const clips = sentences.flatMap((sentence, index) =>
    recordings(`${speakers[index % speakers.length]}-${index}-`, [sentence]).map((clip) => ({
      ...clip,
      transcript: `${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`,
    })),
  );
  const dataset = await client.dataset({ kind: 'Acoustic', displayName: called }, acousticZip(clips));
  const base = (await client.baseModels()).at(-1) as { readonly self: string };
  const ward = await client.model([await client.text(wardNotes)], { displayName: 'Ward words' });
  const day = await client.model([await client.text(sentences.slice(0, 6))], { displayName: 'Everyday words' });
  const evaluate = async (displayName: string, model2: { readonly self: string }): Promise<string> => {
    const created = await client.create('/evaluations', {
      displayName,
      locale: 'en-US',
      dataset: { self: dataset.self },
      model1: { self: base.self },
      model2: { self: model2.self },
      customProperties: { 'speechops-pipeline': 'call-center-en-us' },
    });
    await client.finished(created.self);
    return idOf(created.self).toLowerCase();
  };
  return {
    client,
    dataset: idOf(dataset.self).toLowerCase(),
    first: await evaluate('Ward against base', ward),
    second: await evaluate('Everyday against base', day),
    transcript: `\uFEFF${clips.map((clip) => `${clip.name}\t${clip.transcript}`).join('\n')}\n`,
    names: clips.map(({ name }) => name),
  };
}
