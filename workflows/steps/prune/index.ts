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
import { digestOf, entityId } from '../../plan/identity.ts';
import { decidedAtRunTime, onceFinished, type StepPlan, type StepPlanInput, wouldFail } from '../../plan/step-plan.ts';
import { outlast } from '../ensure.ts';
import { superfluous, type Superfluous } from './prunable.ts';

/** `prune`: old models and datasets that nothing uses are gone. */
export const prune: StepKind<PruneWith> = {
  uses: 'prune',
  effects: ['delete-dataset', 'delete-model'],
  releaseFile: ({ known: { release } }) => (release === undefined ? undefined : folderName(release)),

  // A run deletes what its plan has listed, and nothing that has come of age since.
  settle: (input, facts) => {
    const { with: wanted } = input;
    if (wanted === undefined) return {};
    return { only: chosen(wanted, { facts, input }).map(({ entity }) => entityId(entity.self)) };
  },

  plan: planPrune,

  async run(input, context) {
    const { with: wanted, pipeline } = input;
    const going = superfluous(wanted, {
      seen: await outlast(context, async () => await seenNow(context)),
      locale: pipeline.locale,
      releases: await releasesIn(input, context),
    }).slice(0, wanted.limit);
    if (going.length === 0) return { kind: 'skipped', reason: 'nothing old is unused' };
    return await deleteAll(going, context);
  },

  summarise: ({ deleted, refused, names }) => [
    ...(typeof deleted === 'number' && deleted > 0 ? [`${counted(deleted, 'object')} deleted: ${String(names)}`] : []),
    ...(typeof refused === 'number' && refused > 0 ? [`${refused} refused by the service`] : []),
  ],
};

function planPrune(input: StepPlanInput<PruneWith>, facts: Facts): StepPlan {
  const { known, with: wanted, waitsFor } = input;
  if (wanted === undefined)
    return decidedAtRunTime(`delete what is old ${onceFinished(waitsFor)}`, { effects: prune.effects });
  if (known.release !== undefined && facts.releases?.[folderName(known.release)] === undefined)
    return wouldFail(`Let \`release\` name the folder of the release files: there is no ${known.release}`);
  const all = superfluous(wanted, {
    seen: facts,
    locale: input.pipeline.locale,
    releases: textsOf(facts, known.release),
  });
  if (all.length === 0) return { action: 'skip', summary: 'nothing old is unused', effects: [], outputs: {} };
  const going = all.slice(0, wanted.limit);
  const later = all.length === going.length ? '' : ` (${all.length - going.length} more another time)`;
  const effects = prune.effects.filter((effect) => going.some(({ kind }) => effect === `delete-${kind}`));
  return { action: 'update', summary: `delete ${going.map(named).join('; ')}${later}`, effects, outputs: {} };
}

function chosen(
  wanted: PruneWith,
  { facts, input }: { readonly facts: Facts; readonly input: StepPlanInput<PruneWith> },
): readonly Superfluous[] {
  const releases = textsOf(facts, wanted.release);
  return superfluous(wanted, { seen: facts, locale: input.pipeline.locale, releases }).slice(0, wanted.limit);
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
