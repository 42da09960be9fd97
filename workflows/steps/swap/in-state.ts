import { ServiceError } from '../../engine/ports.ts';
import type { StepContext } from '../../engine/step-kind.ts';
import { isRefusal } from '../../engine/unanswered.ts';

/**
 * Does a part of a step. When the service fails it without having said no, the error says in which state everything is; so does
 * the log when the part is ended from outside.
 */
export async function inState<T>(
  state: string,
  { context, act }: { readonly context: Pick<StepContext, 'signal' | 'report'>; readonly act: () => Promise<T> },
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ServiceError && !isRefusal(error)) throw new ServiceError(`${error.message}; ${state}`, error);
    if (context.signal.aborted) context.report(state);
    throw error;
  }
}
