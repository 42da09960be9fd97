import { startDeadline } from '../../time/deadline.ts';
import { timeAt } from '../../engine/observe.ts';
import { ServiceError } from '../../engine/ports.ts';
import { StepFailure } from '../../engine/step-kind.ts';
import { isUnanswered } from '../../engine/retries/unanswered.ts';
import { modelsThatMayAnswer, previousModelProperty, swapMark, swapProperty } from '../../plan/endpoint-proof.ts';
import { digestOf, entityId, withEntries } from '../../plan/identity.ts';
import { sameModel } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { readNow } from '../ensure.ts';
import { settleBy, type Change } from './change.ts';
import type { Ear } from './recognition/hearing.ts';
import { ChangeRefused, LeftAlone } from './in-state.ts';
import { givenByOther } from './marks.ts';
import { faultOf, untilHeard, type Heard } from './until-heard.ts';

/**
 * Makes the endpoint serve the model and recognises audio meanwhile, until it is heard. Throws a {@link StepFailure} when the service
 * refuses the change as long as settle-timeout, a {@link LeftAlone} when the change would take back what somebody else has given the
 * endpoint meanwhile, and a {@link ServiceError} when the service does not answer in the time there is.
 */
export async function deployModel(
  at: Change,
  { model, ear }: { readonly model: string; readonly ear: Ear },
): Promise<Heard> {
  const { endpoint, smoke, wanted, context } = at;
  const { since, givenAt } = await patchModel(at, model);
  smoke.changedAt ??= givenAt;
  if (!sameModel(model, at.candidate.self)) smoke.takenBackAt = givenAt;
  if ('recordings' in ear) ear.begin();
  const end = settleBy(at);
  // Right after the change the endpoint may still show its old state: only a state entered later is an answer.
  const isSettled = (read: Endpoint): boolean =>
    (read.status === 'Failed' && read.lastActionDateTime >= since) ||
    (read.status === 'Succeeded' && (sameModel(model, read.model?.self) || read.lastActionDateTime > since));
  const onRead = (read: Endpoint): void => context.report(`endpoint is ${read.status}, ${smoke.summary()}`);
  return await whileRecognising(at, {
    ear,
    async act(signal): Promise<Heard> {
      const settled = await untilSettled(endpoint, { isSettled, onRead, signal, wanted, context });
      const late = `The deployment did not end within ${wanted['settle-timeout']} s (settle-timeout)`;
      const fault = settled === undefined ? late : faultOf(settled, model);
      if (fault !== undefined) return { kind: 'fault', fault };
      return await untilHeard(at, { model, ear, since: later(since, givenAt), end, signal });
    },
  });
}

/** Recognises smoke audio, and what tells the models apart, one every so often, while something is waited for. */
export async function whileRecognising<T>(
  { smoke, wanted }: Pick<Change, 'smoke' | 'wanted'>,
  { ear, act }: { readonly ear: Ear; readonly act: (signal: AbortSignal) => Promise<T> },
): Promise<T> {
  const others = 'recordings' in ear ? ear.turns() : [];
  return await smoke.during(act, { everySeconds: wanted.verify?.every ?? 1, others });
}

/**
 * The endpoint when it has settled (default: Succeeded or Failed); undefined when it has not within settle-timeout. Time that ends while the service does not
 * answer decides nothing: the next answer does, and an endpoint that is at work then has the whole time again.
 */
export async function untilSettled(
  { self }: Pick<Endpoint, 'self'>,
  options: Pick<Change, 'wanted' | 'context'> & {
    readonly isSettled?: (read: Endpoint) => boolean;
    readonly onRead?: (read: Endpoint) => void;
    readonly signal: AbortSignal;
  },
): Promise<Endpoint | undefined> {
  const { isSettled, onRead, signal, wanted, context } = options;
  const { clock, speech } = context.ports;
  const { endpoints } = speech;
  const telling = { onTrouble: context.report, ...(onRead && { onRead }) };
  const until = isSettled && { until: isSettled };
  for (;;) {
    const end = settleBy({ wanted, context });
    const timeout = startDeadline(end, { clock, until: signal });
    try {
      const both = AbortSignal.any([signal, timeout.signal]);
      return await endpoints.wait(self, { ...telling, ...until, signal: both });
    } catch (error) {
      if (signal.aborted || !timeout.signal.aborted) throw error;
      if (!isUnanswered(error)) return undefined;
    } finally {
      timeout.stop();
    }
    const read = await endpoints.wait(self, { ...telling, until: () => true, signal });
    if (isSettled?.(read) === true) return read;
  }
}

/** When the endpoint was given a model. A type, as what an effect answers is plain data. */
type Given = {
  /** As the endpoint says: whatever it shows with this time was not entered later. */
  readonly since: string;
  /** When the service had answered. ISO 8601, by the clock of the service. */
  readonly givenAt: string;
};

/** The later of two times; one that cannot be read does not count. */
function later(one: string, other: string): string {
  return Date.parse(one) > Date.parse(other) || Number.isNaN(Date.parse(other)) ? one : other;
}

/**
 * Gives the model to the endpoint, with the mark that it is not proved yet and which models may answer until it is. A change whose answer was lost is known again
 * by that mark, and by the model where an earlier swap has left the same mark, because the service refuses the same change a second time while the first is under way. It refuses every change
 * while an endpoint is redeployed, which the endpoint need not show: that is waited out, as long as settle-timeout.
 *
 * What takes a model back looks right before whether the endpoint still has it. The API has no change on a condition: a model that
 * somebody gives the endpoint in the moment between this look and the change is overwritten.
 */
async function patchModel(at: Change, model: string): Promise<Given> {
  const { endpoint, wanted, context } = at;
  // The endpoint had this model before, and a later run must not take it for one that is new.
  const previous = at.previous === '' && sameModel(model, endpoint.model?.self) ? model : at.previous;
  const { speech, clock } = context.ports;
  const candidate = sameModel(model, at.candidate.self) ? [] : [at.candidate.self];
  // The model that is taken back is none to go back to, also not for a run that goes on after a kill and gives it once more.
  const noted = at.takesBack === undefined ? previous : model;
  const after = [...candidate, ...modelsThatMayAnswer(endpoint)].filter(
    (one) => !sameModel(model, one) && !sameModel(noted, one),
  );
  const mark = swapMark('unproved', model, { after });
  const entries = { [swapProperty]: mark, [previousModelProperty]: entityId(noted) };
  const end = settleBy(at);
  const isBack = at.takesBack !== undefined || candidate.length > 0;
  const own = [at.candidate.self, at.takesBack, at.previous, endpoint.model?.self].filter((one) => one !== undefined);
  const look = async (): Promise<Endpoint> => await readNow<Endpoint>(context, speech.endpoints, endpoint.self);
  const changed = await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), model: entityId(model) }),
    async act(): Promise<Given & { readonly refused: string }> {
      for (let pause = 1000; ; pause = Math.min(pause * 2, longestPause)) {
        if (isBack) {
          const now = await look();
          const other = givenByOther(now, { endpoint, own });
          if (other !== undefined) throw new LeftAlone(other, { wanted, now });
        }
        try {
          const change = { model: { self: model }, customProperties: withEntries(endpoint, entries) };
          const { lastActionDateTime } = await speech.endpoints.update(endpoint.self, change, {
            signal: context.signal,
          });
          return { since: lastActionDateTime, givenAt: timeAt(context.ports), refused: '' };
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          if (error.outcome === 'refused' && !isAtWork(error)) {
            // What is taken back stays, as whoever goes back says.
            if (!sameModel(model, at.candidate.self)) throw error;
            // The endpoint serves what it served: nothing is to be taken back.
            context.leaving(undefined, () => ({}));
            // One that is gone is told of where that is found.
            throw error.status === 404 ? error : new ChangeRefused(error, { wanted, context });
          }
          const now = await look();
          if (wasGiven(now, { before: endpoint, model, mark }))
            return { since: now.lastActionDateTime, givenAt: timeAt(context.ports), refused: '' };
          if (!isAtWork(error)) throw error;
          if (clock.now().getTime() >= end) return { since: '', givenAt: '', refused: error.message };
          context.report(`endpoint ${wanted.endpoint} is being redeployed, and takes no other model until then`);
        }
        await clock.sleep(pause, context.signal);
      }
    },
  });
  if (changed.refused === '') return changed;
  throw new StepFailure(
    `The endpoint was at work for more than ${wanted['settle-timeout']} s (settle-timeout): ${changed.refused}`,
  );
}

/** Whether the endpoint was given the model, with this mark, since it was as `before`. */
function wasGiven(
  now: Endpoint,
  { before, model, mark }: { readonly before: Endpoint; readonly model: string; readonly mark: string },
): boolean {
  if (now.customProperties?.[swapProperty] !== mark) return false;
  if (before.customProperties?.[swapProperty] !== mark) return true;
  if (!sameModel(model, now.model?.self)) return false;
  return !sameModel(model, before.model?.self) || now.lastActionDateTime > before.lastActionDateTime;
}

const longestPause = 10_000;

/** The service is at work on the endpoint, and takes the change later. */
function isAtWork({ status, code }: ServiceError): boolean {
  return status === 409 || code === 'EndpointNotUpdatable' || code === 'ModelDeploymentNotCompleteState';
}
