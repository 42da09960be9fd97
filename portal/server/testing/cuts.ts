import { createHash } from 'node:crypto';
import path from 'node:path';
import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { KnownOf } from '../../../workflows/evidence/measured-set.ts';
import { pipelineProperty } from '../../../workflows/plan/identity.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { bareId } from '../../../workflows/scoring/readers/pair-ids.ts';
import { speakerInId } from '../../../workflows/scoring/speakers.ts';
import type { RepositorySource } from '../sources.ts';
import type { MeasuredTexts } from './measured-texts.ts';

/** A way to cut a test set. */
export interface TestSetCut {
  /** `speaker`, or a column of a manifest. */
  readonly by: string;
  readonly valueOf: KnownOf;
  /** Another text when it cuts otherwise. */
  readonly version: string;
}

/**
 * How a test set can be cut: as the steps that evaluate in the pipeline of the evaluation cut theirs by the columns of manifests, as far as those name its
 * recordings, and by speaker where the names of recordings tell more than one.
 */
export async function cutsOf(
  { customProperties }: Evaluation,
  { lines, repository }: Pick<MeasuredTexts, 'lines'> & { readonly repository: RepositorySource },
): Promise<readonly TestSetCut[]> {
  // A name that all recordings begin with says nothing about who speaks.
  const speakers = new Set(lines.map(({ file }) => speakerInId(file)));
  const found = new Map<string, TestSetCut>();
  if (speakers.size > 1) found.set('speaker', { by: 'speaker', valueOf: speakerInId, version: '' });
  const name = customProperties?.[pipelineProperty];
  for (const { pipeline, folder } of name === undefined ? [] : await repository.pipelines()) {
    if (pipeline === undefined || pipeline.name !== name) continue;
    for (const { uses, with: settings } of pipeline.steps) {
      if (uses !== 'evaluate') continue;
      const { slices = [] } = settings as Pick<EvaluateWith, 'slices'>;
      for (const { by, manifest } of [slices].flat()) {
        if (manifest === undefined || found.has(by)) continue;
        const cut = await cutBy(path.resolve(folder, manifest), { by, lines, repository });
        if (cut !== undefined) found.set(by, cut);
      }
    }
  }
  return [...found.values()];
}

/** Undefined where the manifest cannot be read, or says nothing of these recordings: the next run of the pipeline tells that. */
async function cutBy(
  manifest: string,
  {
    by,
    lines,
    repository,
  }: Pick<MeasuredTexts, 'lines'> & { readonly by: string; readonly repository: RepositorySource },
): Promise<TestSetCut | undefined> {
  const values = await repository.data.recordingValues(manifest, by).catch(() => undefined);
  if (values === undefined) return undefined;
  const known = new Map([...values].map(([name, value]) => [bareId(name), value]));
  const valueOf: KnownOf = (id) => known.get(bareId(id)) || undefined;
  if (!lines.some(({ file }) => valueOf(file) !== undefined)) return undefined;
  const digest = createHash('sha256').update(JSON.stringify([...known]));
  return { by, valueOf, version: digest.digest('hex') };
}
