import type { CopyWith } from '../../../schemas/types.gen.ts';
import type { StepKind } from '../../engine/step-kind.ts';
import type { Facts } from '../../plan/facts.ts';
import { entityId } from '../../plan/identity.ts';
import { whyExpired } from '../../plan/lifecycle.ts';
import { expiryOf, transcribesUntil } from '../../plan/models.ts';
import { namedModel } from '../../plan/rests-on.ts';
import type { CustomModel } from '../../plan/speech-entities.ts';
import { decidedAtRunTime, onceFinished, type StepPlan, type StepPlanInput, wouldFail } from '../../plan/step-plan.ts';
import {
  copyAt,
  type CopyMark,
  copyMark,
  endsSoon,
  likelyCopy,
  noSuchModel,
  readMark,
  whyNoAccount,
  whyOtherLocale,
} from './copied-model.ts';

/** `copy`: the Speech resource of the step has a model of another one. */
export const copy: StepKind<CopyWith> = {
  uses: 'copy',
  effects: ['create-project', 'copy-model', 'update-model'],
  plan: planCopy,

  restsOn(input) {
    const { model, facts } = sourceOf(input);
    return model === undefined || facts === undefined ? {} : { 'the model to copy is': namedModel(model.self, facts) };
  },

  async run(input, context) {
    const { runCopy } = await import('./run-copy.ts');
    return await runCopy(input, context);
  },
};

function planCopy(input: StepPlanInput<CopyWith>, facts: Facts): StepPlan {
  const { known, waitsFor, resource = '' } = input;
  const { from = '' } = known;
  const fault = known.account === undefined ? undefined : whyNoAccount(known.account);
  if (fault !== undefined) return wouldFail(fault);
  const later = (summary: string): StepPlan => decidedAtRunTime(summary, { effects: copy.effects });
  if (known.model === undefined) return later(`copy from ${hostOf(from)} ${onceFinished(waitsFor)}`);
  const { model, facts: there } = sourceOf(input);
  if (model === undefined) return wouldFail(noSuchModel(known.model, from));
  const otherLocale = whyOtherLocale(model, input.pipeline);
  if (otherLocale !== undefined) return wouldFail(otherLocale);
  if (model.status === 'Failed') return wouldFail(`Copy another model: ${model.displayName} has failed`);
  const existing = copyAt(facts.models, model);
  const expired = whyExpired(existing?.action === 'reuse' ? existing.entity : model, facts);
  if (expired !== undefined) return wouldFail(expired);
  const markName = copyMark(resource);
  const mark = readMark(model.customProperties?.[markName]);
  if (existing?.action === 'reuse') {
    const { self, displayName } = existing.entity;
    const outputs = {
      model: self,
      source: entityId(model.self),
      ...expiryOf(transcribesUntil(existing.entity), facts),
    };
    // A process that ended right after the copy had arrived has left its mark.
    const effects = mark === undefined ? [] : (['update-model'] as const);
    return { action: 'reuse', summary: `${displayName} is there already`, effects, outputs };
  }
  if (model.status !== 'Succeeded') return later(`copy ${model.displayName} from ${hostOf(from)} once it is trained`);
  const soon = endsSoon(model, facts);
  const isUnderWay = existing !== undefined || (mark !== undefined && isBegun(mark, { model, facts, there, markName }));
  if (isUnderWay)
    return {
      action: 'adopt',
      summary: `wait for the copy of ${model.displayName} from ${hostOf(from)}, which is under way${soon}`,
      // The digest is written when it has arrived; one that has failed meanwhile is begun again.
      effects: copy.effects,
      outputs: {},
    };
  const unless =
    mark === undefined || 'id' in mark
      ? ''
      : `, unless one is found within a minute: a run was about to begin it at ${mark.begunAfter}`;
  const summary = `copy ${model.displayName} from ${hostOf(from)}${unless}${soon}`;
  return { action: 'create', summary, effects: copy.effects, outputs: {} };
}

/** Whether a copy is under way for which the model at the source has a mark: a run may have ended before it could begin one. */
function isBegun(
  mark: CopyMark,
  of: {
    readonly model: CustomModel;
    readonly facts: Facts;
    readonly there: Facts | undefined;
    readonly markName: string;
  },
): boolean {
  if ('id' in mark) return true;
  const { model: source, facts, there, markName } = of;
  const search = { source, begunAfter: mark.begunAfter, others: there?.models ?? [], mark: markName };
  return likelyCopy(facts.models, search) !== undefined;
}

/** The model to copy and what is known of its Speech resource, as far as the settings say which. */
function sourceOf({ known, factsAt }: StepPlanInput<CopyWith>): {
  readonly model: CustomModel | undefined;
  readonly facts: Facts | undefined;
} {
  const { model: reference, from } = known;
  const facts = from === undefined ? undefined : factsAt?.(from);
  const model =
    reference === undefined ? undefined : facts?.models.find(({ self }) => entityId(self) === entityId(reference));
  return { model, facts };
}

function hostOf(resource: string): string {
  return URL.canParse(resource) ? new URL(resource).host : resource;
}
