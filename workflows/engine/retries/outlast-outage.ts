import type { ClockPort } from '../../time/clock.ts';
import { outageMilliseconds, RepeatPauses } from './repeat-pauses.ts';
import { isUnanswered, pauseAfter } from './unanswered.ts';

/**
 * The outcome of `ask`, which is asked again for up to an hour while the service does not answer: what a step looks at decides
 * how it continues, and work of hours may depend on it. `onTrouble` gets a message about it for people. Rejects with every other
 * error of `ask`, and as `pauseAfter` does when the signal is aborted.
 */
export async function outlastOutage<T>(
  ask: () => Promise<T>,
  options: {
    readonly sleep: ClockPort['sleep'];
    readonly onTrouble: (message: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<T> {
  const { sleep, onTrouble, signal } = options;
  const pauses = new RepeatPauses({
    firstMilliseconds: 1000,
    longestMilliseconds: 60_000,
    patienceMilliseconds: outageMilliseconds,
  });
  for (let isInTrouble = false; ; isInTrouble = true) {
    try {
      const answer = await ask();
      if (isInTrouble) onTrouble('the service answers again');
      return answer;
    } catch (error) {
      if (signal.aborted || !isUnanswered(error)) throw error;
      const milliseconds = pauses.afterFailure(error.retryAfterSeconds);
      if (milliseconds === undefined) throw error;
      onTrouble(`${error.message}; asking again in ${Math.ceil(milliseconds / 1000)} s`);
      await pauseAfter(error, { milliseconds, sleep, signal });
    }
  }
}
