import { redeployments, type Redeployment } from '../emulator/state/redeployment.ts';
import { ServiceError, type Ports } from '../workflows/engine/ports.ts';
import { StepFailure } from '../workflows/engine/step-kind.ts';
import type { CallersTold } from './swap-clients.ts';
import { openSwapWorld, type SwapWorld, verify } from './swap-world.ts';

/**
 * What callers of an endpoint notice of swaps, and whether a swap says that the new model serves before it does: streams and single
 * recognitions with Microsoft's client go on while the model is changed again and again, under each way of redeployment. Fails when
 * anything is noticed, and when a control, in which something goes wrong, does not show it.
 * `node bench/swap.ts [swaps] [streams]`
 */
const swaps = Number(process.argv[2] ?? 100);
const streams = Number(process.argv[3] ?? 20);
const oneShots = 2;

let isFailed = false;
console.log(`${swaps} swaps, ${streams} streams in real time, single recognitions without a pause\n`);
console.log('redeployment    swaps  refused  too early  phrases      lost  drops  failures  p50    p95');
for (const redeployment of redeployments) {
  const world = await openSwapWorld(redeployment);
  try {
    const counts = await swapWhileCalling(world, { swaps, streams });
    console.log(row(redeployment, counts));
    if (!isClean(counts)) isFailed = true;
    if (counts.firstFailure !== '') console.log(`  ${counts.firstFailure}`);
  } finally {
    await world.close();
  }
}
console.log('\ncontrols, each of which has to be noticed');
for (const [name, control] of Object.entries(controls())) {
  const world = await openSwapWorld('at-once');
  try {
    const noticed = await control(world);
    console.log(
      `${noticed === undefined ? 'NOT NOTICED' : 'noticed    '}  ${name}${noticed === undefined ? '' : `: ${noticed}`}`,
    );
    if (noticed === undefined) isFailed = true;
  } finally {
    await world.close();
  }
}
process.exitCode = isFailed ? 1 : 0;

interface Counts extends CallersTold {
  readonly swaps: number;
  /** Steps that failed. */
  readonly refused: number;
  readonly reasons: readonly string[];
  /** Steps that said that the new model serves while the previous one still did. */
  readonly tooEarly: number;
}

async function swapWhileCalling(
  world: SwapWorld,
  of: {
    readonly swaps: number;
    readonly streams: number;
    /** Called before each swap. */
    readonly meanwhile?: (count: number) => Promise<void>;
  },
): Promise<Counts> {
  const end = await world.call({ streams: of.streams, oneShots });
  const counts = { swaps: 0, refused: 0, tooEarly: 0 };
  const reasons: string[] = [];
  for (let count = 0; count < of.swaps; count += 1) {
    const model = count % 2 === 0 ? world.poor : world.good;
    await of.meanwhile?.(count);
    const outcome = await world.swap(model);
    counts.swaps += 1;
    if (outcome instanceof StepFailure) {
      counts.refused += 1;
      reasons.push(outcome.message);
    } else if ((await world.answers()) !== world.texts[model]) counts.tooEarly += 1;
  }
  return { ...counts, reasons, ...(await end()) };
}

function isClean({ refused, tooEarly, spoken, phrases, drops, failures }: Counts): boolean {
  return refused + tooEarly + drops + failures === 0 && spoken === phrases;
}

function row(name: Redeployment, counts: Counts): string {
  const { refused, tooEarly, phrases, spoken, drops, failures, p50, p95 } = counts;
  return [
    name.padEnd(14),
    String(counts.swaps).padStart(6),
    String(refused).padStart(8),
    String(tooEarly).padStart(10),
    `${phrases}/${spoken}`.padStart(11),
    String(spoken - phrases).padStart(7),
    String(drops).padStart(6),
    String(failures).padStart(9),
    `${p50} ms`.padStart(7),
    `${p95} ms`.padStart(7),
  ].join(' ');
}

/** Each answers what was noticed. */
function controls(): Readonly<Record<string, (world: SwapWorld) => Promise<string | undefined>>> {
  return {
    async 'the connections of callers are cut at a swap'(world) {
      const { drops, failures } = await swapWhileCalling(world, {
        swaps: 6,
        streams: 5,
        meanwhile: async (count) => (count % 3 === 2 ? world.cutCallers() : undefined),
      });
      return drops > 0 ? `${drops} drops, ${failures} failures` : undefined;
    },
    async 'the service answers 503 during a swap'(world) {
      const { failures } = await swapWhileCalling(world, {
        swaps: 6,
        streams: 5,
        meanwhile: async () =>
          await world.fault({
            operation: 'Recognise',
            kind: 'status',
            status: 503,
            rate: 0.3,
            lastsMilliseconds: 1000,
          }),
      });
      return failures > 0 ? `${failures} failures` : undefined;
    },
    async 'the service never changes over, and says that it has'(world) {
      await world.fault({ operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 });
      const outcome = await world.swap(world.poor, { settings: { 'settle-timeout': 3 } });
      return outcome instanceof StepFailure ? outcome.message : undefined;
    },
    async 'recognition ignores the id of the endpoint'(world) {
      const outcome = await world.swap(world.poor, { ports: ignoringId(world.ports) });
      const entity = await world.ports.speech.endpoints.get(world.endpoint);
      const isTouched = entity?.model?.self !== world.good;
      return outcome instanceof StepFailure && !isTouched ? outcome.message : undefined;
    },
    async 'the new model is worse'(world) {
      const settings = { verify: { ...verify, audio: 'test', 'max-wer': 0.1 } };
      const outcome = await world.swap(world.poor, { settings });
      const isBack = (await world.answers()) === world.texts[world.good];
      return outcome instanceof StepFailure && isBack ? outcome.message : undefined;
    },
  };
}

/** A way of recognition on which the base model answers for every endpoint. */
function ignoringId({ speech, ...ports }: Ports): Ports {
  return {
    ...ports,
    speech: {
      ...speech,
      async recognise(audio, { endpoint, ...options }) {
        const self = endpoint.self.replace(/[\da-f-]{36}/, '00000000-0000-4000-8000-000000000000');
        if (self === endpoint.self)
          throw new ServiceError('no id', { method: 'POST', path: '', attempts: 0, outcome: 'refused' });
        return await speech.recognise(audio, { ...options, endpoint: { ...endpoint, self } });
      },
    },
  };
}
