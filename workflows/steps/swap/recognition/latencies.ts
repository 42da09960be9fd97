import type { Recognition } from '../../../engine/ports.ts';
import type { Outputs } from '../../../engine/step-kind.ts';

/** The parts of a proof that latencies are told apart by. What is recognised on the way back is the proof of another model. */
export type Phase = 'before' | 'while' | 'after' | 'back';

type Latency = Pick<Recognition, 'firstResultSeconds' | 'finalSeconds'>;

/** How long recognitions took, by the phase in which they were answered. Reads no clock: each recognition tells its own times. */
export class Latencies {
  #phase: Phase = 'before';
  readonly #of: Record<Phase, Latency[]> = { before: [], while: [], after: [], back: [] };
  /** Since the change, in the order of their answers. */
  readonly #sinceChange: Latency[] = [];
  #firstOfNew: number | undefined;

  /** What is answered from now on is of this phase. */
  enter(phase: Phase): void {
    this.#phase = phase;
  }

  /** A recognition that stood for itself: a new connection to the endpoint. */
  addSingle(latency: Latency): void {
    this.#of[this.#phase].push(latency);
    if (this.#phase !== 'before' && this.#phase !== 'back') this.#sinceChange.push(latency);
  }

  /** A phrase of a stream, which was open before. */
  addPhrase(latency: Latency): void {
    this.#of[this.#phase].push(latency);
  }

  /** This recognition was answered as by the new model. Before the change that is a chance. */
  answeredAsNew(latency: Latency): void {
    const at = this.#sinceChange.lastIndexOf(latency);
    if (at >= 0) this.#firstOfNew ??= at;
  }

  /** Within how long 95 % of the final results came in a phase, in seconds; undefined where none was measured. */
  finalP95(phase: Phase): number | undefined {
    return percentile(valuesOf(this.#of[phase], 'finalSeconds'), 0.95);
  }

  /**
   * The slowest final result of the first three single recognitions from the first answer of the new model on, in seconds; undefined
   * where no answer was known to be of it.
   */
  warmUp(): number | undefined {
    if (this.#firstOfNew === undefined) return undefined;
    const first = this.#sinceChange.slice(this.#firstOfNew, this.#firstOfNew + 3);
    return percentile(valuesOf(first, 'finalSeconds'), 1);
  }

  /** The outputs of the step that tell of them, in seconds to the millisecond; those that were not measured are left out. */
  outputs(): Outputs {
    const phases = ['before', 'while', 'after'] as const;
    const all = phases.flatMap((phase) =>
      (['firstResult', 'final'] as const).flatMap((kind) =>
        ([50, 95] as const).map((percent) => {
          const name = `${phase}${kind === 'final' ? 'Final' : 'FirstResult'}P${percent}Seconds`;
          return [name, percentile(valuesOf(this.#of[phase], `${kind}Seconds`), percent / 100)] as const;
        }),
      ),
    );
    const told = [...all, ['warmUpSeconds', this.warmUp()] as const];
    return Object.fromEntries(told.flatMap(([name, seconds]) => (seconds === undefined ? [] : [[name, seconds]])));
  }

  /** What is worth saying of them when the proof has ended; empty where nothing was measured after the change. */
  inWords(): string {
    const after = this.finalP95('after');
    if (after === undefined) return '';
    const [before, during, warmUp] = [this.finalP95('before'), this.finalP95('while'), this.warmUp()];
    return [
      `final results within (p95)${before === undefined ? '' : ` ${before} s before the change,`}${during === undefined ? '' : ` ${during} s while it took place,`} ${after} s after it`,
      ...(warmUp === undefined ? [] : [`the first of the new model within ${warmUp} s`]),
    ].join('; ');
  }
}

function valuesOf(latencies: readonly Latency[], name: keyof Latency): readonly number[] {
  return latencies.flatMap((latency) => latency[name] ?? []);
}

/** The smallest value that this share of the values does not exceed (nearest rank), to the millisecond. */
function percentile(values: readonly number[], share: number): number | undefined {
  const found = values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1];
  return found === undefined ? undefined : Math.round(found * 1000) / 1000;
}
