import { ServiceError } from '../ports.ts';

/**
 * The outcome of `ask`, tried again after each of these pauses while a service does not answer, or says that it cannot now.
 * What it refuses, and what is wrong on this side, stays so and is thrown at once.
 */
export async function whenItAnswers<T>(
  ask: () => Promise<T>,
  options: {
    readonly pausesSeconds: readonly number[];
    pause(seconds: number): Promise<void>;
    tell(message: string): void;
  },
): Promise<T> {
  for (const seconds of options.pausesSeconds) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ServiceError) || !mayPass(error)) throw error;
      options.tell(`${error.message}; again in ${seconds} s`);
    }
    await options.pause(seconds);
  }
  return await ask();
}

function mayPass({ status }: ServiceError): boolean {
  return status === undefined || status === 408 || status === 429 || status >= 500;
}
