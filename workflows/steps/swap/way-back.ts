import type { SwapWith } from '../../../schemas/types.gen.ts';
import { StepFailure, type StepContext, type StepInput } from '../../engine/step-kind.ts';
import { entityId } from '../../plan/identity.ts';
import { nameOf, type KnownModels } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { nothingChanged } from './in-state.ts';
import { answersBefore } from './plan-swap.ts';

/**
 * What a step wants that takes another one back. It goes back as a swap does by itself: to the newest base model where the model before
 * has expired, and without streams, canary and bounds, which were for the model that is taken back. Any other step wants what is written.
 */
export function wantedOf({ with: written, takesBack }: StepInput<SwapWith>, known: KnownModels): SwapWith {
  if (takesBack === undefined) return written;
  const model = answersBefore(written.model, known) ?? written.model;
  const { verify, ...others } = written;
  const wanted: SwapWith = { ...others, model, strategy: 'direct' };
  if (verify === undefined) return wanted;
  const { 'max-wer': _wer, 'max-wer-above-evaluation': _above, 'max-latency': _latency, ...proof } = verify;
  return { ...wanted, verify: { ...proof, streams: 0 } };
}

/** That the endpoint cannot be given the model before, and how it stands: the way back has not begun. */
export function notTakenBack(
  why: string,
  {
    wanted,
    existing,
    known,
    context,
  }: {
    readonly wanted: SwapWith;
    readonly existing: Endpoint;
    readonly known: KnownModels;
    readonly context: StepContext;
  },
): StepFailure {
  const served = nameOf(existing.model?.self, known);
  return new StepFailure(
    `${why}; ${nothingChanged(context)}: endpoint ${wanted.endpoint} (${entityId(existing.self)}) serves ${served}, which was to be taken back. Give it another model, or resume the run to serve this one in the whole wave`,
  );
}

/** That the endpoint is there no more whose model was to be taken back. */
export function goneBeforeWayBack({ endpoint }: SwapWith): StepFailure {
  return new StepFailure(
    `Cannot take back what endpoint ${endpoint} was given: it was deleted since, and its callers get no answer. Give them another endpoint, which a run makes with \`create: true\`, under another id`,
  );
}
