import type { SwapWith } from '../../../schemas/types.gen.ts';
import { startDeadline } from '../../time/deadline.ts';
import { ServiceError } from '../../engine/ports.ts';
import type { StepContext } from '../../engine/step-kind.ts';
import { isUnanswered } from '../../engine/unanswered.ts';
import { previousModelProperty, swapMark, swapProperty, withEntries } from '../../plan/endpoint-proof.ts';
import { digestOf, entityId } from '../../plan/identity.ts';
import { sameModel, type KnownModels } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { readNow, withReason } from '../ensure.ts';
import type { SmokeTest } from './smoke-test.ts';

/** An endpoint that is given another model. */
export interface Change {
  readonly endpoint: Endpoint;
  readonly candidate: { readonly self: string; readonly displayName: string };
  /** The model that the step gives back after a fault: the one served now, or the one served before a swap that was not proved. */
  readonly previous: string;
  readonly smoke: SmokeTest;
  /** The models of the resource, as the step found them. */
  readonly known: KnownModels;
  readonly wanted: SwapWith;
  readonly context: StepContext;
}

/**
 * Makes the endpoint serve the model and recognises smoke audio meanwhile; answers what went wrong. Throws a
 * {@link ServiceError} when the service does not answer in the time there is.
 */
export async function deployModel(at: Change, model: string): Promise<string | undefined> {
  const { endpoint, smoke, wanted, context } = at;
  const { since } = await patchModel(at, model);
  // Right after the change the endpoint may still show its old state: only a state entered later is an answer.
  const isSettled = (read: Endpoint): boolean =>
    (read.status === 'Failed' && read.lastActionDateTime >= since) ||
    (read.status === 'Succeeded' && (sameModel(model, read.model?.self) || read.lastActionDateTime > since));
  const onRead = (read: Endpoint): void => context.report(`endpoint is ${read.status}, ${smoke.summary()}`);
  const settled = await smoke.during(
    async (signal) => await untilSettled(endpoint, { isSettled, onRead, signal, wanted, context }),
    { everySeconds: wanted.verify?.every ?? 1 },
  );
  if (settled === undefined) return `The deployment did not end within ${wanted['settle-timeout']} s (settle-timeout)`;
  if (settled.status === 'Failed') return withReason('The deployment failed', settled);
  if (!sameModel(model, settled.model?.self)) {
    return `The endpoint serves model ${entityId(settled.model?.self ?? 'none')} and not the model it was given`;
  }
  return undefined;
}

/**
 * The endpoint when it has settled (default: Succeeded or Failed); undefined when it has not within settle-timeout. Time that ends while the service does not
 * answer decides nothing: the next answer does, and an endpoint that is at work then has the whole time again.
 */
export async function untilSettled(
  { self }: Endpoint,
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
    const end = clock.now().getTime() + wanted['settle-timeout'] * 1000;
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

/**
 * Gives the model to the endpoint, with the mark that it is not proved yet. A change whose answer was lost is known again
 * by that mark, because the service refuses the same change a second time while the first is under way.
 */
async function patchModel({ endpoint, previous, context }: Change, model: string): Promise<{ readonly since: string }> {
  const { endpoints } = context.ports.speech;
  const mark = swapMark('unproved', model);
  const entries = { [swapProperty]: mark, [previousModelProperty]: entityId(previous) };
  return await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), model: entityId(model) }),
    async act() {
      try {
        const change = { model: { self: model }, customProperties: withEntries(endpoint, entries) };
        const changed = await endpoints.update(endpoint.self, change, { signal: context.signal });
        return { since: changed.lastActionDateTime };
      } catch (error) {
        if (!(error instanceof ServiceError) || (error.outcome === 'refused' && error.status !== 409)) throw error;
        const now = await readNow<Endpoint>(context, endpoints, endpoint.self);
        if (now.customProperties?.[swapProperty] !== mark) throw error;
        return { since: now.lastActionDateTime };
      }
    },
  });
}
