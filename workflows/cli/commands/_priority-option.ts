import { InvalidArgumentError, Option } from 'commander';

/** `--priority`: the place of a run among those that wait for a worker. */
export function priorityOption(): Option {
  return new Option('--priority <number>', 'among the runs that wait, the lowest number is taken first')
    .argParser(priority)
    .default(100);
}

function priority(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number from 0, which is taken first.');
}
