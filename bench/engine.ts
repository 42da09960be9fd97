import { DBOS } from '@dbos-inc/dbos-sdk';
import { openDurableEngine } from '../workflows/durable/durable-engine.ts';
import { openDatabaseStore } from '../workflows/store/embedded-store.ts';
import { createInterpreter } from '../workflows/engine/interpret-plan.ts';
import type { Ports } from '../workflows/engine/ports.ts';
import type { StepKind } from '../workflows/engine/step-kind.ts';
import { systemClock } from '../workflows/time/system-clock.ts';
import type { Plan } from '../workflows/plan/plan.ts';
import { emptyDatabase, planOf, testDatabaseUrl } from '../test/fleet/fleet.ts';

/**
 * What a step of a pipeline costs beside a plain step of the engine underneath (DBOS Transact): the same number of steps
 * that do nothing, one after the other, in one process on one PostgreSQL, in turns. Fails when the ratio is above 1.5.
 * `scripts/with-postgres.sh --durable node bench/engine.ts [steps] [rounds]`
 */
const bar = 1.5;
const steps = Number(process.argv[2] ?? 200);
const rounds = Number(process.argv[3] ?? 7);
if (testDatabaseUrl === '') throw new Error('Run it with scripts/with-postgres.sh --durable node bench/engine.ts');

const plain = DBOS.registerWorkflow(
  async () => {
    for (let index = 0; index < steps; index += 1) await DBOS.runStep(nothing, { name: `step-${index}` });
  },
  { name: 'plain' },
);
const store = openDatabaseStore(await emptyDatabase());
const interpret = createInterpreter({
  kinds: { upload: { uses: 'upload', effects: [], plan: unplanned, run: nothing } satisfies StepKind },
  // The steps reach nothing of the world but its clock.
  ports: { clock: systemClock() } as Ports,
});
const plan = chain(steps);
const engine = await openDurableEngine({ store, interpret, executor: 'bench' });
try {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const plainTime = await timed(async () => {
      const handle = await DBOS.startWorkflow(plain, { workflowID: `plain-${round}` })();
      await handle.getResult();
    });
    const ownTime = await timed(async () => {
      await engine.start(`own-${round}`, plan);
      const { status, steps: records } = await engine.result(`own-${round}`);
      if (status !== 'succeeded')
        throw new Error(Object.values(records).find(({ error }) => error !== undefined)?.error);
    });
    // The first round compiles and connects.
    if (round === 0) continue;
    ratios.push(ownTime / plainTime);
    console.log(
      `plain ${perStep(plainTime)} ms a step, ours ${perStep(ownTime)} ms a step, ratio ${(ownTime / plainTime).toFixed(2)}`,
    );
  }
  const ratio = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
  console.log(`median ratio ${ratio.toFixed(2)} over ${rounds} rounds of ${steps} steps, bar ${bar}`);
  process.exitCode = ratio <= bar ? 0 : 1;
} finally {
  await engine.close();
  await store.close();
}

async function nothing(): Promise<{ readonly kind: 'done'; readonly outputs: Record<string, never> }> {
  return { kind: 'done', outputs: {} };
}

function unplanned(): never {
  throw new Error('The plan is made already');
}

/** Steps that need one another in a row. */
function chain(length: number): Plan {
  const lines = Array.from({ length }, (_, index) => {
    const needs = index === 0 ? '' : `, needs: [step-${index - 1}]`;
    return `  - { id: step-${index}, uses: upload${needs}, with: { kind: Language, from: text.txt } }\n`;
  });
  return planOf(`name: bench\nlocale: en-US\nsteps:\n${lines.join('')}`, {
    folder: '/',
    target: { endpoint: 'http://127.0.0.1' },
  });
}

async function timed(act: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

function perStep(milliseconds: number): string {
  return (milliseconds / steps).toFixed(2);
}
