import type { SwapWith } from '../../../schemas/types.gen.ts';
import { ServiceError } from '../../engine/ports.ts';
import { type Outputs, StepFailure, type StepContext } from '../../engine/step-kind.ts';
import { isRefusal } from '../../engine/retries/unanswered.ts';
import { entityId } from '../../plan/identity.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import type { Change } from './change.ts';

/**
 * Does a part of a step. When the service fails it without having said no, or it is ended from outside, the error says in which state
 * everything is, and `outputs` are those of the step; so does the log when the part is ended from outside.
 */
export async function inState<T>(
  state: string,
  of: {
    readonly context: Pick<StepContext, 'signal' | 'report' | 'leaving'>;
    /** What the step comes to when it ends here. @default as noted before */
    readonly outputs?: () => Outputs;
    readonly act: () => Promise<T>;
  },
): Promise<T> {
  const { context, outputs, act } = of;
  context.leaving(state, outputs);
  try {
    const done = await act();
    context.leaving(undefined);
    return done;
  } catch (error) {
    if (error instanceof ServiceError && !isRefusal(error) && !(error instanceof ChangeRefused))
      throw error.message.endsWith(state) ? error : new ServiceError(`${error.message}; ${state}`, error);
    if (context.signal.aborted) context.report(state);
    throw error;
  }
}

/** The service has refused to give the endpoint the model, for whatever reason: it serves what it served, and the message says so. */
export class ChangeRefused extends ServiceError {
  constructor(refusal: ServiceError, of: Pick<Change, 'wanted' | 'context'>) {
    super(`${refusal.message}; ${notChanged(of)}`, refusal);
  }
}

/** Does what the service may refuse without anything being otherwise then: the error says how things stand. */
export async function orStays<T>(state: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    // Of an endpoint that is gone there is another thing to say.
    if (!(error instanceof ServiceError) || error.outcome !== 'refused' || error.status === 404) throw error;
    throw new ServiceError(`${error.message}; ${state}`, error);
  }
}

/**
 * Whether a part of a step has ended with this error and its endpoint is there no more, because somebody has deleted it. A service that
 * does not answer has not said so.
 */
export async function isGone(
  error: unknown,
  { endpoint, context }: { readonly endpoint: Pick<Endpoint, 'self'>; readonly context: StepContext },
): Promise<boolean> {
  const mayBe = error instanceof StepFailure || (error instanceof ServiceError && error.status === 404);
  if (!mayBe) return false;
  const { ports, signal } = context;
  try {
    return (await ports.speech.endpoints.get(endpoint.self, { signal })) === undefined;
  } catch {
    return false;
  }
}

/** Does what a swap does with its endpoint; where somebody deletes that meanwhile, throws a {@link StepFailure} that says so. */
export async function whileThere<T>(
  { endpoint, wanted, context }: Pick<Change, 'endpoint' | 'wanted' | 'context'>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(await isGone(error, { endpoint, context })) || !(error instanceof Error)) throw error;
    context.leaving(undefined, () => ({}));
    const gone = `endpoint ${wanted.endpoint} (${entityId(endpoint.self)}) was deleted during the swap, and its callers get no answer: give them another endpoint, which a run makes with \`create: true\`, under another id`;
    throw new StepFailure(`${error.message}; ${gone}`, error instanceof StepFailure ? error.outputs : {});
  }
}

/** Somebody else has given the endpoint a model since this run did, so that the run takes nothing back there. */
export class LeftAlone extends StepFailure {
  /** The model that the endpoint serves now. */
  readonly model: string;

  constructor(why: string, { wanted, now }: { readonly wanted: SwapWith; readonly now: Pick<Endpoint, 'model'> }) {
    const cause = 'somebody else has given it a model since this run did';
    super(`endpoint ${wanted.endpoint} is left as it is, because ${cause}: ${why}`);
    this.model = now.model?.self ?? '';
  }
}

/**
 * The state of the candidate, for the message of a step to which the service stops answering before the candidate is marked as
 * proved.
 */
export function notProved(
  { wanted, candidate, previous }: Pick<Change, 'wanted' | 'candidate' | 'previous'>,
  verb: 'serves' | 'is to serve',
): string {
  const orTakenBack = previous === '' ? '' : `, or taken back for model ${entityId(previous)}`;
  return `endpoint ${wanted.endpoint} ${verb} ${candidate.displayName}, which is not proved there: resume the run, or run the pipeline again, and it is proved${orTakenBack}`;
}

/** The state of the endpoint, for the message of a step that finds there what its run gave it before. */
export function givenBefore({ wanted, candidate }: Pick<Change, 'wanted' | 'candidate'>): string {
  return `endpoint ${wanted.endpoint} serves ${candidate.displayName}, which this run gave it before`;
}

/**
 * The state of the endpoint, for the message of a step to which the service stops answering before the step has changed
 * anything.
 */
export function unchanged({ wanted, context }: Pick<Change, 'wanted' | 'context'>): string {
  return `${notChanged({ wanted, context })}: resume the run, or run the pipeline again, to go on with the swap`;
}

/** That the endpoint was not changed; and how an earlier attempt of the step has ended that may have changed it. */
export function notChanged({ wanted, context }: Pick<Change, 'wanted' | 'context'>): string {
  return `endpoint ${wanted.endpoint} was not changed${byThisAttempt(context)}`;
}

/** That nothing was changed, in the same way. */
export function nothingChanged(context: Pick<StepContext, 'changedBefore'>): string {
  return `nothing was changed${byThisAttempt(context)}`;
}

/** That the endpoint had the model before the step, in the same way. */
export function servedBefore(model: string, { wanted, context }: Pick<Change, 'wanted' | 'context'>): string {
  const before = context.changedBefore === undefined ? 'the run' : 'this attempt';
  return `endpoint ${wanted.endpoint} served ${model} before ${before} and was not changed${byThisAttempt(context)}`;
}

function byThisAttempt({ changedBefore }: Pick<StepContext, 'changedBefore'>): string {
  return changedBefore === undefined ? '' : ` by this attempt (${changedBefore})`;
}
