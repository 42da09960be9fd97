import { counted } from '../document/counted.ts';
import path from 'node:path';
import type { UploadWith } from '../../schemas/types.gen.ts';
import { formatRate } from '../document/rates.ts';
import { ServiceError } from '../engine/ports.ts';
import { StepFailure, type StepContext, type StepInput, type StepKind, type StepOutcome } from '../engine/step-kind.ts';
import { shownSource } from '../document/url-secrets.ts';
import { isUrl, withoutSignature } from '../document/signed-url.ts';
import { type DataCheck, dataCheckKey, isTooFaulty, type Tolerance } from '../plan/data-check.ts';
import { localDataKey, type Facts, type LocalDataFacts } from '../plan/facts.ts';
import { digestOf, type Existing, findExisting } from '../plan/identity.ts';
import {
  type Comparison,
  comparedText,
  contentProperties,
  findFromUrl,
  signatureAdvice,
  type UrlContent,
  wasFromUrl,
  whyNotFetched,
} from '../plan/url-content.ts';
import type { Dataset } from '../plan/speech-entities.ts';
import { decidedAtRunTime, onceFinished, type StepPlan, type StepPlanInput, wouldFail } from '../plan/step-plan.ts';
import { deletionOf } from './deletion.ts';
import { customProperties, ensureEntity, outlast, readNow, untilSucceeded } from './ensure.ts';

/** `upload`: a dataset with this content exists in the Speech resource and its lines were accepted. */
export const upload: StepKind<UploadWith> = {
  uses: 'upload',
  effects: ['create-project', 'create-dataset', 'upload-content'],

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
        if (url === undefined) await checkHere(wanted, { source, context });
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
    if (action === 'create') return await accept(dataset, { context, wanted, digest, action });
    if (content !== undefined && comparison !== undefined)
      context.report(`${dataset.displayName} ${comparedText(comparison, content)}`);
    return await accept(dataset, { context, wanted, digest, action, comparison });
  },

  summarise({ accepted, rejected, comparison }) {
    if (typeof accepted !== 'number') return [];
    const lines = `${counted(accepted, 'line')} accepted`;
    const told = [rejected === 0 ? lines : `${lines}, ${String(rejected)} rejected`];
    if (comparison === 'nothing') told.push('not compared with what the URL holds now');
    if (comparison === 'length') told.push('compared with the URL by length alone');
    return told;
  },
};

function planUpload({ with: wanted, waitsFor }: StepPlanInput<UploadWith>, facts: Facts): StepPlan {
  if (wanted === undefined) {
    return decidedAtRunTime(`upload a dataset ${onceFinished(waitsFor)}`, { effects: upload.effects });
  }
  const { from, kind } = wanted;
  const content = isUrl(from) ? (facts.urls[from] ?? {}) : undefined;
  const local = facts.localData[localDataKey({ path: from, kind })];
  const identity = content === undefined ? local?.digest : withoutSignature(from);
  if (identity === undefined) {
    return decidedAtRunTime(`upload ${shownSource(from)}, which cannot be read yet`, { effects: upload.effects });
  }
  const digest = datasetDigest(wanted, identity);
  const existing = findUploaded(facts.datasets, { digest, content });
  if (existing === undefined) {
    const refused = content === undefined ? undefined : whyNotFetched(from, facts.observedAt);
    if (refused !== undefined) return wouldFail(signAnew(from, refused));
    const check =
      content === undefined ? facts.checks?.[dataCheckKey({ path: from, kind, locale: wanted.locale })] : undefined;
    const faulty = check === undefined ? undefined : whyFaulty(check, wanted);
    if (faulty !== undefined) return wouldFail(faulty);
    const what = `upload ${shownSource(from)} as ${kind} dataset`;
    const details = content === undefined ? sizeOf(local) + checkedText(check) : aboutUrl(from, { facts, digest });
    return { action: 'create', summary: what + details, effects: upload.effects, outputs: {} };
  }
  const { action, entity, comparison } = existing;
  if (action === 'adopt') {
    const summary = `wait for ${kind} dataset ${entity.displayName}, which is ${entity.status}`;
    return { action, summary, effects: ['upload-content'], outputs: { dataset: entity.self, digest } };
  }
  const outputs = { dataset: entity.self, digest, ...lineCounts(entity), ...(comparison && { comparison }) };
  const same =
    content === undefined || comparison === undefined ? 'has this content already' : comparedText(comparison, content);
  return { action, summary: `${kind} dataset ${entity.displayName} ${same}`, effects: [], outputs };
}

/** The dataset that holds what is wanted; of a URL with what its content was compared by. */
function findUploaded(
  datasets: readonly Dataset[],
  { digest, content }: { readonly digest: string; readonly content: UrlContent | undefined },
): (Existing<Dataset> & { readonly comparison?: Comparison }) | undefined {
  return content === undefined ? findExisting(datasets, digest) : findFromUrl(datasets, { digest, content });
}

function sizeOf(local: LocalDataFacts | undefined): string {
  if (local === undefined) return '';
  return `, ${counted(local.files, 'file')}, ${formatBytes(local.bytes)}`;
}

/** Refuses data that the service would refuse, before a dataset is made that stays; what it would take, but for some lines, is told. */
async function checkHere(
  wanted: UploadWith,
  { source, context }: { readonly source: string; readonly context: StepContext },
): Promise<void> {
  if (wanted.check === 'off') return;
  const { kind, locale, from } = wanted;
  const check = await context.ports.data.check({ path: source, shown: from, kind, locale });
  const faulty = whyFaulty(check, wanted);
  if (faulty !== undefined) throw new StepFailure(faulty);
  for (const told of check.told.slice(0, mostReported)) context.report(told);
  const left = check.told.length - mostReported;
  if (left > 0) context.report(`and ${left} more: speechops data check ${shownSource(from)}`);
}

/** Why the step would fail with such data, and what to do; undefined when it would not. */
function whyFaulty(check: DataCheck, wanted: UploadWith): string | undefined {
  if (!isTooFaulty(check, toleranceOf(wanted))) return undefined;
  const fate = check.isRefused
    ? 'the service would refuse them'
    : `the service would reject ${check.rejected} of ${counted(check.lines, 'line')}, max-rejected allows ${formatRate(wanted['max-rejected'])}`;
  const told = check.told.slice(0, mostTold);
  const left = check.told.length - told.length;
  const rest = left > 0 ? `; more with \`speechops data check ${shownSource(wanted.from)}\`` : '';
  return `Correct the data in ${shownSource(wanted.from)}: ${fate}: ${told.join('; ')}${rest}`;
}

function toleranceOf(wanted: UploadWith): Tolerance {
  return { faults: wanted.check === 'fail' ? 'fail' : 'warn', maxRejected: wanted['max-rejected'] };
}

const mostTold = 5;
const mostReported = 20;

/** What is found in data that are uploaded all the same. */
function checkedText(check: DataCheck | undefined): string {
  if (check === undefined) return '';
  const rejected =
    check.rejected === 0 ? '' : `, ${check.rejected} of ${counted(check.lines, 'line')} would be rejected`;
  const warnings = check.warnings === 0 ? '' : `, ${counted(check.warnings, 'warning')}`;
  const [first] = check.told;
  return `${rejected}${warnings}${first === undefined ? '' : ` (${first})`}`;
}

/** Says what to do about a URL that the service cannot fetch, for this reason. */
function signAnew(url: string, reason: string): string {
  return `Sign ${shownSource(url)} anew: ${reason}`;
}

/** What is to be known of a URL before its content becomes a dataset. */
function aboutUrl(url: string, { facts, digest }: { readonly facts: Facts; readonly digest: string }): string {
  const changed = wasFromUrl(facts.datasets, digest) ? ', its content has changed' : '';
  const advice = signatureAdvice(url);
  return advice === undefined ? changed : `${changed} (${advice})`;
}

/** The digest that a dataset of these settings bears. `content` is the digest of the local data, or the URL without its signature. */
export function datasetDigest(
  wanted: Pick<UploadWith, 'kind' | 'locale' | 'text-normalization'>,
  content: string,
): string {
  return digestOf('dataset', {
    kind: wanted.kind,
    locale: wanted.locale,
    textNormalization: wanted['text-normalization'],
    content,
  });
}

/** A dataset that still waits for its content gets it: a new one, or one whose upload was interrupted. */
async function sendContent(
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

async function accept(
  dataset: Dataset,
  result: {
    readonly context: StepContext;
    readonly wanted: UploadWith;
    readonly digest: string;
    readonly action: 'create' | 'reuse' | 'adopt';
    readonly comparison?: Comparison | undefined;
  },
): Promise<StepOutcome> {
  const { context, wanted, digest, action, comparison } = result;
  const counts = lineCounts(dataset);
  const outputs = { dataset: dataset.self, digest, ...counts, ...(comparison && { comparison }) };
  const lines = counts.accepted + counts.rejected;
  const allowed = wanted['max-rejected'];
  if (lines > 0 && counts.rejected / lines > allowed) {
    const reasons = await rejections(dataset, context);
    throw new StepFailure(
      `Correct the data in ${shownSource(wanted.from)}: the service rejected ${counts.rejected} of ${lines} lines, max-rejected allows ${formatRate(allowed)}${reasons}; corrected data make another dataset, and this one stays: ${deletionOf(dataset, context.ports)}`,
      outputs,
    );
  }
  if (counts.rejected > 0) context.report(`${counts.rejected} of ${lines} lines rejected`);
  return { kind: action === 'reuse' ? 'reused' : 'done', outputs };
}

function lineCounts(dataset: Dataset): { readonly accepted: number; readonly rejected: number } {
  return { accepted: dataset.properties?.acceptedLineCount ?? 0, rejected: dataset.properties?.rejectedLineCount ?? 0 };
}

/** The first reasons of the dataset's report, for the message; nothing when the report cannot be read. */
async function rejections(dataset: Dataset, context: StepContext): Promise<string> {
  try {
    const files = await context.ports.speech.datasets.files(dataset.self, { signal: context.signal });
    const report = files.find((file) => file.kind === 'DatasetReport');
    if (report === undefined) return '';
    const text = await context.ports.speech.readFile(report, { signal: context.signal });
    const lines = JSON.parse(text) as readonly { readonly message?: unknown }[];
    const messages = lines.flatMap(({ message }) => (typeof message === 'string' ? [message] : []));
    const reasons = messages.map((message) => message.replace(/^Error: /, '').replace(/\.$/, ''));
    const distinct = [...new Set(reasons)].slice(0, 3);
    return distinct.length === 0 ? '' : `: ${distinct.join('; ')}`;
  } catch {
    context.signal.throwIfAborted();
    return '';
  }
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
