import { ServiceError, type Ports } from '../workflows/engine/ports.ts';
import { StepFailure } from '../workflows/engine/step-kind.ts';
import { swapWhileCalling } from './swap-while-calling.ts';
import { isOfTestSet, type SwapWorld, verify } from './swap-world.ts';

/** Something that goes wrong, and that has to be noticed. */
interface SwapControl {
  readonly title: string;
  /** What was noticed; undefined when nothing was. */
  run(world: SwapWorld): Promise<string | undefined>;
}

/** What goes wrong here has to be noticed: of callers by their counts, of models by the swap, which changes nothing or goes back. */
export const swapControls: Readonly<Record<string, SwapControl>> = {
  cut: {
    title: 'the connections of callers are cut at a swap',
    async run(world) {
      const { drops, failures } = await swapWhileCalling(world, {
        swaps: 6,
        streams: 5,
        meanwhile: (count) => (count % 3 === 2 ? world.cutCallers() : undefined),
      });
      return drops > 0 ? `${drops} drops, ${failures} failures` : undefined;
    },
  },
  unavailable: {
    title: 'the service answers 503 during a swap',
    async run(world) {
      // The client of Microsoft connects five times at once before it tells an error: each of them has to meet with the fault.
      const fault = { operation: 'Recognise', kind: 'status', status: 503, lastsMilliseconds: 1000 };
      const { failures, firstFailure } = await swapWhileCalling(world, {
        swaps: 3,
        streams: 5,
        meanwhile: async () => await world.fault(fault),
      });
      return firstFailure.includes('503') ? `${failures} failures (${firstFailure})` : undefined;
    },
  },
  'never-changes': {
    title: 'the service never changes over, and says that it has',
    async run(world) {
      await world.fault({ operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 });
      const outcome = await world.swap(world.poor, { settings: { 'settle-timeout': 3 } });
      return outcome instanceof StepFailure ? outcome.message : undefined;
    },
  },
  'ignores-id': {
    title: 'recognition ignores the id of the endpoint',
    async run(world) {
      const outcome = await world.swap(world.poor, { ports: ignoringId(world.ports) });
      const entity = await world.ports.speech.endpoints.get(world.endpoint);
      const isTouched = entity?.model?.self !== world.good;
      return outcome instanceof StepFailure && !isTouched ? outcome.message : undefined;
    },
  },
  'worse-where-heard': {
    title: 'the new model is worse on exactly the recordings that tell it from the previous one',
    async run(world) {
      const outcome = await world.swap(world.poor, {
        ports: worseOnTestSet(world.ports),
        // The smoke audio is other audio, and answered as well as ever.
        settings: { 'settle-timeout': 3, verify: { ...verify, 'max-wer': 0.5 } },
      });
      const isWhy = outcome instanceof StepFailure && /\b[1-9]\d* as by neither/.test(outcome.message);
      return isWhy && (await isBack(world)) ? outcome.message : undefined;
    },
  },
  worse: {
    title: 'the new model is worse',
    async run(world) {
      const settings = { verify: { ...verify, audio: 'test', 'max-wer': 0.1 } };
      const outcome = await world.swap(world.poor, { settings });
      return outcome instanceof StepFailure && (await isBack(world)) ? outcome.message : undefined;
    },
  },
};

async function isBack(world: SwapWorld): Promise<boolean> {
  return (await world.answers()) === world.texts[world.good];
}

type Recognise = Ports['speech']['recognise'];

function recognisingBy({ speech, ...ports }: Ports, recognise: Recognise): Ports {
  return { ...ports, speech: { ...speech, recognise } };
}

/** A way of recognition on which the base model answers for every endpoint. */
function ignoringId(ports: Ports): Ports {
  return recognisingBy(ports, async (audio, { endpoint, ...options }) => {
    const self = endpoint.self.replace(/[\da-f-]{36}/, '00000000-0000-4000-8000-000000000000');
    if (self === endpoint.self)
      throw new ServiceError('no id', { method: 'POST', path: '', attempts: 0, outcome: 'refused' });
    return await ports.speech.recognise(audio, { ...options, endpoint: { ...endpoint, self } });
  });
}

/**
 * A way of recognition on which a recording of the test set is answered by other words than those of either model as soon as another
 * model answers it than at first. All other audio is answered as it is.
 */
function worseOnTestSet(ports: Ports): Ports {
  const first = new Map<string, string>();
  return recognisingBy(ports, async (audio, options) => {
    const answer = await ports.speech.recognise(audio, options);
    if (!isOfTestSet(audio)) return answer;
    const recording = Buffer.from(audio).toString('base64');
    const before = first.get(recording) ?? answer.lexical;
    first.set(recording, before);
    return answer.lexical === before ? answer : { ...answer, lexical: answer.lexical.replaceAll(/\S+/g, 'other') };
  });
}
