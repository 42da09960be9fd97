import type { CopyWith } from '../../../schemas/types.gen.ts';
import { timeAt } from '../../engine/observe.ts';
import { type CopyPort, type ModelCopy, ServiceError, type SpeechPort } from '../../engine/ports.ts';
import { StepFailure, type StepContext, type StepInput, type StepOutcome } from '../../engine/step-kind.ts';
import { byAge, copiedFromProperty, entityId, withEntries } from '../../plan/identity.ts';
import { whyExpired } from '../../plan/lifecycle.ts';
import { expiryOf, transcribesUntil } from '../../plan/models.ts';
import type { CustomModel } from '../../plan/speech-entities.ts';
import { customProperties, ensureProject, outlast, untilSucceeded } from '../ensure.ts';
import {
  copiedProperty,
  copyAt,
  copyDigest,
  copyMark,
  endsSoon,
  likelyCopy,
  noSuchModel,
  readMark,
  whyNoAccount,
  whyOtherLocale,
} from './copied-model.ts';

/** What a copy goes between. */
interface Way {
  readonly context: StepContext;
  readonly source: SpeechPort;
  readonly model: CustomModel;
  readonly account: string;
  /** The base URL of the source. */
  readonly from: string;
  /** The name of the entry on the model that says which copy is under way. */
  readonly mark: string;
}

/** Makes sure that the model is at the target, and knows it again by its digest there. */
export async function runCopy(input: StepInput<CopyWith>, context: StepContext): Promise<StepOutcome> {
  const { with: wanted, pipeline, resource } = input;
  const { models } = context.ports.speech;
  const { signal } = context;
  const source = context.ports.speechAt?.(wanted.from);
  if (source === undefined)
    throw new StepFailure(`Let \`from\` name a Speech resource: ${wanted.from} cannot be reached`);
  const fault = whyNoAccount(wanted.account);
  if (fault !== undefined) throw new StepFailure(fault);
  const model = await outlast(context, async () => await modelAt(source, wanted, signal));
  const otherLocale = whyOtherLocale(model, pipeline);
  if (otherLocale !== undefined) throw new StepFailure(otherLocale);
  const existing = copyAt(await outlast(context, async () => await models.list({ signal })), model);
  const now = { observedAt: timeAt(context.ports) };
  const expired = whyExpired(existing?.action === 'reuse' ? existing.entity : model, now);
  if (expired !== undefined) throw new StepFailure(expired);
  const outputsOf = (at: CustomModel) => ({
    model: at.self,
    source: entityId(model.self),
    ...expiryOf(transcribesUntil(at), { observedAt: timeAt(context.ports) }),
  });
  const digest = copyDigest(model);
  const way: Way = { context, source, model, account: wanted.account, from: wanted.from, mark: copyMark(resource) };
  if (existing?.action === 'reuse') {
    if (model.customProperties?.[way.mark] !== undefined)
      await context.effect('update-model', {
        digest,
        async act() {
          await markCopied(way);
          return null;
        },
      });
    return { kind: 'reused', outputs: outputsOf(existing.entity) };
  }
  const soon = endsSoon(model, now);
  if (soon !== '') context.report(`copying ${model.displayName}${soon}`);
  const self = existing?.entity.self ?? (await arrived(way, digest));
  const copied = await untilSucceeded<CustomModel>(context, {
    what: `copy of ${model.displayName}`,
    collection: models,
    self,
  });
  if (existing === undefined) {
    const project = await ensureProject(context, pipeline);
    await context.effect('update-model', {
      digest,
      async act() {
        const own = { customProperties: { ...copied.customProperties, ...customProperties(digest, pipeline) } };
        const properties = withEntries(own, { [copiedFromProperty]: selfAt(wanted.from, model) });
        await models.update(
          copied.self,
          { customProperties: properties, ...(project === undefined ? {} : { project }) },
          { signal },
        );
        await markCopied(way);
        return null;
      },
    });
    await tellSuperfluous(way, { self, digest });
  }
  return { kind: 'done', outputs: outputsOf(copied) };
}

/** The model to copy, when it can be. */
async function modelAt(source: SpeechPort, { model, from }: CopyWith, signal: AbortSignal): Promise<CustomModel> {
  if (entityId(model).startsWith('base/')) throw new StepFailure(noSuchModel(model, from));
  const found = await source.models.get(entityId(model), { signal });
  if (found === undefined) throw new StepFailure(noSuchModel(model, from));
  if (found.status === 'Succeeded') return found;
  throw new StepFailure(`Copy a model that is trained: ${found.displayName} is ${found.status}`);
}

/** The model at the target, once the copy has ended: one that is under way, or a new one. */
async function arrived(way: Way, digest: string): Promise<string> {
  const { context, source, model } = way;
  const { self, isCopy } = await context.effect('copy-model', { digest, act: async () => await begunCopy(way) });
  if (!isCopy) return self;
  let status = '';
  const ended = await copiesOf(source).wait(self, {
    signal: context.signal,
    onTrouble: context.report,
    onRead(read) {
      if (read.status !== status) context.report(`the copy of ${model.displayName} is ${read.status}`);
      status = read.status;
    },
  });
  const { link } = ended.result ?? {};
  if (ended.status === 'Succeeded' && link !== undefined) return entityId(link);
  await removeMark(way, { effect: 'copy-model', digest });
  throw new StepFailure(`The service failed the copy of ${model.displayName}: ${reasonOf(ended)}`);
}

interface Begun {
  readonly [key: string]: string | boolean;
  /** Of the copy, or of the model at the target, where nothing tells of the copy. */
  readonly self: string;
  readonly isCopy: boolean;
}

/**
 * A copy that is under way, by the mark that the model at the source has of it, or a new one. The mark is written before the copy
 * begins and completed after: when the answer is lost or the process ends between, the model is looked for at the target. A refusal
 * leaves no mark.
 */
async function begunCopy(way: Way): Promise<Begun> {
  const { context, source, model } = way;
  const { ports, signal } = context;
  const copies = copiesOf(source);
  for (let attempt = 1; ; attempt += 1) {
    const before = await outlast(context, async () => await source.models.get(model.self, { signal }));
    const mark = readMark(before?.customProperties?.[way.mark]);
    if (mark !== undefined && 'id' in mark) {
      const copy = await outlast(context, async () => await copies.get(mark.id, { signal }));
      if (copy !== undefined && copy.status !== 'Failed' && !(await isDeleted(way, copy)))
        return { self: copy.self, isCopy: true };
    }
    if (mark !== undefined && 'begunAfter' in mark) {
      const found = await likelyCopyInTime(way, mark.begunAfter);
      if (found !== undefined) return { self: found.self, isCopy: false };
    }
    const target = copiesOf(ports.speech);
    const authorization = await orNoMark(way, async () => await target.authorize(way.account, { signal }));
    await setMark(way, `began ${timeAt(ports)}`);
    try {
      const begun = await orNoMark(way, async () => await copies.begin(model.self, authorization, { signal }));
      await setMark(way, entityId(begun.self));
      return { self: begun.self, isCopy: true };
    } catch (error) {
      if (!(error instanceof ServiceError) || error.outcome !== 'unknown' || attempt >= mostAttempts) throw error;
      context.report(`${error.message}; looking whether it has begun`);
    }
  }
}

/** What a request gives that begins a copy, or is to. One that is refused leaves no mark, and says which setting is wrong where that is known. */
async function orNoMark<T>(way: Way, ask: () => Promise<T>): Promise<T> {
  const { context, from, account, model, mark } = way;
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.outcome !== 'refused') throw error;
    try {
      await setMark(way, null);
    } catch (other) {
      if (!(other instanceof ServiceError)) throw other;
      context.report(
        `${model.displayName} keeps the entry ${mark} at ${from}, although nothing is under way: ${other.message}`,
      );
    }
    if (error.code !== 'InvalidSourceAzureResourceId') throw error;
    throw new StepFailure(`Let \`account\` be the Azure resource id of ${from}, and not ${account}: ${error.message}`);
  }
}

/** Whether somebody has deleted at the target what a copy that has ended brought there. */
async function isDeleted({ context }: Way, { status, result }: ModelCopy): Promise<boolean> {
  const { ports, signal } = context;
  const { link } = result ?? {};
  if (status !== 'Succeeded' || link === undefined) return false;
  return (await outlast(context, async () => await ports.speech.models.get(entityId(link), { signal }))) === undefined;
}

const mostAttempts = 5;
/** For so long a copy is looked for at the target of which no answer has come. */
const lookMilliseconds = 60_000;
const pauseMilliseconds = 5000;

async function likelyCopyInTime(way: Way, begunAfter: string): Promise<CustomModel | undefined> {
  const { context, source, model, mark } = way;
  const { ports, signal } = context;
  for (let waited = 0; ; waited += pauseMilliseconds) {
    const found = await outlast(context, async () => {
      const [models, others] = await Promise.all([
        ports.speech.models.list({ signal }),
        source.models.list({ signal }),
      ]);
      return likelyCopy(models, { source: model, begunAfter, others, mark });
    });
    if (found !== undefined) return found;
    if (waited >= lookMilliseconds) break;
    if (waited === 0)
      context.report(
        `looking for a minute whether the copy of ${model.displayName} is there that was about to begin at ${begunAfter}`,
      );
    await ports.clock.sleep(pauseMilliseconds, signal);
  }
  context.report(`there is no such copy of ${model.displayName}, and another one begins`);
  return undefined;
}

/** Writes what is under way on the model at the source, or that nothing is. A model without room for it goes without. */
async function setMark({ source, model, mark, context }: Way, value: string | null): Promise<void> {
  const { signal } = context;
  const now = await source.models.get(model.self, { signal });
  const { customProperties: present = {} } = now ?? {};
  if (value === null && !(mark in present)) return;
  const properties = value === null ? { ...present, [mark]: null } : withEntries(now ?? {}, { [mark]: value });
  if (!(mark in properties)) return;
  await source.models.update(model.self, { customProperties: properties }, { signal });
}

/** The `self` of a model by the base URL that the pipeline has for its Speech resource: the service may name another host in it. */
function selfAt(from: string, { self }: CustomModel): string {
  const { pathname, search } = new URL(self);
  return new URL(pathname + search, from).href;
}

/** Writes on the model at the source that it is elsewhere, too, in place of the mark of the copy under way. */
async function markCopied({ source, model, mark, context }: Way): Promise<void> {
  const { signal } = context;
  const now = await source.models.get(model.self, { signal });
  const { [mark]: underWay, ...others } = now?.customProperties ?? {};
  const properties = withEntries({ customProperties: others }, { [copiedProperty]: timeAt(context.ports) });
  if (!(copiedProperty in properties))
    context.report(
      `${model.displayName} has ten custom properties, and none says that it was copied: let \`served-at\` of a \`prune\` there name this Speech resource`,
    );
  const removed = underWay === undefined ? {} : { [mark]: null };
  await source.models.update(model.self, { customProperties: { ...properties, ...removed } }, { signal });
}

async function removeMark(
  way: Way,
  { effect, digest }: { readonly effect: 'copy-model' | 'update-model'; readonly digest: string },
): Promise<void> {
  await way.context.effect(effect, {
    digest,
    async act() {
      await setMark(way, null);
      return null;
    },
  });
}

/** Says when somebody else has copied the same at the same time. */
async function tellSuperfluous(
  { context, model }: Way,
  { self, digest }: { readonly self: string; readonly digest: string },
): Promise<void> {
  const { models } = context.ports.speech;
  const all = await outlast(context, async () => await models.list({ signal: context.signal }));
  const same = all.filter((one) => copyDigest(one) === digest && one.status !== 'Failed').toSorted(byAge);
  for (const one of same.slice(1))
    context.report(
      `Delete ${entityId(one.self)} when nobody uses it: it is one too many of ${model.displayName}${entityId(one.self) === entityId(self) ? ', and this step has made it' : ''}`,
    );
}

function copiesOf({ copies }: SpeechPort): CopyPort {
  if (copies === undefined) throw new StepFailure('Copy between Speech resources: here none can be copied');
  return copies;
}

function reasonOf({ error, self }: ModelCopy): string {
  const { message = '', code } = error ?? {};
  const mark = code === undefined ? '' : ` [${code}]`;
  return message.trim() === '' ? `it gave no reason${mark}; see ${self}` : `${message}${mark}`;
}
