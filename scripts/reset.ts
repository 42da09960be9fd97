import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { withRunControl } from '../workflows/cli/runs/run-control.ts';
import type { Io } from '../workflows/cli/session.ts';
import { isLoopback } from '../workflows/document/base-url.ts';
import { escapeControls } from '../workflows/document/quote-name.ts';
import type { Plan } from '../workflows/plan/plan.ts';

/**
 * Forgets the embedded emulator's data and all runs. The records of runs against Azure are kept nowhere else, so a person is asked
 * before they go; `--yes` answers.
 */
const { yes } = parseArgs({ options: { yes: { type: 'boolean', default: false } } }).values;
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort(new Error('Stopped by SIGINT')));
const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  // The runs below the current folder, wherever new ones are kept.
  env: { ...process.env, SPEECHOPS_DATABASE_URL: undefined, SPEECHOPS_HOME: process.cwd() },
  cwd: process.cwd(),
  signal: interrupt.signal,
};

if (yes || (await mayDelete())) {
  await rm('.speechops', { recursive: true, force: true });
  process.stdout.write('Emptied .speechops: the local Speech resource and the records of runs are gone\n');
}

async function mayDelete(): Promise<boolean> {
  const records = await remoteRecords();
  if (records === undefined) return true;
  process.stderr.write(`${escapeControls(records)}\n`);
  if (!process.stdin.isTTY) {
    process.stderr.write('Nothing was deleted. If they may go: npm run reset -- --yes\n');
    process.exitCode = 2;
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.once('SIGINT', () => interrupt.abort(new Error('Stopped by SIGINT')));
  const asked = terminal.question('Delete their records? [y/N] ', { signal: interrupt.signal });
  const answer = await asked.catch(() => '');
  terminal.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  process.stderr.write('Nothing was deleted\n');
  process.exitCode = 1;
  return false;
}

/** What would be lost of runs against other resources than the emulator, as a sentence; undefined when nothing would. */
async function remoteRecords(): Promise<string | undefined> {
  try {
    return await withRunControl(io, async (control) => {
      const places = new Map<string, readonly string[]>();
      for (const { runId } of await control.runs()) {
        const resources = remoteResourcesOf((await control.details(runId))?.plan);
        if (resources.length > 0) places.set(runId, resources);
      }
      if (places.size === 0) return undefined;
      const resources = [...new Set([...places.values()].flat())].join(', ');
      const [newest] = places.keys();
      const runs = places.size === 1 ? `The run ${newest}` : `${places.size} runs, the newest of them ${newest},`;
      return `${runs} worked on ${resources}. What was made there stays; the records in .speechops are the only ones.`;
    });
  } catch (error) {
    if (interrupt.signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return `The runs in .speechops cannot be read, and some may be of a resource in Azure: ${reason}`;
  }
}

/** A plan that this version cannot read may be of any resource. */
function remoteResourcesOf(plan: Plan | undefined): readonly string[] {
  if (plan === undefined) return ['an unknown resource'];
  const { target, steps } = plan;
  const all = [
    target === 'embedded-emulator' ? target : target.endpoint,
    ...steps.flatMap((step) => step.resource ?? []),
  ];
  const remote = [...new Set(all)].filter((place) => place !== 'embedded-emulator');
  return remote.filter((place) => !URL.canParse(place) || !isLoopback(new URL(place)));
}
