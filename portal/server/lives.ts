import type { LifecycleObject } from '../../schemas/types.gen.ts';
import { nameOfObject } from '../../workflows/evidence/known-objects.ts';
import { entityId } from '../../workflows/plan/identity.ts';
import { lifecycleOf, soonDays, stateOf } from '../../workflows/plan/lifecycle.ts';
import { measurementsOf } from '../../workflows/plan/measurements.ts';
import { baseModelBehind, newestBaseModel, sameModel } from '../../workflows/plan/models.ts';
import type { BaseModel, CustomModel, EntityReference, Evaluation } from '../../workflows/plan/speech-entities.ts';
import { trialOfObject } from '../../workflows/plan/trial.ts';
import type { Life, Named, NewerBase } from '../api/lives.ts';
import type { Objects } from './snapshots.ts';

const withinSeconds = soonDays * 86_400;

/** An object by its id and what people call it. */
export function namedObject(reference: string, objects: Objects): Named {
  return { id: entityId(reference), name: nameOfObject(reference, objects) };
}

/** What a project is called; undefined of an object that is in none, or whose project is gone. */
export function projectName(project: EntityReference | undefined, { projects }: Objects): string | undefined {
  return projects.find(({ self }) => project !== undefined && entityId(self) === entityId(project.self))?.displayName;
}

/** When the endpoints and custom models of a resource end, by kind and id. */
export function livesOf(objects: Objects): (kind: LifecycleObject['kind'], id: string) => Life {
  const all = lifecycleOf(objects, { withinSeconds });
  const byId = new Map(all.map((one) => [`${one.kind} ${one.id}`, one]));
  return (kind, id) => {
    const { ends, daysLeft, state = 'no date told', consequence = '' } = byId.get(`${kind} ${id}`) ?? {};
    return { ...(ends !== undefined && { ends }), ...(daysLeft !== undefined && { daysLeft }), state, consequence };
  };
}

/** How a date stands at a moment. */
export function stateAt(date: string | undefined, { observedAt }: Pick<Objects, 'observedAt'>): Life['state'] {
  return stateOf(date, { observedAt, withinSeconds });
}

/** The model that a reference names; undefined when the resource has it no more. */
export function modelOf(
  reference: string | undefined,
  { models, baseModels }: Objects,
): BaseModel | CustomModel | undefined {
  return [...models, ...baseModels].find(({ self }) => sameModel(self, reference));
}

/**
 * The newest base model of the locale where it is newer than the one behind this model, with the newest evaluations on one dataset that
 * say how much better it is than that, or than the model itself. Undefined where there is none.
 */
export function newerBaseOf(model: BaseModel | CustomModel, objects: Objects): NewerBase | undefined {
  const base = baseModelBehind(model, objects);
  const newest = newestBaseModel({ ...objects, locale: model.locale });
  if (newest === undefined || (base !== undefined && newest.createdDateTime <= base.createdDateTime)) return undefined;
  const evaluations = objects.evaluations.filter((one) => trialOfObject(one) === undefined);
  const measured = measurementsOf(evaluations, newest.self).flatMap(({ evaluation, measurement }) => {
    const onSame = evaluations.filter(({ dataset }) => entityId(dataset.self) === entityId(evaluation.dataset.self));
    const ofBase = base && rateOn(onSame, base.self);
    const ofModel = 'baseModel' in model ? rateOn(onSame, model.self) : undefined;
    if (ofBase === undefined && ofModel === undefined) return [];
    const dataset = namedObject(evaluation.dataset.self, objects);
    return [
      {
        dataset,
        rate: measurement.wer,
        ...(ofBase !== undefined && { ofBase }),
        ...(ofModel !== undefined && { ofModel }),
      },
    ];
  })[0];
  return { id: entityId(newest.self), name: newest.displayName, ...(measured && { measured }) };
}

function rateOn(evaluations: readonly Evaluation[], model: string): number | undefined {
  return measurementsOf(evaluations, model)[0]?.measurement.wer;
}
