import { resourceOf } from '../../plan/resources.ts';
import type { Io } from '../session.ts';
import { lookUp } from '../../engine/look-up.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { factsOf, settingsKnownNow } from '../../plan/known-input.ts';
import type { Plan, PlannedStep } from '../../plan/plan.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { Connection } from '../connect/connection.ts';

/** What steps that make nothing have found out before the run, by the step's id. */
export type FoundOutputs = Readonly<Record<string, Outputs>>;

/**
 * A plan that knows also what only the results of recordings tell of evaluations that are there. `planOf` plans with what was found out; it is asked
 * again until the plan leaves nothing open that can be found out without a run.
 */
export async function planWithEvidence(
  planOf: (found: FoundOutputs) => Plan,
  { io, connection }: { readonly io: Io; readonly connection: Pick<Connection, 'portsOf'> },
): Promise<{ readonly plan: Plan; readonly found: FoundOutputs }> {
  const tried = new Set<string>();
  let found: FoundOutputs = {};
  for (;;) {
    const plan = planOf(found);
    const open = plan.steps.filter(({ id, action, undecided = [] }) => {
      return action === 'reuse' && undecided.length > 0 && !tried.has(id);
    });
    if (open.length === 0) return { plan, found };
    for (const planned of open) {
      tried.add(planned.id);
      const outputs = await outputsOf(planned, { plan, io, connection });
      if (outputs !== undefined) found = { ...found, [planned.id]: outputs };
    }
  }
}

/** Undefined when they cannot be found out, which is told. */
async function outputsOf(
  { id }: PlannedStep,
  of: { readonly plan: Plan; readonly io: Io; readonly connection: Pick<Connection, 'portsOf'> },
): Promise<Outputs | undefined> {
  const { plan, io, connection } = of;
  const step = plan.pipeline.steps.find((one) => one.id === id);
  const kind = step && stepKinds[step.uses];
  if (step === undefined || kind === undefined) return undefined;
  const ended = Object.fromEntries(plan.steps.map((one) => [one.id, one]));
  const report = (message: string): void => io.stderr.write(`${escapeControls(`${id}: ${message}`)}\n`);
  report('reads what was recognised');
  const outputs = await lookUp(
    kind,
    {
      with: settingsKnownNow(step, { plan, runId: '', ended }),
      step: { id },
      pipeline: factsOf(plan.pipeline, step),
      resource: resourceOf(step, plan),
      folder: plan.folder,
    },
    { ports: connection.portsOf(step), signal: io.signal, report: () => undefined },
  );
  if (typeof outputs !== 'string') return outputs;
  report(`what was recognised decides nothing before the run: ${outputs}`);
  return undefined;
}
