import { createInMemoryEngine } from './in-memory-engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { ClockPort } from '../../../workflows/time/clock.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { StepFailure, type StepContext, type StepKind, type StepOutcome } from '../../../workflows/engine/step-kind.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { Pipeline, PipelineStep } from '../../../workflows/language/pipeline.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { createFakeWorld } from '../steps/fake-world.ts';

export type Behaviour = (context: StepContext) => Promise<StepOutcome>;
export type Behaviours = Readonly<Record<string, Behaviour>>;

export const done: StepOutcome = { kind: 'done', outputs: { model: 'm', wer: 0.2 } };

export const failing: Behaviour = async () => {
  throw new StepFailure('No');
};

/** Ends only when it is told to. */
export const endless: Behaviour = async ({ signal }) =>
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

export function step(id: string, change: Partial<PipelineStep> = {}): PipelineStep {
  return {
    id,
    name: id,
    uses: 'train',
    with: { datasets: ['d'], 'base-model': 'newest', name: id },
    needs: [],
    continueOnError: false,
    ...change,
  };
}

export function plan(...steps: readonly PipelineStep[]): Plan {
  return planOf({ name: 'p', locale: 'en-US', inputs: {}, steps, layers: steps.map(({ id }) => [id]) });
}

export function planOf(pipeline: Pipeline): Plan {
  return { pipeline, folder: '/', target: 'embedded-emulator', env: {}, steps: [] };
}

/** The plan of a pipeline as a person writes it, its name aside. */
export function written(text: string): Plan {
  const { pipeline, diagnostics } = loadPipeline(`name: p\n${text}`, { path: 'p.yaml', inputs: {} });
  if (pipeline === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return planOf(pipeline);
}

/** A step that trains, in one line of YAML. */
export function short(id: string, more = ''): string {
  return `  - { id: ${id}, uses: train, with: { datasets: [https://x/1] }${more === '' ? '' : `, ${more}`} }\n`;
}

/** Starts a run; each step behaves as its id says. */
export function interpreter(
  behaviours: Behaviours,
  options: { readonly clock?: ClockPort; readonly said?: string[] } = {},
) {
  const kind: StepKind = {
    uses: 'train',
    effects: ['create-model'],
    plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
    run: async ({ step: { id } }, context) => (await behaviours[id]?.(context)) ?? done,
  };
  const { ports } = createFakeWorld();
  return createInterpreter({
    kinds: { train: kind },
    ports: { ...ports, ...(options.clock === undefined ? {} : { clock: options.clock }) },
    onEvent: (event) => event.kind === 'step-progress' && options.said?.push(`${event.stepId}: ${event.message}`),
  });
}

export async function run(of: Plan, ...how: Parameters<typeof interpreter>): Promise<RunRecord> {
  const engine = createInMemoryEngine(interpreter(...how));
  await engine.start('r', of);
  return await engine.result('r');
}

export function statuses(record: RunRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record.steps).map(([id, { status }]) => [id, status]));
}
