/**
 * Loaded before the program (`node --import`): the program ends when its output is written, and that takes a minute more here. So a test is not
 * too late to ask for an end at once.
 */
const write = process.stdout.write.bind(process.stdout) as (...args: readonly unknown[]) => boolean;
process.stdout.write = (...args: readonly unknown[]): boolean => {
  if (args[0] !== '') return write(...args);
  setTimeout(() => write(...args), 60_000);
  return true;
};
