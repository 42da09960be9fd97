import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { withoutSignature } from '../../document/signed-url.ts';
import { type StepContext, StepFailure, type StepInput, type StepKind } from '../../engine/step-kind.ts';
import { renamePlaces, urlOf, whyNotPlaces } from '../../plan/data/data-places.ts';
import { entityId } from '../../plan/identity.ts';
import { localDataKey } from '../../plan/data/local-data.ts';
import { shownContainer } from '../../plan/data/storage-container.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import {
  type Comparison,
  comparedText,
  contentProperties,
  type UrlContent,
  whyNotFetched,
} from '../../plan/data/url-content.ts';
import { customProperties, type Ensured, ensureEntity, outlast, untilSucceeded } from '../ensure.ts';
import { accept, type Uploaded } from './accept-dataset.ts';
import { checkHere, toleranceOf } from './check-data.ts';
import { datasetParts, digestOfAll } from './dataset-parts.ts';
import { planUpload, signAnew, uploadEffects } from './plan-upload.ts';
import { deleteFailed, failedAttempts } from './failed-attempts.ts';
import { sendContent, type Sent, storeContent } from './send-content.ts';
import { datasetDigest, findUploaded } from './uploaded-dataset.ts';
import { wayToSend } from './way-to-send.ts';

/**
 * `upload`: a dataset with this content exists in the Speech resource and its lines were accepted; or several datasets, where one
 * cannot hold it.
 */
export const upload: StepKind<UploadWith> = {
  uses: 'upload',
  effects: uploadEffects,

  localData({ with: wanted }) {
    return wanted === undefined || urlOf(wanted.from) !== undefined ? [] : [{ from: wanted.from, kind: wanted.kind }];
  },

  checkedData({ with: wanted }, facts) {
    if (wanted === undefined || urlOf(wanted.from) !== undefined || wanted.check === 'off') return undefined;
    const { from, kind, locale } = wanted;
    const local = facts.localData[localDataKey({ from, kind })];
    const isThere =
      local !== undefined &&
      datasetParts(wanted, local, facts).every(
        ({ digest }) => findUploaded(facts.datasets, { digest, content: undefined }) !== undefined,
      );
    return isThere ? undefined : { from, kind, locale, tolerance: toleranceOf(wanted) };
  },

  urls({ with: wanted }) {
    const url = wanted === undefined ? undefined : urlOf(wanted.from);
    return url === undefined ? [] : [url];
  },

  plan: planUpload,

  async run(input, context) {
    const { with: wanted, step, folder } = input;
    const refused = whyNotPlaces(wanted.from);
    if (refused !== undefined) throw new StepFailure(refused);
    const { digest, datasets } = await wantedDatasets(wanted, { folder, context });
    const checkOnce = oncePerStep(async () => await checkHere(wanted, { folder, context }));
    const made: (Made & { readonly dataset: WantedDataset })[] = [];
    for (const dataset of datasets) {
      if (datasets.length > 1) context.report(dataset.name);
      made.push({ ...(await ensureDataset(input, { context, dataset, checkOnce })), dataset });
    }
    const uploaded: Uploaded[] = [];
    for (const { self, dataset, action, comparison } of made) {
      const entity = await untilSucceeded<Dataset>(context, {
        what: datasets.length > 1 ? `dataset ${dataset.name}` : `dataset ${step.id}`,
        collection: context.ports.speech.datasets,
        self,
        fate: 'it stays until the next run has made another one',
      });
      const { content } = dataset;
      if (action !== 'create' && content !== undefined && comparison !== undefined)
        context.report(`${entity.displayName} ${comparedText(comparison, content)}`);
      const compared = action === 'create' || comparison === undefined ? {} : { comparison };
      uploaded.push({ dataset: entity, part: dataset.sent?.part ?? 0, action, ...compared });
    }
    return await accept(uploaded, { context, wanted, folder, digest });
  },

  summarise({ dataset, accepted, rejected, rejections, comparison }) {
    if (typeof accepted !== 'number') return [];
    const parts = typeof dataset === 'string' ? dataset.split(' ').length : 1;
    const lines = `${counted(accepted, 'line')} accepted${parts > 1 ? ` in ${parts} parts` : ''}`;
    const told = [rejected === 0 ? lines : `${lines}, ${String(rejected)} rejected`];
    if (typeof rejections === 'string') told.push(...firstOf(rejections.split('\n')));
    if (comparison === 'nothing') told.push('not compared with what the URL holds now');
    if (comparison === 'length') told.push('compared with the URL by length alone');
    return told;
  },
};

/** A dataset that has to be there: of what is sent from here, or of what a URL holds. */
interface WantedDataset {
  readonly name: string;
  readonly digest: string;
  readonly sent?: Sent;
  readonly url?: string;
  readonly content?: UrlContent;
}

/** The datasets, with the digest of all of them together. */
async function wantedDatasets(
  wanted: UploadWith,
  { folder, context }: { readonly folder: string; readonly context: StepContext },
): Promise<{ readonly digest: string; readonly datasets: readonly WantedDataset[] }> {
  const { data } = context.ports;
  const { name } = wanted;
  const url = urlOf(wanted.from);
  if (url !== undefined) {
    const content = await data.atUrl(url, { signal: context.signal });
    const digest = datasetDigest(wanted, withoutSignature(url));
    return { digest, datasets: [{ name, digest, url, content }] };
  }
  const places = renamePlaces(wanted.from, (place) => path.resolve(folder, place));
  const local = await data.describe(places, wanted.kind);
  const { datasets } = context.ports.speech;
  // Only what may have been uploaded otherwise before is looked up here.
  const there =
    local.undivided === undefined
      ? []
      : await outlast(context, async () => await datasets.list({ signal: context.signal }));
  const parts = datasetParts(wanted, local, { datasets: there });
  return {
    digest: digestOfAll(wanted, local, parts),
    datasets: parts.map(({ part, described, ...own }) => ({
      ...own,
      sent: { places, wanted, part, described, digest: own.digest },
    })),
  };
}

interface Made extends Ensured {
  readonly comparison?: Comparison | undefined;
}

/** The dataset, with its content sent. What earlier attempts have left is deleted when there is another one. */
async function ensureDataset(
  input: StepInput<UploadWith>,
  by: {
    readonly context: StepContext;
    readonly dataset: WantedDataset;
    readonly checkOnce: () => Promise<void>;
  },
): Promise<Made> {
  const { with: wanted, pipeline } = input;
  const { context, dataset, checkOnce } = by;
  const { name, digest, sent, url, content } = dataset;
  const { speech, clock } = context.ports;
  const { datasets } = speech;
  let comparison: Comparison | undefined;
  let failed: readonly Dataset[] = [];
  const { action, self } = await ensureEntity<Dataset>(context, {
    effect: 'create-dataset',
    digest,
    collection: datasets,
    async find() {
      const all = await datasets.list({ signal: context.signal });
      failed = failedAttempts(all, { wanted: { ...wanted, name }, pipeline, digest });
      const existing = findUploaded(all, { digest, content });
      comparison = existing?.comparison;
      return existing;
    },
    projectOf: pipeline,
    async create(link) {
      const now = clock.now().toISOString();
      const refused = url === undefined ? undefined : whyNotFetched(url, now);
      if (url !== undefined && refused !== undefined) throw new StepFailure(signAnew(url, refused));
      const contentUrl = sent === undefined ? url : await contentUrlOf(sent, { context, wanted, checkOnce });
      return await datasets.create(
        {
          displayName: name,
          kind: wanted.kind,
          locale: wanted.locale,
          customProperties: { ...customProperties(digest, pipeline), ...contentProperties(content ?? {}) },
          properties: { textNormalizationKind: wanted['text-normalization'] },
          ...(wanted.description === undefined ? {} : { description: wanted.description }),
          ...link,
          ...(contentUrl === undefined ? {} : { contentUrl }),
        },
        { signal: context.signal },
      );
    },
  });
  if (sent !== undefined) await sendContent(context, self, sent);
  // What was just made may have failed already when the resource was looked at.
  const earlier = failed.filter((one) => entityId(one.self) !== entityId(self));
  if (action !== 'reuse') await deleteFailed(context, earlier, { digest });
  return { action, self, comparison };
}

function oncePerStep(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return async () => await (done ??= act());
}

/**
 * Where the service is to fetch local data, which were checked and stored for it; undefined where they are sent to the dataset itself. Faulty
 * data are neither.
 */
async function contentUrlOf(
  sent: Sent,
  by: {
    readonly context: StepContext;
    readonly wanted: UploadWith;
    readonly checkOnce: () => Promise<void>;
  },
): Promise<string | undefined> {
  const { context, wanted, checkOnce } = by;
  const way = wayToSend(wanted, sent.described);
  if ('fault' in way) throw new StepFailure(way.fault);
  await checkOnce();
  if (way.via === 'blocks') return undefined;
  const reason = way.because === '' ? '' : `: ${way.because}`;
  context.report(`the data go through storage ${shownContainer(way.container)}${reason}`);
  return await storeContent(context, way.container, sent);
}

/** As many as a person reads; run.json has all. */
function firstOf(rejections: readonly string[]): readonly string[] {
  const left = rejections.length - mostShown;
  return left > 0 ? [...rejections.slice(0, mostShown), `and ${left} more in run.json`] : rejections;
}

const mostShown = 10;
