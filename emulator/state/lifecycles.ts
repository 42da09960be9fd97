export type Status = 'NotStarted' | 'Running' | 'Succeeded' | 'Failed';

/** One step of a lifecycle: how long an object stays in `from`, in virtual seconds. */
export interface Transition {
  readonly from: Status;
  /** `Succeeded` stands for either end: it is `Failed` when the work behind it failed. */
  readonly to: Status;
  readonly seconds: number;
  /** Added for every second of audio that is worked on. */
  readonly secondsPerAudioSecond?: number;
}

export type LifecycleName = keyof typeof lifecycles;

/**
 * How long the service takes for what it does. Text-only training takes minutes and audio about 10 hours of it a day, a
 * first deployment up to 30 minutes, a redeployment several minutes (Microsoft Learn: test and train a custom speech
 * model; deploy a custom speech model); the rest is chosen.
 */
export const lifecycles = {
  import: [
    { from: 'NotStarted', to: 'Running', seconds: 5 },
    { from: 'Running', to: 'Succeeded', seconds: 55 },
  ],
  training: [
    { from: 'NotStarted', to: 'Running', seconds: 30 },
    { from: 'Running', to: 'Succeeded', seconds: 450, secondsPerAudioSecond: 2.4 },
  ],
  evaluation: [
    { from: 'NotStarted', to: 'Running', seconds: 10 },
    { from: 'Running', to: 'Succeeded', seconds: 110, secondsPerAudioSecond: 0.25 },
  ],
  firstDeployment: [
    { from: 'NotStarted', to: 'Running', seconds: 20 },
    { from: 'Running', to: 'Succeeded', seconds: 580 },
  ],
  modelSwap: [{ from: 'Running', to: 'Succeeded', seconds: 300 }],
  transcription: [
    { from: 'NotStarted', to: 'Running', seconds: 15 },
    { from: 'Running', to: 'Succeeded', seconds: 45, secondsPerAudioSecond: 0.1 },
  ],
  modelCopy: [
    { from: 'NotStarted', to: 'Running', seconds: 10 },
    { from: 'Running', to: 'Succeeded', seconds: 110 },
  ],
} as const satisfies Readonly<Record<string, readonly Transition[]>>;

/** Where an object stands in its lifecycle; gone once the object is terminal. Plain data, so that it survives a restart. */
export interface Progress {
  readonly lifecycle: LifecycleName;
  readonly step: number;
  /** Virtual milliseconds since 1970 when the step is over. */
  readonly dueAt: number;
  readonly audioSeconds: number;
}

/** The first step of a lifecycle that starts at virtual `now`. */
export function beginLifecycle(
  lifecycle: LifecycleName,
  options: { readonly now: number; readonly audioSeconds?: number },
): { readonly status: Status; readonly lastActionAt: number; readonly progress: Progress } {
  const audioSeconds = options.audioSeconds ?? 0;
  const first = transitionAt({ lifecycle, step: 0 });
  const dueAt = options.now + durationOf(first, audioSeconds);
  return {
    status: first.from,
    lastActionAt: options.now,
    progress: { lifecycle, step: 0, dueAt, audioSeconds },
  };
}

/** The step after `progress`, or undefined when that was the last one. */
export function nextProgress(progress: Progress): Progress | undefined {
  const step = progress.step + 1;
  if (step >= lifecycles[progress.lifecycle].length) return undefined;
  const duration = durationOf(transitionAt({ lifecycle: progress.lifecycle, step }), progress.audioSeconds);
  return { ...progress, step, dueAt: progress.dueAt + duration };
}

/** The transition that `progress` waits for. */
export function transitionAt(progress: Pick<Progress, 'lifecycle' | 'step'>): Transition {
  const transition: Transition | undefined = lifecycles[progress.lifecycle][progress.step];
  if (!transition) throw new RangeError(`Lifecycle ${progress.lifecycle} has no step ${progress.step}`);
  return transition;
}

/** When a lifecycle will be over, in virtual milliseconds since 1970, if its work does not take longer. */
export function endOf(progress: Progress): number {
  let last = progress;
  for (let next = nextProgress(last); next; next = nextProgress(next)) last = next;
  return last.dueAt;
}

function durationOf(transition: Transition, audioSeconds: number): number {
  return (transition.seconds + (transition.secondsPerAudioSecond ?? 0) * audioSeconds) * 1000;
}
