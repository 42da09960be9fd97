import { Type, type Static } from 'typebox';
import { Moment } from './common.ts';

/** An object of a Speech resource by what people call it. */
export const Named = Type.Object({
  id: Type.String({ description: 'Its id, without the address of the resource.' }),
  name: Type.String({ description: 'Its display name; its id where the resource has it no more.' }),
});
export type Named = Static<typeof Named>;

/** How the life of an object stands. */
export const LifeState = Type.Union(
  [Type.Literal('expired'), Type.Literal('ends soon'), Type.Literal('lasting'), Type.Literal('no date told')],
  { description: 'Whether its end is over, or within 90 days.' },
);

/** When an object ends, and what happens then. */
export const Life = Type.Object({
  ends: Type.Optional(Type.String({ description: 'An ISO date-time in UTC; absent where the service tells none.' })),
  daysLeft: Type.Optional(Type.Integer({ description: 'Whole days until then; below 0 when it is over.' })),
  state: LifeState,
  consequence: Type.String({ description: 'What happens then, as a clause.' }),
});
export type Life = Static<typeof Life>;

/** A base model of the locale that is newer than the one behind an object, and how much better it is, where somebody has measured both. */
export const NewerBase = Type.Object({
  id: Type.String({ description: 'Its id.' }),
  name: Type.String({ description: 'Its display name.' }),
  measured: Type.Optional(
    Type.Object(
      {
        dataset: Named,
        rate: Type.Number({ description: 'Its word error rate on the dataset, 0..1.' }),
        ofBase: Type.Optional(
          Type.Number({ description: 'That of the base model behind the object on the same dataset.' }),
        ),
        ofModel: Type.Optional(Type.Number({ description: 'That of the object itself on the same dataset.' })),
      },
      { description: 'Absent where no evaluation has measured it beside the other.' },
    ),
  ),
});
export type NewerBase = Static<typeof NewerBase>;

/** What an object costs, by the prices of the repository. */
export const Cost = Type.Object({
  currency: Type.String({ description: 'As ISO 4217 writes it.' }),
  date: Type.String({ description: 'The day on which the prices were read.' }),
  source: Type.String({ description: 'Where the prices stand.' }),
  items: Type.Array(
    Type.Object({
      what: Type.String({ description: 'What is billed.' }),
      unit: Type.String({ description: 'What is counted.' }),
      quantity: Type.Optional(Type.Number({ description: 'How much of it; absent where it is not known.' })),
      price: Type.Optional(Type.Number({ description: 'Of one; absent where prices.yaml does not say it.' })),
      amount: Type.Optional(Type.Number({ description: 'Quantity times price.' })),
      per: Type.Union([Type.Literal('once'), Type.Literal('month')], { description: 'How often it is billed.' }),
      note: Type.Optional(Type.String({ description: 'How the quantity is known.' })),
    }),
    { description: 'What is billed, a line each.' },
  ),
});
export type Cost = Static<typeof Cost>;

/** What a model has made of a dataset, as an evaluation has counted it. */
export const Measured = Type.Object({
  evaluation: Named,
  dataset: Named,
  at: Moment,
  rate: Type.Number({ description: 'The word error rate, 0..1.' }),
  words: Type.Optional(
    Type.Integer({ description: 'Words of the references; absent where the service gives no counts.' }),
  ),
  errors: Type.Optional(Type.Integer({ description: 'Substitutions, deletions and insertions.' })),
});
export type Measured = Static<typeof Measured>;

/** An object and what it was made from. */
export const Origin = Type.Object({
  id: Type.String({ description: 'Unique in the list.' }),
  kind: Type.Union(
    [
      Type.Literal('commit'),
      Type.Literal('run'),
      Type.Literal('dataset'),
      Type.Literal('base-model'),
      Type.Literal('custom-model'),
      Type.Literal('evaluation'),
      Type.Literal('endpoint'),
    ],
    { description: 'What sort of thing it is.' },
  ),
  name: Type.String({ description: 'For people.' }),
  digest: Type.Optional(Type.String({ description: 'Of its content.' })),
  from: Type.Array(Type.String(), { description: 'Ids of what it was made from.' }),
});
export type Origin = Static<typeof Origin>;
