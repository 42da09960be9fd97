import path from 'node:path';
import type { PruneWith } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { timeAt } from '../../engine/observe.ts';
import { ServiceError } from '../../engine/ports.ts';
import {
  StepFailure,
  type StepContext,
  type StepInput,
  type StepKind,
  type StepOutcome,
} from '../../engine/step-kind.ts';
import type { Facts } from '../../plan/facts.ts';
import { digestOf, entityId, pipelineProperty } from '../../plan/identity.ts';
import { decidedAtRunTime, onceFinished, type StepPlan, type StepPlanInput, wouldFail } from '../../plan/step-plan.ts';
import { outlast } from '../ensure.ts';
import { copiedProperty } from '../copy/copied-model.ts';
import { type Serving, superfluous, type Superfluous } from './prunable.ts';

/** `prune`: old models and datasets that nothing uses are gone. */
export const prune: StepKind<PruneWith> = {
  uses: 'prune',
  effects: ['delete-dataset', 'delete-model'],
  releaseFile: ({ known: { release } }) => (release === undefined ? undefined : folderName(release)),

  spares: true,

  // A run deletes what its plan has listed, and nothing that has come of age since.
  settle: (input, facts) => {
    const { with: wanted } = input;
    if (wanted === undefined) return {};
    const keep = keptFor(input, facts);
    return {
      only: oldAndUnused(wanted, { facts, input })
        .slice(0, wanted.limit)
        .map(({ entity }) => entityId(entity.self)),
      ...(keep.length === 0 ? {} : { keep }),
    };
  },

  plan: planPrune,

  async run(input, context) {
    const { with: wanted, pipeline } = input;
    const seen = await outlast(context, async () => await seenNow(context));
    const beside = {
      seen,
      locale: pipeline.locale,
      releases: await releasesIn(input, context),
      servedAt: await servingAt(wanted['served-at'], context),
    };
    const keep = [...(wanted.keep ?? []), ...(wanted.only === undefined ? madeBy(pipeline, seen) : [])];
    const old = superfluous({ ...wanted, keep }, beside);
    const others = old.length === 0 ? undefined : await context.usedByOthers?.();
    if (others === undefined) return await deleteAll(old.slice(0, wanted.limit), context);
    for (const one of old) {
      const run = others.get(entityId(one.entity.self));
      if (run !== undefined)
        context.report(`${named(one)} stays: run ${run} uses it and has not ended (speechops cancel ${run})`);
    }
    const unused = superfluous({ ...wanted, keep: [...keep, ...others.keys()] }, beside);
    return await deleteAll(unused.slice(0, wanted.limit), context);
  },

  summarise: ({ deleted, refused, names }) => [
    ...(deleted === 0 && refused === 0 ? ['nothing old is unused'] : []),
    ...(typeof deleted === 'number' && deleted > 0 ? [`${counted(deleted, 'object')} deleted: ${String(names)}`] : []),
    ...(typeof refused === 'number' && refused > 0 ? [`${refused} refused by the service`] : []),
  ],
};

const nothingDeleted = { deleted: 0, refused: 0, names: '' } as const;

function planPrune(input: StepPlanInput<PruneWith>, facts: Facts): StepPlan {
  const { known, with: wanted, waitsFor } = input;
  if (wanted === undefined)
    return decidedAtRunTime(`delete what is old ${onceFinished(waitsFor)}`, { effects: prune.effects });
  if (known.release !== undefined && facts.releases?.[folderName(known.release)] === undefined)
    return wouldFail(`Let \`release\` name the folder of the release files: there is no ${known.release}`);
  const all = oldAndUnused(wanted, { facts, input });
  if (all.length === 0)
    return {
      action: 'reuse',
      summary: `nothing old is unused${copiesUnknown(wanted, facts)}`,
      effects: [],
      outputs: nothingDeleted,
    };
  const going = all.slice(0, wanted.limit);
  const later = all.length === going.length ? '' : ` (${all.length - going.length} more another time)`;
  const effects = prune.effects.filter((effect) => going.some(({ kind }) => effect === `delete-${kind}`));
  return {
    action: 'delete',
    summary: `delete ${going.map(named).join('; ')}${later}${copiesUnknown(wanted, facts)}`,
    effects,
    outputs: {},
  };
}

function oldAndUnused(
  wanted: PruneWith,
  { facts, input }: { readonly facts: Facts; readonly input: StepPlanInput<PruneWith> },
): readonly Superfluous[] {
  return superfluous(
    { ...wanted, keep: keptFor(input, facts) },
    {
      seen: facts,
      locale: input.pipeline.locale,
      releases: textsOf(facts, wanted.release),
      servedAt: wanted['served-at']?.flatMap((resource) => input.factsAt?.(resource) ?? []),
    },
  );
}

/** What the settings keep, and what other steps use of the resource. */
function keptFor({ known, inUse = new Set() }: StepPlanInput<PruneWith>, facts: Facts): readonly string[] {
  const found = [...facts.datasets, ...facts.models].map(({ self }) => entityId(self)).filter((id) => inUse.has(id));
  return [...new Set([...(known.keep ?? []), ...found])];
}

/**
 * Of a step that no plan could decide: whatever its own pipeline has made, since nobody has seen what of it the other steps use.
 */
function madeBy({ name }: StepInput<PruneWith>['pipeline'], { datasets, models }: Seen): readonly string[] {
  return [...datasets, ...models]
    .filter(({ customProperties = {} }) => customProperties[pipelineProperty] === name.slice(0, 256))
    .map(({ self }) => entityId(self));
}

/** That models stay because nobody says where copies of them are served. */
function copiesUnknown(wanted: PruneWith, { models }: Facts): string {
  const copied = models.filter(({ customProperties = {} }) => copiedProperty in customProperties);
  if (copied.length === 0 || wanted['served-at'] !== undefined) return '';
  const those = copied.length === 1 ? 'that was copied elsewhere stays' : 'that were copied elsewhere stay';
  return `; ${counted(copied.length, 'model')} ${those}, since \`served-at\` does not say where such are served`;
}

function named({ kind, entity, why }: Superfluous): string {
  return `${kind} ${entity.displayName} ${entityId(entity.self)} (${why})`;
}

/** The name of a folder among the release files of the facts: it ends in `/`. */
function folderName(release: string): string {
  return `${release.replace(/\/+$/, '')}/`;
}

function textsOf({ releases = {} }: Facts, release: string | undefined): readonly string[] {
  if (release === undefined) return [];
  return Object.entries(releases).flatMap(([file, text]) => (file.startsWith(folderName(release)) ? [text] : []));
}

type Seen = Awaited<ReturnType<typeof seenNow>>;

async function seenNow({ ports, signal }: StepContext) {
  const { datasets, models, endpoints, evaluations } = ports.speech;
  const [all, trained, served, measured] = await Promise.all([
    datasets.list({ signal }),
    models.list({ signal }),
    endpoints.list({ signal }),
    evaluations.list({ signal }),
  ]);
  return { datasets: all, models: trained, endpoints: served, evaluations: measured, observedAt: timeAt(ports) };
}

/** What the endpoints of other resources serve. */
async function servingAt(
  resources: readonly string[] | undefined,
  context: StepContext,
): Promise<readonly Serving[] | undefined> {
  const { ports, signal } = context;
  const asked = resources?.map(async (resource) => {
    const speech = ports.speechAt?.(resource);
    if (speech === undefined)
      throw new StepFailure(`Let \`served-at\` name Speech resources: ${resource} cannot be reached`);
    return await outlast(context, async () => {
      const [endpoints, models] = await Promise.all([
        speech.endpoints.list({ signal }),
        speech.models.list({ signal }),
      ]);
      return { endpoints, models };
    });
  });
  return asked && (await Promise.all(asked));
}

async function releasesIn(
  { with: { release }, folder }: StepInput<PruneWith>,
  { ports }: StepContext,
): Promise<readonly string[]> {
  if (release === undefined) return [];
  const texts = await ports.releases?.readAll?.(path.resolve(folder, release));
  if (texts !== undefined) return Object.values(texts);
  throw new StepFailure(`Let \`release\` name the folder of the release files: there is no ${release}`);
}

async function deleteAll(going: readonly Superfluous[], context: StepContext): Promise<StepOutcome> {
  // Not skipped: what needs this step, as a message that is to follow it, goes on.
  if (going.length === 0) return { kind: 'reused', outputs: nothingDeleted };
  const { ports, signal, report } = context;
  const deleted: string[] = [];
  let refused = 0;
  for (const one of going) {
    const { kind, entity } = one;
    const collection = kind === 'dataset' ? ports.speech.datasets : ports.speech.models;
    try {
      await context.effect(kind === 'dataset' ? 'delete-dataset' : 'delete-model', {
        digest: digestOf(kind, { pruned: entityId(entity.self) }),
        async act() {
          await collection.delete(entity.self, { signal });
          return null;
        },
      });
      deleted.push(`${kind} ${entity.displayName}`);
      report(`deleted ${named(one)}`);
    } catch (error) {
      signal.throwIfAborted();
      // Somebody has begun to use it.
      if (
        !(error instanceof ServiceError) ||
        error.outcome !== 'refused' ||
        error.status === 401 ||
        error.status === 403
      )
        throw error;
      refused += 1;
      report(`${named(one)} stays: ${error.message}`);
    }
  }
  return { kind: 'done', outputs: { deleted: deleted.length, refused, names: deleted.join(', ') } };
}
