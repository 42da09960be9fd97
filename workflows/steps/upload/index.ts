import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { isUrl, withoutSignature } from '../../document/signed-url.ts';
import { type StepContext, StepFailure, type StepKind } from '../../engine/step-kind.ts';
import { entityId } from '../../plan/identity.ts';
import { localDataKey } from '../../plan/local-data.ts';
import { shownContainer } from '../../plan/storage-container.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import { type Comparison, comparedText, contentProperties, whyNotFetched } from '../../plan/url-content.ts';
import { customProperties, ensureEntity, untilSucceeded } from '../ensure.ts';
import { accept } from './accept-dataset.ts';
import { checkHere, toleranceOf } from './check-data.ts';
import { planUpload, signAnew, uploadEffects } from './plan-upload.ts';
import { deleteFailed, failedAttempts } from './failed-attempts.ts';
import { sendContent, type Sent, storeContent } from './send-content.ts';
import { datasetDigest, findUploaded } from './uploaded-dataset.ts';
import { wayToSend } from './way-to-send.ts';

/** `upload`: a dataset with this content exists in the Speech resource and its lines were accepted. */
export const upload: StepKind<UploadWith> = {
  uses: 'upload',
  effects: uploadEffects,

  localData({ with: wanted }) {
    return wanted === undefined || isUrl(wanted.from) ? [] : [{ path: wanted.from, kind: wanted.kind }];
  },

  checkedData({ with: wanted }, facts) {
    if (wanted === undefined || isUrl(wanted.from) || wanted.check === 'off') return undefined;
    const { from, kind, locale } = wanted;
    const identity = facts.localData[localDataKey({ path: from, kind })]?.digest;
    const isThere =
      identity !== undefined &&
      findUploaded(facts.datasets, { digest: datasetDigest(wanted, identity), content: undefined }) !== undefined;
    return isThere ? undefined : { path: from, kind, locale, tolerance: toleranceOf(wanted) };
  },

  urls: ({ with: wanted }) => (wanted !== undefined && isUrl(wanted.from) ? [wanted.from] : []),

  plan: planUpload,

  async run(input, context) {
    const { with: wanted, pipeline, step, folder } = input;
    const { data, speech, clock } = context.ports;
    const { datasets } = speech;
    const url = isUrl(wanted.from) ? wanted.from : undefined;
    const source = url ?? path.resolve(folder, wanted.from);
    const content = url === undefined ? undefined : await data.atUrl(url, { signal: context.signal });
    const described = url === undefined ? await data.describe(source, wanted.kind) : undefined;
    const digest = datasetDigest(wanted, described?.digest ?? withoutSignature(source));
    const sent = described === undefined ? undefined : { source, wanted, described, digest };
    let comparison: Comparison | undefined;
    let failed: readonly Dataset[] = [];
    const { action, self } = await ensureEntity<Dataset>(context, {
      effect: 'create-dataset',
      digest,
      collection: datasets,
      async find() {
        const all = await datasets.list({ signal: context.signal });
        failed = failedAttempts(all, { wanted, pipeline, digest });
        const existing = findUploaded(all, { digest, content });
        comparison = existing?.comparison;
        return existing;
      },
      projectOf: pipeline,
      async create(link) {
        const now = clock.now().toISOString();
        const refused = url === undefined ? undefined : whyNotFetched(url, now);
        if (refused !== undefined) throw new StepFailure(signAnew(source, refused));
        const contentUrl = sent === undefined ? url : await contentUrlOf(sent, { folder, context, wanted });
        return await datasets.create(
          {
            displayName: wanted.name,
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
    const dataset = await untilSucceeded<Dataset>(context, {
      what: `dataset ${step.id}`,
      collection: datasets,
      self,
      fate: 'it stays until the next run has made another one',
    });
    if (action === 'create') return await accept(dataset, { context, wanted, source, digest, action });
    if (content !== undefined && comparison !== undefined)
      context.report(`${dataset.displayName} ${comparedText(comparison, content)}`);
    return await accept(dataset, { context, wanted, source, digest, action, comparison });
  },

  summarise({ accepted, rejected, rejections, comparison }) {
    if (typeof accepted !== 'number') return [];
    const lines = `${counted(accepted, 'line')} accepted`;
    const told = [rejected === 0 ? lines : `${lines}, ${String(rejected)} rejected`];
    if (typeof rejections === 'string') told.push(...firstOf(rejections.split('\n')));
    if (comparison === 'nothing') told.push('not compared with what the URL holds now');
    if (comparison === 'length') told.push('compared with the URL by length alone');
    return told;
  },
};

/**
 * Where the service is to fetch local data, which were checked and stored for it; undefined where they are sent to the dataset itself. Faulty
 * data are neither.
 */
async function contentUrlOf(
  sent: Sent,
  by: { readonly folder: string; readonly context: StepContext; readonly wanted: UploadWith },
): Promise<string | undefined> {
  const { folder, context, wanted } = by;
  const way = wayToSend(wanted, sent.described);
  if ('fault' in way) throw new StepFailure(way.fault);
  await checkHere(wanted, { folder, context });
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
