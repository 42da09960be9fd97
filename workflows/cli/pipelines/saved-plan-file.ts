import path from 'node:path';
import type { PlanDocument, SavedPipeline } from '../../../schemas/types.gen.ts';
import { type Plan, shortHash } from '../../plan/plan.ts';
import { policySentence, stopsPlan } from '../../review/judge-plan.ts';
import { readPlanDocument } from '../../review/read-plan-document.ts';
import { savedStep } from '../../review/saved-plan.ts';
import { whatChanged } from '../../review/what-changed.ts';
import { CheckFailure, type Io, UsageError } from '../session.ts';
import { readText } from '../transcripts.ts';
import { boundPlan, type OpenPipeline, refuse } from './open-pipeline.ts';

/** The plan of one pipeline out of a file. */
export interface SavedPlan {
  /** The hash of the whole file. */
  readonly hash: string;
  /** The pipeline's file, from the current folder. */
  readonly file: string;
  readonly pipeline: SavedPipeline;
}

/** The plan that a file has of a pipeline, or of its only one. Throws a {@link UsageError} when it has none. */
export async function readSavedPlan(
  planFile: string,
  { io, pipelineFile }: { readonly io: Io; readonly pipelineFile: string | undefined },
): Promise<SavedPlan> {
  const document = await readPlanFile(planFile, io);
  const { hash } = document;
  const named = filesOf(document);
  const files = named.map(({ file }) => file);
  const [only, ...others] = pipelineFile === undefined ? named : named.filter(({ file }) => isSame(file, pipelineFile));
  if (only !== undefined && others.length === 0) return { hash, ...only };
  throw new UsageError(
    pipelineFile === undefined
      ? `Say which pipeline is to run, as in speechops run FILE --plan ${planFile}: it has plans of ${files.join(', ')}`
      : `Name a pipeline of ${planFile}, which are ${files.join(', ')}: it has no plan of ${pipelineFile}`,
  );

  function isSame(file: string, other: string): boolean {
    return path.resolve(io.cwd, file) === path.resolve(io.cwd, other);
  }
}

/** The saved plan in a file. Throws a {@link UsageError} that says why it is none. */
export async function readPlanFile(planFile: string, { cwd }: Io): Promise<PlanDocument> {
  const read = readPlanDocument(await readText(planFile, cwd));
  if ('document' in read) return read.document;
  throw new UsageError(`Give a plan that \`speechops plan --out\` has written: ${planFile} is none, ${read.fault}`);
}

function filesOf({ pipelines }: PlanDocument): readonly Omit<SavedPlan, 'hash'>[] {
  return pipelines.flatMap((pipeline) => (pipeline.file === undefined ? [] : [{ file: pipeline.file.path, pipeline }]));
}

/**
 * Plans anew for a run that is to do a saved plan. Throws a {@link CheckFailure} that names what has changed when that would not be the same,
 * or a step would fail: then nothing was done.
 */
export async function planAsSaved({ review }: OpenPipeline, saved: SavedPlan): Promise<Plan> {
  const { observedAt: countedFrom, evidence } = saved.pipeline;
  const { plan, saved: now } = await review({ countedFrom, evidence, hash: saved.hash });
  const changes = whatChanged(saved.pipeline, { now, stepsNow: plan.steps.map(savedStep) });
  if (changes.length > 0)
    throw new CheckFailure(
      `Plan anew, the plan ${shortHash(saved.hash)} is stale and nothing was done: ${changes.join('; ')}`,
    );
  const denied = (saved.pipeline.policies ?? []).filter(stopsPlan).map((one) => policySentence(one));
  if (denied.length > 0)
    throw new CheckFailure(
      `Plan anew, rules have stopped the plan ${shortHash(saved.hash)} and nothing was done: ${denied.join('. ')}`,
    );
  return boundPlan(refuse({ plan: { ...plan, hash: saved.hash }, saved: now }), now);
}
