import { loadPipeline } from '../../language/load-pipeline.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { entityId } from '../../plan/identity.ts';
import type { Entity } from '../../plan/speech-entities.ts';
import { deleteWish } from './delete-wish.ts';
import { retrainWish } from './retrain-wish.ts';
import { rollBackWish, swapWish } from './swap-wish.ts';
import { knownObject } from './known-object.ts';
import type { SourcePipeline } from './source-pipeline.ts';
import type { RefusedWish, Wish, WishedChange, WishWorld } from './wish.ts';

/** The change of files that a wish is, or why there is none. A pipeline that would have a fault is refused with it. */
export function wishedChange(wish: Wish, world: WishWorld): WishedChange | RefusedWish {
  const change = changeOf(wish, world);
  if ('refused' in change) return change;
  for (const { file, after } of change.files.filter(
    ({ file: name }) => name === change.run || world.pipelines.some((one) => one.file === name),
  )) {
    const loaded = loadPipeline(after, { path: file });
    const fault = loaded.diagnostics.find(({ severity }) => severity === 'error');
    if (fault !== undefined)
      return {
        refused: `Change ${file} by hand: as wished it would have a fault in line ${fault.line}, ${fault.message}`,
      };
    const source = world.pipelines.find((one) => one.file === file);
    const other =
      source && change.step !== undefined ? otherStep({ ...source, changed: change.step }, loaded.pipeline) : undefined;
    if (other !== undefined)
      return { refused: `Change ${file} by hand: as wished its step ${other} would be another one, too` };
  }
  return change;
}

function changeOf(wish: Wish, world: WishWorld): WishedChange | RefusedWish {
  const { seen } = world;
  switch (wish.kind) {
    case 'swap':
    case 'roll-back': {
      const endpoint = named(seen.endpoints, wish.endpoint);
      if (endpoint === undefined) return gone('endpoint', wish.endpoint);
      return wish.kind === 'swap' ? swapWish({ endpoint, model: wish.model }, world) : rollBackWish(endpoint, world);
    }
    case 'retrain': {
      const model = named(seen.models, wish.model);
      return model === undefined ? gone('custom model', wish.model) : retrainWish(model, world);
    }
    case 'delete': {
      const object = knownObject({ kind: wish.of, id: wish.id }, seen);
      return object === undefined ? gone(wish.of, wish.id) : deleteWish(object, world);
    }
  }
}

function named<E extends Entity>(objects: readonly E[], reference: string): E | undefined {
  return objects.find(({ self }) => entityId(self) === entityId(reference));
}

function gone(what: string, id: string): RefusedWish {
  return { refused: `Look again: the resource has no ${what} ${entityId(id)} any more` };
}

/** A step that is not the changed one and would be another one: what an anchor or a matrix has it share. */
function otherStep(
  { pipeline, changed }: SourcePipeline & { readonly changed: string },
  after: Pipeline | undefined,
): string | undefined {
  const now = new Map(after?.steps.map((step) => [step.id, JSON.stringify(step)]));
  return pipeline.steps.find(({ id, ...step }) => id !== changed && now.get(id) !== JSON.stringify({ id, ...step }))
    ?.id;
}
