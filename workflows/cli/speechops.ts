import { runProgram } from './run-program.ts';

await runProgram(async (io) => {
  // What takes longest to load comes last: a signal that arrives meanwhile ends the program as a later one does.
  const { main } = await import('./main.ts');
  return await main(process.argv.slice(2), io);
});
