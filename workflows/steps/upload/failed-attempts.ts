import type { UploadWith } from '../../../schemas/types.gen.ts';
import { ServiceError } from '../../engine/ports.ts';
import { type StepContext, StepFailure } from '../../engine/step-kind.ts';
import { digestProperty, entityId, pipelineProperty } from '../../plan/identity.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import type { PipelineFacts } from '../../plan/step-plan.ts';
import { trialOfObject } from '../../plan/trial.ts';
import { customProperties } from '../ensure.ts';

/** An upload, as far as it tells its earlier attempts from other datasets. */
export interface Attempt {
  readonly wanted: Pick<UploadWith, 'kind' | 'locale' | 'name'>;
  readonly pipeline: PipelineFacts;
  readonly digest: string;
}

/**
 * The Failed datasets that earlier attempts of an upload have left: of the same pipeline, and with the same content or, where the data
 * were corrected since, the same name. What a person, another pipeline or a trial has made is none.
 */
export function failedAttempts(
  datasets: readonly Dataset[],
  { wanted, pipeline, digest }: Attempt,
): readonly Dataset[] {
  const own = customProperties(digest, pipeline)[pipelineProperty];
  return datasets.filter((dataset) => {
    const { status, kind, locale, displayName, customProperties: properties = {} } = dataset;
    const isOurs = isDigest(properties[digestProperty]) && properties[pipelineProperty] === own;
    if (status !== 'Failed' || !isOurs || trialOfObject(dataset) !== undefined) return false;
    return (
      properties[digestProperty] === digest ||
      (displayName === wanted.name && kind === wanted.kind && locale === wanted.locale)
    );
  });
}

/** A person may have written something else there. */
function isDigest(text: string | undefined): boolean {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text);
}

/** Deletes what earlier attempts have left, once there is another attempt. One that cannot be deleted is told, and does no harm. */
export async function deleteFailed(
  context: StepContext,
  failed: readonly Dataset[],
  { digest }: { readonly digest: string },
): Promise<void> {
  const { signal, ports, report } = context;
  for (const { self, displayName } of failed) {
    try {
      await context.effect('delete-dataset', {
        digest,
        async act() {
          await ports.speech.datasets.delete(self, { signal });
          return null;
        },
      });
      report(`${displayName} ${entityId(self)} of an earlier attempt, which had failed, is deleted`);
    } catch (error) {
      if (!(error instanceof ServiceError) && !(error instanceof StepFailure)) throw error;
      signal.throwIfAborted();
      report(`Delete ${displayName} ${entityId(self)} of an earlier attempt, which has failed: ${error.message}`);
    }
  }
}
