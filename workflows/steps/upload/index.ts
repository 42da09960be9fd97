import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { isUrl, withoutSignature } from '../../document/signed-url.ts';
import { StepFailure, type StepKind } from '../../engine/step-kind.ts';
import { localDataKey } from '../../plan/local-data.ts';
import type { Dataset } from '../../plan/speech-entities.ts';
import { type Comparison, comparedText, contentProperties, whyNotFetched } from '../../plan/url-content.ts';
import { customProperties, ensureEntity, untilSucceeded } from '../ensure.ts';
import { accept } from './accept-dataset.ts';
import { checkHere, toleranceOf } from './check-data.ts';
import { planUpload, signAnew, uploadEffects } from './plan-upload.ts';
import { sendContent } from './send-content.ts';
import { datasetDigest, findUploaded } from './uploaded-dataset.ts';

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
    const digest = datasetDigest(
      wanted,
      url === undefined ? (await data.describe(source, wanted.kind)).digest : withoutSignature(url),
    );
    let comparison: Comparison | undefined;
    const { action, self } = await ensureEntity<Dataset>(context, {
      effect: 'create-dataset',
      digest,
      collection: datasets,
      async find() {
        const existing = findUploaded(await datasets.list({ signal: context.signal }), { digest, content });
        comparison = existing?.comparison;
        return existing;
      },
      projectOf: pipeline,
      async create(link) {
        const now = clock.now().toISOString();
        const refused = url === undefined ? undefined : whyNotFetched(url, now);
        if (refused !== undefined) throw new StepFailure(signAnew(source, refused));
        if (url === undefined) await checkHere(wanted, { folder, context });
        return await datasets.create(
          {
            displayName: wanted.name,
            kind: wanted.kind,
            locale: wanted.locale,
            customProperties: { ...customProperties(digest, pipeline), ...contentProperties(content ?? {}) },
            properties: { textNormalizationKind: wanted['text-normalization'] },
            ...(wanted.description === undefined ? {} : { description: wanted.description }),
            ...link,
            ...(url === undefined ? {} : { contentUrl: url }),
          },
          { signal: context.signal },
        );
      },
    });
    if (url === undefined) await sendContent(context, { self, source, input, digest });
    const dataset = await untilSucceeded<Dataset>(context, { what: `dataset ${step.id}`, collection: datasets, self });
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

/** As many as a person reads; run.json has all. */
function firstOf(rejections: readonly string[]): readonly string[] {
  const left = rejections.length - mostShown;
  return left > 0 ? [...rejections.slice(0, mostShown), `and ${left} more in run.json`] : rejections;
}

const mostShown = 10;
