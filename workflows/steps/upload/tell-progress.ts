import { formatBytes } from '../../document/byte-count.ts';
import type { SendProgress } from '../../engine/ports.ts';
import type { StepContext } from '../../engine/step-kind.ts';

/** Tells people how far content is, not more often than they read: how much is there, how fast it goes and how long it still takes. */
export class ProgressTeller {
  readonly #context: Pick<StepContext, 'ports' | 'report'>;
  readonly #size: { readonly bytes: number; readonly isExact: boolean };
  /** Of the last half minute: what was sent before says little about what comes. */
  readonly #points: { readonly at: number; readonly sent: number }[];
  #last: { readonly at: number; readonly progress: SendProgress } | undefined;

  /** The size is `isExact` where data are sent as they are: what a folder is packed into is known at its end. */
  constructor(
    context: Pick<StepContext, 'ports' | 'report'>,
    size: { readonly bytes: number; readonly isExact: boolean },
  ) {
    this.#context = context;
    this.#size = size;
    this.#points = [{ at: this.#now(), sent: 0 }];
  }

  tell(progress: SendProgress): void {
    const at = this.#now();
    const points = this.#points;
    while (at - (points[1]?.at ?? at) >= windowMilliseconds) points.shift();
    points.push({ at, sent: progress.sent });
    const isSoon = this.#last !== undefined && at - this.#last.at < pauseMilliseconds;
    if (isSoon) return;
    this.#last = { at, progress };
    this.#context.report(this.#line(progress, at));
  }

  /** All of it is there. */
  end({ there, sent }: SendProgress): void {
    const before = there > sent ? `, of which ${formatBytes(there - sent)} were there from an earlier attempt` : '';
    this.#context.report(`${formatBytes(there)} sent${before}`);
  }

  #line({ there }: SendProgress, at: number): string {
    const { bytes, isExact } = this.#size;
    const total = there > bytes ? '' : ` of ${isExact ? '' : 'about '}${formatBytes(bytes)}`;
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    const sent = (last?.sent ?? 0) - (first?.sent ?? 0);
    const seconds = (at - (first?.at ?? at)) / 1000;
    if (seconds <= 0 || sent <= 0) return `${formatBytes(there)}${total} sent`;
    const perSecond = sent / seconds;
    const left = total === '' ? '' : `, ${timeText((bytes - there) / perSecond)} left`;
    return `${formatBytes(there)}${total} sent, ${formatBytes(Math.round(perSecond))}/s${left}`;
  }

  #now(): number {
    return this.#context.ports.clock.now().getTime();
  }
}

const pauseMilliseconds = 2000;
const windowMilliseconds = 30_000;

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
