import { parseArgs } from 'node:util';
import { runMutants, type Mutant, type MutantResult, type MutantRun } from './run-mutants.ts';

/** Fewer killed ones than this share fail the command. */
const leastShare = 0.9;

const usage = `Usage: npm run mutants [-- [--only NAME]… [--list]]

Makes small wrong changes in a temporary copy of the tree, one at a time, and runs the unit tests that are to notice them. Prints
which were noticed (killed) and which not (survived), and a score. Exit status: 0 at least ${leastShare * 100} % were killed, 1 fewer, or
one cannot be made any more, 2 wrong usage.

  --only NAME   only this mutant, repeatable
  --list        print the mutants and what each would mean, and run none
`;

/** `npm run mutants`: prints what became of these mutants of the tree at `root`; answers the exit status. */
export async function mutantsCommand(
  args: readonly string[],
  io: {
    readonly root: string;
    readonly mutants: readonly Mutant[];
    readonly stdout: (text: string) => unknown;
    readonly stderr: (text: string) => unknown;
    readonly signal?: AbortSignal;
  },
): Promise<number> {
  const { root, stdout, stderr, signal } = io;
  const wanted = wantedOf(args, io.mutants);
  if (wanted === 'help') {
    stdout(usage);
    return 0;
  }
  if (typeof wanted === 'string') {
    stderr(`error: ${wanted}\n\n${usage}`);
    return 2;
  }
  if (wanted.isList) {
    for (const { name, file, means } of wanted.mutants) stdout(`${name}  (${file}) ${means}\n`);
    return 0;
  }
  const run = await runMutants(wanted.mutants, {
    root,
    onProgress: (line) => stderr(`${line}\n`),
    ...(signal === undefined ? {} : { signal }),
  });
  return tell(run, stdout);
}

function wantedOf(
  args: readonly string[],
  mutants: readonly Mutant[],
): { readonly mutants: readonly Mutant[]; readonly isList: boolean } | string {
  const options = {
    only: { type: 'string', multiple: true },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return 'help';
    const { only, list: isList } = values;
    if (only === undefined) return { mutants, isList };
    const unknown = only.filter((name) => mutants.every((mutant) => mutant.name !== name));
    if (unknown.length > 0) return `Name mutants of --list: there is no ${unknown.join(', ')}`;
    return { mutants: mutants.filter(({ name }) => only.includes(name)), isList };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function tell(run: MutantRun, stdout: (text: string) => unknown): number {
  if (run.kind === 'faults') {
    for (const fault of run.faults) stdout(`${fault}\n`);
    return 1;
  }
  const { results } = run;
  for (const result of results) stdout(lineOf(result));
  const killed = results.filter(({ outcome }) => outcome === 'killed').length;
  const share = killed / results.length;
  stdout(`killed ${killed} of ${results.length}: ${(share * 100).toFixed(1)} %, ${leastShare * 100} % are wanted\n`);
  return share >= leastShare ? 0 : 1;
}

function lineOf({ mutant, outcome, by, seconds }: MutantResult): string {
  const why = outcome === 'killed' ? `by ${by}` : `in ${mutant.file}: ${mutant.means}`;
  return `${outcome.padEnd(8)}  ${mutant.name}  ${seconds.toFixed(1)} s  ${why}\n`;
}
