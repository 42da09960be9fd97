import type { UploadWith } from '../../../schemas/types.gen.ts';
import { ServiceError } from '../../engine/ports.ts';
import type { StepContext, StepInput } from '../../engine/step-kind.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import { outlast, readNow } from '../ensure.ts';

/** A dataset that still waits for its content gets it: a new one, or one whose upload was interrupted. */
export async function sendContent(
  context: StepContext,
  target: {
    readonly self: string;
    readonly source: string;
    readonly input: StepInput<UploadWith>;
    readonly digest: string;
  },
): Promise<void> {
  const { datasets } = context.ports.speech;
  if ((await readNow<Dataset>(context, datasets, target.self)).status !== 'NotStarted') return;
  await context.effect('upload-content', {
    digest: target.digest,
    async act() {
      if ((await readNow<Dataset>(context, datasets, target.self)).status !== 'NotStarted') return null;
      try {
        // From the beginning each time: the service keeps blocks by their place.
        await outlast(context, async () => {
          const content = context.ports.data.content(target.source, target.input.with.kind);
          await datasets.uploadContent(target.self, content, {
            signal: context.signal,
            onBlock: (bytes) => context.report(`${formatBytes(bytes)} sent`),
          });
        });
      } catch (error) {
        // Another run that adopted the same dataset has committed the same content: its import is waited for.
        if (!(error instanceof ServiceError) || error.status !== 409) throw error;
        context.report('another run has sent the content');
      }
      return null;
    },
  });
}

/** So many bytes for a person. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
