import { once } from 'node:events';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../../workflows/time/system-clock.ts';
import { openDurableEngine } from '../../../workflows/durable/durable-engine.ts';
import { openDatabaseStore, openEmbeddedStore } from '../../../workflows/store/embedded-store.ts';
import type { Interpreter } from '../../../workflows/engine/engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { Ports } from '../../../workflows/engine/ports.ts';
import { StepFailure, type StepKind } from '../../../workflows/engine/step-kind.ts';
import { approve } from '../../../workflows/steps/approve.ts';
import type { Answer, EngineProcess, Opening, Question } from './start-engine.ts';

/**
 * A durable engine in a process of its own, steered by messages, to be killed. A step does what the files of its folder say:
 * `<id>.fail` makes it fail, `<id>.hold` keeps it from ending, and what it does is written to `<id>.done`. With `<id>.late`
 * the run does not hear that the step is in the journal until the process stops.
 */
const opening = JSON.parse(process.argv[2] ?? '') as Opening;
const store =
  opening.databaseUrl === undefined
    ? await openEmbeddedStore(path.join(opening.folder, '.speechops'), { what: 'a test' })
    : openDatabaseStore(opening.databaseUrl);
const file = (name: string): string => path.join(opening.folder, name);
const train: StepKind = {
  uses: 'train',
  effects: [],
  plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
  async run({ step: { id } }, { signal }) {
    appendFileSync(file(`${id}.done`), 'x');
    while (existsSync(file(`${id}.hold`))) await setTimeout(20, undefined, { signal });
    if (existsSync(file(`${id}.fail`))) throw new StepFailure('No');
    return { kind: 'done', outputs: { model: id } };
  },
};
const interpretPlan = createInterpreter({ kinds: { train, approve }, ports: { clock: systemClock() } as Ports });
const interpret: Interpreter = async (plan, scope) =>
  await interpretPlan(plan, {
    ...scope,
    async step(id, act) {
      const result = await scope.step(id, act);
      if (existsSync(file(`${id}.late`))) await once(scope.signal, 'abort');
      return result;
    },
  });
const engine = await openDurableEngine({ store, interpret, executor: opening.executor }).catch((error: Error) => {
  answer({ error: { name: error.name, message: error.message } });
  return undefined;
});
if (engine === undefined) {
  await store.close();
  process.disconnect();
} else {
  answer({ result: 'open' });
  process.on('message', (question: Question) => {
    void perform(question).then(
      (result) => answer({ id: question.id, result }),
      (error: Error) => answer({ id: question.id, error: { name: error.name, message: error.message } }),
    );
  });
}

async function perform({ method, args }: Question): Promise<unknown> {
  if (engine === undefined) throw new Error('The engine is not open');
  if (method === 'sql') return (await store.pool.query(String(args[0]))).rows;
  const { journal } = engine;
  if (method === 'status') return (await journal.details(String(args[0])))?.status;
  if (method === 'enqueue') return await journal.enqueue(...(args as Parameters<EngineProcess['enqueue']>));
  if (method === 'cancel') return await journal.cancel(String(args[0]));
  if (method === 'decide') {
    const [runId, { topic, payload }] = args as Parameters<EngineProcess['decide']>;
    return await journal.decide(runId, topic, payload);
  }
  if (method === 'details') return await engine.journal.details(String(args[0]));
  if (method === 'close') {
    await engine.close();
    await store.close();
    setImmediate(() => process.disconnect());
    return undefined;
  }
  const call = engine[method] as (...args: readonly unknown[]) => Promise<unknown>;
  return (await call(...args)) ?? undefined;
}

function answer(what: Answer): void {
  process.send?.(what);
}
