import type { UploadWith } from '../../../schemas/types.gen.ts';
import { type SendProgress, ServiceError } from '../../engine/ports.ts';
import { type StepContext, StepFailure } from '../../engine/step-kind.ts';
import type { DataPlaces } from '../../plan/data/data-places.ts';
import type { LocalDataFacts } from '../../plan/facts.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import { outlast, readNow } from '../ensure.ts';
import { ProgressTeller } from './tell-progress.ts';

/** Local data on their way. */
export interface Sent {
  /** Absolute. */
  readonly places: DataPlaces;
  /** Of data with parts, from 0. */
  readonly part: number;
  readonly wanted: Pick<UploadWith, 'kind' | 'read-with'>;
  readonly described: LocalDataFacts;
  /** Of the dataset that they become. */
  readonly digest: string;
}

/** A dataset that still waits for its content gets it: a new one, or one whose upload was interrupted. */
export async function sendContent(context: StepContext, self: string, sent: Sent): Promise<void> {
  const { datasets } = context.ports.speech;
  if (!awaitsContent(await readNow<Dataset>(context, datasets, self))) return;
  await context.effect('upload-content', {
    digest: sent.digest,
    async act() {
      if (!awaitsContent(await readNow<Dataset>(context, datasets, self))) return null;
      try {
        await sendToldly(context, sent, async (content, options) => {
          await datasets.uploadContent(self, content, options);
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

/** One that the service fetches is NotStarted until it does. */
function awaitsContent({ status, contentUrl }: Dataset): boolean {
  return status === 'NotStarted' && contentUrl === undefined;
}

/**
 * The URL from which the service fetches the content, which is stored in the container first where it is not there: its name is the
 * dataset's digest. A URL with a signature is a secret, and is made anew each time.
 */
export async function storeContent(context: StepContext, container: string, sent: Sent): Promise<string> {
  const { storage } = context.ports;
  if (storage === undefined) throw new StepFailure(`Leave out \`via: storage\`: nothing is stored from here`);
  const blob = { container, name: blobName(sent) };
  // Beside the effect that makes the dataset, which waits for this one.
  await context.effect('store-content', {
    digest: `${sent.digest} in ${container}`,
    async act() {
      await sendToldly(context, sent, async (content, options) => {
        const outcome = await storage.store(blob, content, options);
        if (outcome === 'was-there') context.report('the container has this content already');
      });
      return null;
    },
  });
  if (sent.wanted['read-with'] === 'identity') return `${container.replace(/\/+$/, '')}/${blob.name}`;
  return await outlast(context, async () => await storage.signedUrl(blob, { signal: context.signal }));
}

function blobName({ digest, wanted: { kind } }: Sent): string {
  return `speechops/${digest}.${kind === 'Acoustic' || kind === 'AudioFiles' ? 'zip' : 'txt'}`;
}

/** Sends with word of how far it is, from the beginning each time: what is there already is not sent again. */
async function sendToldly(
  context: StepContext,
  { places, part, wanted, described }: Sent,
  send: (
    content: AsyncIterable<Uint8Array>,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: SendProgress) => void },
  ) => Promise<void>,
): Promise<void> {
  const { data } = context.ports;
  const isPacked = described.files > 1;
  await outlast(context, async () => {
    const teller = new ProgressTeller(context, { bytes: described.bytes, isExact: !isPacked });
    let last: SendProgress | undefined;
    await send(data.content(places, wanted.kind, { digest: described.digest, part }), {
      signal: context.signal,
      onProgress(progress) {
        last = progress;
        teller.tell(progress);
      },
    });
    if (last !== undefined) teller.end(last);
  });
}
