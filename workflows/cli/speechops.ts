import { runProgram } from './run-program.ts';
import type { Io } from './session.ts';

/** Runs the program on the arguments of this process, and ends the process with its exit code. */
export async function speechops(parts: Pick<Io, 'environmentCheck' | 'environmentObjects'>): Promise<never> {
  return await runProgram(async (io) => {
    // What takes longest to load comes last: a signal that arrives meanwhile ends the program as a later one does.
    const { main } = await import('./main.ts');
    return await main(process.argv.slice(2), { ...io, ...parts });
  });
}
