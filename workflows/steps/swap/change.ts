import type { SwapWith } from '../../../schemas/types.gen.ts';
import type { StepContext } from '../../engine/step-kind.ts';
import type { KnownModels } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import type { Ear } from './recognition/hearing.ts';
import type { Phase } from './recognition/latencies.ts';
import type { SmokeTest } from './recognition/smoke-test.ts';
import type { Streams } from './recognition/streams.ts';
import type { Evaluated } from './wer-bounds.ts';

/** An endpoint that is given another model. */
export interface Change {
  readonly endpoint: Endpoint;
  readonly candidate: { readonly self: string; readonly displayName: string };
  /** The last model before the candidate that counted there, also when it has expired; empty when there is none to go back to. */
  readonly before: string;
  /**
   * The model that the step gives back after a fault: the one served now, or before a swap that was not proved; where that has
   * expired, the newest base model, which answers in its place.
   */
  readonly previous: string;
  /** The model that answers before the candidate does, where that is known. */
  readonly other: string | undefined;
  /** Models one of which may answer as well, because the last swap was not proved; there may be the candidate and the other model among them. */
  readonly inDoubt: readonly string[];
  /** The model that this run has given the endpoint before, where the step takes that back. */
  readonly takesBack: string | undefined;
  /**
   * The id of the model that the endpoint notes as the one before once the step has taken a model back, which nobody is to go back to.
   * Undefined in any other step: there the endpoint notes the model that it serves until the change.
   */
  readonly notes: string | undefined;
  /** Whether the step has made the endpoint, with the candidate. */
  readonly isNew: boolean;
  /** Hears the candidate and the other model. */
  readonly ear: Ear;
  readonly smoke: SmokeTest;
  /** Are open from before the change to the end of its proof. */
  readonly streams: Streams;
  /** Undefined where the word error rate is not bounded by it, or nothing has measured the candidate. */
  readonly evaluated: Evaluated | undefined;
  /** The models of the resource, as the step found them. */
  readonly known: KnownModels;
  readonly wanted: SwapWith;
  readonly context: StepContext;
}

/** When what begins now has to have ended by settle-timeout: milliseconds since 1970, by the clock of the run. */
export function settleBy({ wanted, context }: Pick<Change, 'wanted' | 'context'>): number {
  return context.ports.clock.now().getTime() + wanted['settle-timeout'] * 1000;
}

/** What is recognised from now on belongs to this phase of the proof. */
export function enterPhase({ smoke, streams }: Pick<Change, 'smoke' | 'streams'>, phase: Phase): void {
  streams.collect();
  smoke.latencies.enter(phase);
}
