import { Type, type Static } from 'typebox';
import { Locale, Moment } from './common.ts';
import { Cost, Life, LifeState, Measured, Named, NewerBase, Origin } from './lives.ts';

/** A base model of the service. */
export const BaseModelRow = Type.Object({
  id: Type.String({ description: 'Its id, behind `base/`.' }),
  name: Type.String({ description: 'Its display name.' }),
  locale: Locale,
  createdAt: Moment,
  trainableUntil: Type.Optional(Type.String({ description: 'From when on nothing can be trained on it.' })),
  trainableState: LifeState,
  recognisesUntil: Type.Optional(Type.String({ description: 'From when on it cannot recognise.' })),
  recognisesState: LifeState,
  isNewest: Type.Boolean({ description: 'Whether it is the newest of its locale that endpoints can serve.' }),
  supportsEndpoints: Type.Boolean({ description: 'Whether endpoints can serve it.' }),
  trainsWith: Type.Array(Type.String(), { description: 'The kinds of data that it can be adapted with.' }),
  isTrainingCharged: Type.Boolean({ description: 'Whether training on it is charged by the hour.' }),
  models: Type.Integer({ description: 'How many custom models were trained on it.' }),
  endpoints: Type.Integer({ description: 'How many endpoints serve it or a model that was trained on it.' }),
});
export type BaseModelRow = Static<typeof BaseModelRow>;

/** A custom model. */
export const ModelRow = Type.Object({
  id: Type.String({ description: 'Its id.' }),
  name: Type.String({ description: 'Its display name.' }),
  locale: Locale,
  status: Type.String({ description: 'As the service says it: `Running`, `Succeeded`, `Failed`, …' }),
  createdAt: Moment,
  lastActionAt: Moment,
  error: Type.Optional(Type.String({ description: 'Why it has failed.' })),
  project: Type.Optional(Type.String({ description: 'Display name of its project.' })),
  base: Type.Optional(Named),
  datasets: Type.Array(
    Type.Object({
      ...Named.properties,
      kind: Type.String({ description: 'Empty where it is gone.' }),
      digest: Type.Optional(Type.String({ description: 'Of its content; absent where nothing has noted it.' })),
      lines: Type.Optional(Type.Integer({ description: 'How many of its lines were accepted.' })),
    }),
    {
      description: 'What it was trained with.',
    },
  ),
  weightPercent: Type.Optional(Type.Number({ description: 'The weight of its own data, where it was set.' })),
  life: Life,
  endpoints: Type.Array(Named, { description: 'The endpoints that serve it.' }),
  newerBase: Type.Optional(NewerBase),
});
export type ModelRow = Static<typeof ModelRow>;

/** What the tab Training shows of a Speech resource. */
export const Training = Type.Object({
  observedAt: Moment,
  typicalSeconds: Type.Optional(
    Type.Number({ description: 'How long half of the trainings here took at most, by the clock of the service.' }),
  ),
  baseModels: Type.Array(BaseModelRow, { description: 'By locale, the newest first.' }),
  models: Type.Array(ModelRow, { description: 'The newest first.' }),
});
export type Training = Static<typeof Training>;

/** A custom model with all that is known of it. */
export const ModelDetail = Type.Object({
  observedAt: Moment,
  model: ModelRow,
  pipeline: Type.Optional(Type.String({ description: 'The pipeline that made it, by its name.' })),
  run: Type.Optional(Type.String({ description: 'The run that made it, where its results are on this machine.' })),
  measured: Type.Array(Measured, { description: 'The newest first.' }),
  lineage: Type.Array(Origin, { description: 'What it was made from, and the endpoints that serve it.' }),
  cost: Type.Optional(Cost),
  properties: Type.Array(
    Type.Object({ name: Type.String({ description: 'Its name.' }), value: Type.String({ description: 'Its text.' }) }),
    {
      description: 'Its custom properties.',
    },
  ),
});
export type ModelDetail = Static<typeof ModelDetail>;
