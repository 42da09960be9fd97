import path from 'node:path';
import type { UploadWith } from '../../schemas/types.gen.ts';
import { formatRate } from '../document/rates.ts';
import { ServiceError } from '../engine/ports.ts';
import { StepFailure, type StepContext, type StepInput, type StepKind, type StepOutcome } from '../engine/step-kind.ts';
import { shownSource } from '../document/url-secrets.ts';
import { localDataKey, type Facts } from '../plan/facts.ts';
import { digestOf, findExisting } from '../plan/identity.ts';
import type { Dataset } from '../plan/speech-entities.ts';
import { decidedAtRunTime, type StepPlan, type StepPlanInput } from '../plan/step-plan.ts';
import { customProperties, ensureEntity, readNow, untilSucceeded } from './ensure.ts';

/** `upload`: a dataset with this content exists in the Speech resource and its lines were accepted. */
export const upload: StepKind<UploadWith> = {
  uses: 'upload',
  effects: ['create-project', 'create-dataset', 'upload-content'],

  localData({ with: wanted }) {
    return wanted === undefined || isUrl(wanted.from) ? [] : [{ path: wanted.from, kind: wanted.kind }];
  },

  plan: planUpload,

  async run(input, context) {
    const { with: wanted, pipeline, step, folder } = input;
    const source = isUrl(wanted.from) ? wanted.from : path.resolve(folder, wanted.from);
    const digest = isUrl(wanted.from)
      ? datasetDigest(wanted, withoutQuery(wanted.from))
      : datasetDigest(wanted, (await context.ports.data.describe(source, wanted.kind)).digest);
    const datasets = context.ports.speech.datasets;
    const { action, self } = await ensureEntity<Dataset>(context, {
      effect: 'create-dataset',
      digest,
      collection: datasets,
      find: async () => findExisting(await datasets.list({ signal: context.signal }), digest),
      projectOf: pipeline,
      create: async (link) =>
        await datasets.create(
          {
            displayName: wanted.name,
            kind: wanted.kind,
            locale: wanted.locale,
            customProperties: customProperties(digest, pipeline),
            properties: { textNormalizationKind: wanted['text-normalization'] },
            ...(wanted.description === undefined ? {} : { description: wanted.description }),
            ...link,
            ...(isUrl(source) ? { contentUrl: source } : {}),
          },
          { signal: context.signal },
        ),
    });
    if (!isUrl(source)) await sendContent(context, { self, source, input, digest });
    const dataset = await untilSucceeded<Dataset>(context, { what: `dataset ${step.id}`, collection: datasets, self });
    return await accept(dataset, { context, wanted, digest, action });
  },

  summarise({ accepted, rejected }) {
    if (typeof accepted !== 'number') return [];
    const lines = `${accepted} ${accepted === 1 ? 'line' : 'lines'} accepted`;
    return [rejected === 0 ? lines : `${lines}, ${String(rejected)} rejected`];
  },
};

function planUpload({ with: wanted, waitsFor }: StepPlanInput<UploadWith>, facts: Facts): StepPlan {
  if (wanted === undefined) {
    return decidedAtRunTime(`upload a dataset once ${waitsFor.join(', ')} has finished`, { effects: upload.effects });
  }
  const { from, kind } = wanted;
  const local = isUrl(from) ? undefined : facts.localData[localDataKey({ path: from, kind })];
  const content = isUrl(from) ? withoutQuery(from) : local?.digest;
  if (content === undefined) {
    return decidedAtRunTime(`upload ${shownSource(from)}, which cannot be read yet`, { effects: upload.effects });
  }
  const digest = datasetDigest(wanted, content);
  const existing = findExisting(facts.datasets, digest);
  const size =
    local === undefined ? '' : `, ${local.files} ${local.files === 1 ? 'file' : 'files'}, ${formatBytes(local.bytes)}`;
  if (existing === undefined) {
    return {
      action: 'create',
      summary: `upload ${shownSource(from)} as ${kind} dataset${size}`,
      effects: upload.effects,
      outputs: {},
    };
  }
  const { action, entity } = existing;
  if (action === 'adopt') {
    const summary = `wait for ${kind} dataset ${entity.displayName}, which is ${entity.status}`;
    return { action, summary, effects: ['upload-content'], outputs: { dataset: entity.self, digest } };
  }
  const outputs = { dataset: entity.self, digest, ...lineCounts(entity) };
  return { action, summary: `${kind} dataset ${entity.displayName} has this content already`, effects: [], outputs };
}

function datasetDigest(wanted: UploadWith, content: string): string {
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
        await datasets.uploadContent(target.self, context.ports.data.content(target.source, target.input.with.kind), {
          signal: context.signal,
          onBlock: (bytes) => context.report(`${formatBytes(bytes)} sent`),
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
  },
): Promise<StepOutcome> {
  const { context, wanted, digest, action } = result;
  const counts = lineCounts(dataset);
  const outputs = { dataset: dataset.self, digest, ...counts };
  const lines = counts.accepted + counts.rejected;
  const allowed = wanted['max-rejected'];
  if (lines > 0 && counts.rejected / lines > allowed) {
    const reasons = await rejections(dataset, context);
    throw new StepFailure(
      `Correct the data in ${shownSource(wanted.from)}: the service rejected ${counts.rejected} of ${lines} lines, max-rejected allows ${formatRate(allowed)}${reasons}`,
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

function isUrl(from: string): boolean {
  return /^https?:\/\//i.test(from);
}

/** A shared access signature changes from run to run and says nothing about the content. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
