import { randomBytes } from 'node:crypto';
import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { createInterpreter } from '../../engine/interpret-plan.ts';
import type { Ports } from '../../engine/ports.ts';
import type { Secrets } from '../../engine/secrets.ts';
import { singleScope } from '../../engine/single-scope.ts';
import { type LeftOfTrial, removeTrials, trialPorts } from '../../engine/trial-ports.ts';
import type { Plan } from '../../plan/plan.ts';
import { lackingOfTrial, trialOf } from '../../plan/trial.ts';
import { deletionOf } from '../../steps/deletion.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { Connection } from '../connect/connection.ts';
import { CheckFailure, type ExitCode, type Io } from '../session.ts';
import { exitCodeOf } from './leave-record.ts';
import { evidenceOfRun } from './make-evidence.ts';
import { showProgress } from './show-progress.ts';

/**
 * Does what a plan would do up to its first change of an endpoint, in a project of its own, to measure it; keeps what it has measured, and removes in
 * every outcome what that has made. Returns the exit code, as of a run. Throws a {@link CheckFailure} when the plan measures nothing.
 */
export async function tryPlan(
  plan: Plan,
  of: {
    readonly io: Io;
    readonly connection: Connection;
    readonly secrets: Secrets | undefined;
    /** The folder that the results will be in. */
    readonly folder: string;
    /** Keeps the results, before anything is removed. */
    keep(results: ResultsDocument): Promise<void>;
  },
): Promise<ExitCode> {
  const { io, connection, secrets, folder, keep } = of;
  const id = `${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
  const trial = trialOf(plan, { id, kinds: stepKinds });
  const lacking = lackingOfTrial(plan, stepKinds);
  if (trial === undefined)
    throw new CheckFailure(
      lacking[0]?.summary ??
        'Leave out --evaluate, or let a step of the pipeline evaluate: nothing that changes no endpoint is measured',
    );
  for (const step of lacking) say(`warning: step ${step.id} is not done before the measurement: ${step.summary}`, io);
  const tried = new Map(connection.resources.map((ports) => [ports, trialPorts(ports, id)]));
  const portsOf: Connection['portsOf'] = (step) => tried.get(connection.portsOf(step)) ?? connection.portsOf(step);
  const ports = tried.get(connection.ports) ?? connection.ports;
  const runId = `trial-${id}`;
  const { steps, name } = trial.pipeline;
  const progress = showProgress({ runId, title: `Trial of ${name} on ${connection.endpoint}`, steps }, io);
  try {
    const interpret = createInterpreter({
      kinds: stepKinds,
      ports,
      portsOf,
      onEvent: (event) => progress.onEvent(event),
      ...(secrets === undefined ? {} : { secrets }),
    });
    const scope = singleScope({ runId, startedAt: new Date().toISOString(), signal: io.signal });
    const record = await interpret(trial, scope);
    progress.end();
    const seen = {
      portsOf,
      resources: [...tried.values()],
      addresses: connection.addresses,
      endpoint: connection.endpoint,
    };
    await keep(await evidenceOfRun(record, { plan: trial, connection: seen }, { io, folder }));
    return exitCodeOf(record);
  } finally {
    progress.end();
    await removeAll(connection.resources, { id, io });
  }
}

/** Throws when something stays. */
async function removeAll(
  resources: readonly Ports[],
  { id, io }: { readonly id: string; readonly io: Io },
): Promise<void> {
  // A person who has stopped the trial waits for its end.
  const signal = AbortSignal.timeout(io.signal.aborted ? afterStopMilliseconds : removalMilliseconds);
  const left: string[] = [];
  for (const ports of resources) {
    const stayed = await removeTrials(ports, { id, signal, report: (text) => say(text, io) });
    left.push(...stayed.map((object) => describeLeft(object, ports)));
  }
  if (left.length === 0) return say(`Removed what the trial ${id} has made`, io);
  throw new Error(
    `Not all of trial ${id} could be removed; a trial in two days removes it, or you do: ${left.join('; ')}`,
  );
}

function say(text: string, { stderr }: Io): void {
  stderr.write(`${escapeControls(text)}\n`);
}

const afterStopMilliseconds = 60_000;
const removalMilliseconds = 600_000;

function describeLeft(object: LeftOfTrial, ports: Ports): string {
  return `${object.displayName}: ${deletionOf(object, ports)}`;
}
