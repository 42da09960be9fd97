import { counted } from '../../document/counted.ts';
import { timeAt } from '../../engine/observe.ts';
import { entityId } from '../../plan/identity.ts';
import { sameModel } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { readNow, withReason } from '../ensure.ts';
import type { Change } from './change.ts';
import type { Ear, Hearing, Tally } from './recognition/hearing.ts';

/** What became of an endpoint that was given a model. */
export type Heard =
  /** It answers as the model. `at`: ISO 8601, by the clock of the service. */
  | { readonly kind: 'heard'; readonly at: string }
  /** It is said to serve the model, and nothing tells whether it does. */
  | { readonly kind: 'unheard'; readonly why: string }
  | { readonly kind: 'fault'; readonly fault: string };

/** An endpoint that says that it serves a model. */
export interface Waiting {
  readonly model: string;
  readonly ear: Ear;
  /** When it was given the model, by the clock of the service. */
  readonly since: string;
  /** Until when to wait at most, in milliseconds since 1970 by the clock of the run. */
  readonly end: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until the endpoint names the model and answers as it in two rounds in a row. The service may say at once that an endpoint
 * has Succeeded with the new model while the previous one goes on serving for minutes, so neither status nor model is believed
 * alone. Where nothing tells the models apart, waits as long as `settle-at-least` says.
 */
export async function untilHeard(at: Change, waiting: Waiting): Promise<Heard> {
  const { ear } = waiting;
  if ('why' in ear) return await untilSettledAtLeast(at, { ...waiting, why: ear.why });
  const { context, wanted } = at;
  const { clock } = context.ports;
  let told = '';
  let toldAt = 0;
  for (let inARow = 0; ;) {
    const tally = await ear.round(waiting.signal);
    inARow = ear.isModel(tally.wanted) ? inARow + 1 : 0;
    const read = await readNow<Endpoint>(context, context.ports.speech.endpoints, at.endpoint.self);
    const fault = faultOf(read, waiting.model);
    if (fault !== undefined) return { kind: 'fault', fault };
    if (inARow > 1 && read.status === 'Succeeded') return { kind: 'heard', at: timeAt(context.ports) };
    const now = inWords(tally, ear);
    const moment = clock.now().getTime();
    if (now !== told || moment - toldAt >= quietMilliseconds) {
      context.report(now === told ? `${now}; waiting until ${hourOf(waiting.end)} at most` : now);
      toldAt = moment;
    }
    told = now;
    // A first round that is answered as by the model deserves its second one.
    if (inARow !== 1 && clock.now().getTime() >= waiting.end)
      return { kind: 'fault', fault: inARow === 0 ? notHeard(at, now) : notSettled(at, read) };
    await clock.sleep((wanted.verify?.every ?? 1) * 1000, waiting.signal);
  }
}

/** After so long without a change a person is told that the step still waits. */
const quietMilliseconds = 60_000;

/** An hour and minute of the clock of the run. */
function hourOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 16)} UTC`;
}

async function untilSettledAtLeast(at: Change, waiting: Waiting & { readonly why: string }): Promise<Heard> {
  const { wanted, context } = at;
  const { ports } = context;
  const { why, since, model, signal } = waiting;
  const unheard = { kind: 'unheard', why } as const;
  if (wanted.verify === undefined) return unheard;
  const { every, 'settle-at-least': least } = wanted.verify;
  const begun = Date.parse(since);
  // An endpoint need not say when it was given the model: then all of the time is still to come.
  const from = Number.isNaN(begun) ? Date.parse(timeAt(ports)) : begun;
  const left = (): number => from + least * 1000 - Date.parse(timeAt(ports));
  context.report(`nothing tells which model answers: ${why}; waiting ${least} s (settle-at-least)`);
  // The clock of the service may be faster than that of the run, so that it is asked for the time more and more seldom.
  for (let pause = every * 1000; ; pause = Math.min(pause * 2, longestPause)) {
    const read = await readNow<Endpoint>(context, ports.speech.endpoints, at.endpoint.self);
    const fault = faultOf(read, model);
    if (fault !== undefined) return { kind: 'fault', fault };
    if (left() <= 0) return unheard;
    await ports.clock.sleep(Math.min(pause, left()), signal);
  }
}

const longestPause = 30_000;

/** Why an endpoint cannot serve the model any more, by what it says of itself. */
export function faultOf(read: Endpoint, model: string): string | undefined {
  if (read.status === 'Failed') return withReason('The deployment failed', read);
  return read.status === 'Succeeded' ? otherModel(read, model) : undefined;
}

/** That an endpoint names another model, in words. */
export function otherModel(read: Endpoint, model: string): string | undefined {
  if (sameModel(model, read.model?.self)) return undefined;
  return `The endpoint serves model ${entityId(read.model?.self ?? 'none')} and not the model it was given`;
}

/** How a round was answered, in words. */
export function inWords({ wanted, other, neither }: Tally, { recordings, names }: Hearing): string {
  const apart = `${counted(recordings.length, 'recording')} that ${recordings.length === 1 ? 'tells' : 'tell'} the models apart`;
  return `of ${apart} ${wanted} are answered as by ${names.wanted}, ${other} as by ${names.other}, ${neither} as by neither`;
}

function notHeard({ wanted }: Change, now: string): string {
  return `Endpoint ${wanted.endpoint} does not answer as the model that it names after ${wanted['settle-timeout']} s (settle-timeout): ${now}`;
}

function notSettled({ wanted }: Change, { status }: Endpoint): string {
  return `Endpoint ${wanted.endpoint} answers as the model, and is ${status} still after ${wanted['settle-timeout']} s (settle-timeout)`;
}
