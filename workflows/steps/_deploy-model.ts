import type { SwapWith } from '../../schemas/types.gen.ts';
import { startDeadline, type Deadline } from '../engine/deadline.ts';
import { ServiceError } from '../engine/ports.ts';
import type { StepContext } from '../engine/step-kind.ts';
import { previousModelProperty, swapMark, swapProperty, withEntries } from '../plan/endpoint-proof.ts';
import { digestOf, entityId } from '../plan/identity.ts';
import { sameModel } from '../plan/models.ts';
import type { Endpoint } from '../plan/speech-entities.ts';
import { failureOf } from './_ensure.ts';
import type { SmokeTest } from './_smoke-test.ts';

/** An endpoint that is given another model. */
export interface Change {
  readonly endpoint: Endpoint;
  readonly candidate: { readonly self: string; readonly displayName: string };
  /** What it goes back to: what it serves now, or what it served before a swap that was not proved. */
  readonly previous: string;
  readonly smoke: SmokeTest;
  readonly wanted: SwapWith;
  readonly context: StepContext;
}

/** Makes the endpoint serve the model and recognises smoke audio meanwhile; answers what went wrong. */
export async function deployModel(at: Change, model: string): Promise<string | undefined> {
  const { endpoint, smoke, wanted, context } = at;
  const { endpoints } = context.ports.speech;
  const settleSeconds = wanted['settle-timeout'];
  const { since } = await patchModel(at, model);
  const timeout = settleDeadline(at);
  const settling = endpoints.wait(endpoint.self, {
    signal: AbortSignal.any([context.signal, timeout.signal]),
    // Right after the change the endpoint may still show its old state: only a state entered later is an answer.
    until: (read) =>
      (read.status === 'Failed' && read.lastActionDateTime >= since) ||
      (read.status === 'Succeeded' && (sameModel(model, read.model?.self) || read.lastActionDateTime > since)),
    onTrouble: context.report,
    onRead: (read) => context.report(`endpoint is ${read.status}, ${smoke.summary()}`),
  });
  try {
    const settled = await smoke.during(settling, { everySeconds: wanted.verify?.every ?? 1 });
    if (settled.status === 'Failed') return `The deployment failed: ${failureOf(settled)}`;
    if (!sameModel(model, settled.model?.self)) {
      return `The endpoint serves model ${entityId(settled.model?.self ?? 'none')} and not the model it was given`;
    }
    return undefined;
  } catch (error) {
    if (!timeout.signal.aborted || context.signal.aborted) throw error;
    return `The deployment did not end within ${settleSeconds} s (settle-timeout)`;
  } finally {
    timeout.stop();
  }
}

/** When a change of the endpoint has to have settled that begins now. */
export function settleDeadline({ wanted, context }: Pick<Change, 'wanted' | 'context'>): Deadline {
  return startDeadline(Date.now() + wanted['settle-timeout'] * 1000, { until: context.signal });
}

/**
 * Gives the model to the endpoint, with the mark that it is not proved yet. A change whose answer was lost is known again
 * by that mark, because the service refuses the same change a second time while the first is under way.
 */
async function patchModel({ endpoint, context }: Change, model: string): Promise<{ readonly since: string }> {
  const { endpoints } = context.ports.speech;
  const mark = swapMark('unproved', model);
  const entries = { [swapProperty]: mark, [previousModelProperty]: entityId(endpoint.model?.self ?? '') };
  return await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), model: entityId(model) }),
    async act() {
      try {
        const change = { model: { self: model }, customProperties: withEntries(endpoint, entries) };
        const changed = await endpoints.update(endpoint.self, change, { signal: context.signal });
        return { since: changed.lastActionDateTime };
      } catch (error) {
        if (!(error instanceof ServiceError) || (error.outcome === 'refused' && error.status !== 409)) throw error;
        const now = await endpoints.get(endpoint.self, { signal: context.signal });
        if (now?.customProperties?.[swapProperty] !== mark) throw error;
        return { since: now.lastActionDateTime };
      }
    },
  });
}

/** Notes on the endpoint that this model was proved there; an endpoint without room for the note goes without. */
export async function markProved(context: StepContext, endpoint: Endpoint, model: string): Promise<void> {
  const { endpoints } = context.ports.speech;
  const mark = swapMark('proved', model);
  await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), mark }),
    async act() {
      const now = (await endpoints.get(endpoint.self, { signal: context.signal })) ?? endpoint;
      if (now.customProperties?.[swapProperty] !== mark) {
        const change = { customProperties: withEntries(now, { [swapProperty]: mark }) };
        await endpoints.update(endpoint.self, change, { signal: context.signal });
      }
      return null;
    },
  });
}
