import path from 'node:path';
import type { ReleaseDocument, SwapWith } from '../../../schemas/types.gen.ts';
import { type PartialRelease, readRelease, releaseFileName, whyNotReplaced } from '../../document/release-file.ts';
import { observeModels, timeAt } from '../../engine/observe.ts';
import { DataError, type ReleasePort, ServiceError, type SpeechPort } from '../../engine/ports.ts';
import { type Outputs, StepFailure, type StepContext, type StepInput, type StepKind } from '../../engine/step-kind.ts';
import { copiedFrom, entityId } from '../../plan/identity.ts';
import { endpointByName, sameModel } from '../../plan/models.ts';
import { datasetsToRelease, type Released, releaseDocument, releaseText } from '../../plan/release-document.ts';
import { modelAsPlanned, originOf } from '../../plan/released-model.ts';
import type { CustomModel } from '../../plan/speech-entities.ts';
import { startDeadline } from '../../time/deadline.ts';
import { outlast } from '../ensure.ts';
import { inState, nothingChanged } from './in-state.ts';
import { notedBefore, notedOutput } from './marks.ts';

/**
 * A swap that also leaves a release where its settings have `release`: a file that says what the endpoint serves and why. The
 * file is written after each change, and whenever it does not name the model that is served, so that a run that ended before it is made good by the next
 * one; a file that a swap serves the model of is left alone where it has named another one since. A file that cannot be written is told before anything is changed.
 */
export function releasing(swap: StepKind<SwapWith>): StepKind<SwapWith> {
  return {
    ...swap,
    async run(planned, context) {
      const { model: candidate, isReleased } = modelAsPlanned(planned.with.model);
      const input = { ...planned, with: { ...planned.with, model: candidate } };
      const { release } = input.with;
      if (release === undefined) return await swap.run(input, context);
      const before = await lookAt(release, input, context);
      const outcome = await swap.run(input, context);
      if (outcome.kind === 'skipped') return outcome;
      const outputs = { ...outcome.outputs, release: path.posix.join(release, before.name) };
      const { model = '', endpoint = '' } = outcome.outputs;
      const isNamed = names(before.document, { endpoint: String(endpoint), model: String(model) });
      // What Git has brought back stays as it is; else a change has another proof and another previous model to tell.
      if (!isNamed || (outcome.kind === 'done' && !isReleased)) {
        const served = `endpoint ${input.with.endpoint} serves model ${entityId(String(model))}, and only its release ${outputs.release} is not written: resume the run, or run the pipeline again`;
        const act = async (): Promise<string> => {
          // A person, or another pipeline, may have written it since this step has looked.
          const now = readRelease((await releasesOf(context).read(before.file)) ?? '');
          // What is in Git is what is wanted: a person has taken it back, or on, since the run was planned.
          if (isReleased && now?.model?.['id'] !== entityId(String(model)))
            return `${outputs.release} is left as it is: it has named another model since this run was planned, and endpoint ${input.with.endpoint} serves model ${entityId(String(model))}. Run the pipeline again to serve what it says now`;
          const own = { locale: input.pipeline.locale, resource: originOf(String(endpoint)) };
          const other = whyOther(now, { place: outputs.release, own });
          if (other !== undefined) throw new DataError(other);
          // The model that a step takes back is none that was served before.
          const { takesBack } = input;
          const previous = takesBack === undefined ? {} : { previousModel: notedBefore(takesBack) };
          await writeRelease(before.file, { ...outcome.outputs, ...previous }, { input, context });
          return `release written: ${outputs.release}`;
        };
        const said = await inState(served, { context, act }).catch((error: unknown) => {
          throw error instanceof DataError ? new StepFailure(`${error.message}; ${served}`, outputs) : error;
        });
        context.report(said);
      }
      return { kind: outcome.kind, outputs };
    },
  };
}

interface Before {
  readonly name: string;
  readonly file: string;
  readonly document: PartialRelease | undefined;
}

/** The release as it is, when another one may take its place; throws when not. */
async function lookAt(release: string, input: StepInput<SwapWith>, context: StepContext): Promise<Before> {
  const { with: wanted, folder, pipeline } = input;
  const { locale } = pipeline;
  const { speech } = context.ports;
  const endpoints = await outlast(context, async () => await speech.endpoints.list({ signal: context.signal }));
  const found = endpointByName(wanted.endpoint, { endpoints, locale });
  if (typeof found === 'string') throw new StepFailure(found);
  const name = releaseFileName(found?.displayName ?? wanted.endpoint);
  const file = path.resolve(folder, release, name);
  const text = await releasesOf(context).read(file);
  const document = text === undefined ? undefined : readRelease(text);
  const own = { locale, resource: found === undefined ? undefined : originOf(found.self) };
  const place = path.posix.join(release, name);
  const other = whyOther(document, { place, own });
  if (other !== undefined) throw new StepFailure(`${other}; ${nothingChanged(context)}`);
  const fault = whyNotReplaced(text);
  if (fault !== undefined)
    throw new StepFailure(
      `Let \`release\` name another folder, or move ${place} away, in whose place a release would be written: ${fault}; ${nothingChanged(context)}`,
    );
  return { name, file, document };
}

/** Why a release is of another endpoint than the one that the step swaps; undefined when it may be of that. */
function whyOther(
  document: PartialRelease | undefined,
  of: { readonly place: string; readonly own: Readonly<Partial<Record<'locale' | 'resource', string | undefined>>> },
): string | undefined {
  const { place, own } = of;
  const { endpoint: said = {} } = document ?? {};
  const isOther = (['locale', 'resource'] as const).some(
    (key) => said[key] !== undefined && own[key] !== undefined && said[key].toLowerCase() !== own[key].toLowerCase(),
  );
  if (!isOther) return undefined;
  return `Let \`release\` name a folder for each locale and resource: ${place} is of endpoint ${said['name'] ?? 'without a name'} (${said['locale'] ?? 'no locale'}) of another one`;
}

function releasesOf({ ports }: StepContext): ReleasePort {
  if (ports.releases !== undefined) return ports.releases;
  throw new StepFailure('Leave `release` out: no file can be written here');
}

function names(
  document: PartialRelease | undefined,
  { endpoint, model }: { readonly endpoint: string; readonly model: string },
): boolean {
  return document?.endpoint?.['id'] === entityId(endpoint) && document.model?.['id'] === entityId(model);
}

async function writeRelease(
  file: string,
  outputs: Outputs,
  { input, context }: { readonly input: StepInput<SwapWith>; readonly context: StepContext },
): Promise<void> {
  const document = await outlast(context, async () => await describe(outputs, { input, context }));
  const releases = releasesOf(context);
  const commit = await releases.commitOf(input.folder);
  const whole = { ...document, run: { ...document.run, ...(commit === undefined ? {} : { commit }) } };
  await releases.write(file, releaseText(whole, { by: 'a swap of speechops, and replaced by the next one' }));
}

async function describe(
  outputs: Outputs,
  { input, context }: { readonly input: StepInput<SwapWith>; readonly context: StepContext },
): Promise<ReleaseDocument> {
  const { ports, signal, runId } = context;
  const { speech } = ports;
  const { locale, name: pipeline } = input.pipeline;
  const [self, model, previousModel] = [outputs['endpoint'], outputs['model'], outputs['previousModel']].map((one) =>
    String(one ?? ''),
  ) as [string, string, string];
  const known = await observeModels(ports, { locale, signal });
  const evaluations = await speech.evaluations.list({ signal });
  const named = datasetsToRelease({ model, known, evaluations });
  const found = await Promise.all(named.map(async (one) => await speech.datasets.get(one, { signal })));
  const copied = known.models.find((one) => sameModel(one.self, model));
  const endpoint = known.endpoints.find((one) => entityId(one.self) === entityId(self));
  return releaseDocument(
    {
      endpoint: { self, name: endpoint?.displayName ?? input.with.endpoint, locale: endpoint?.locale ?? locale },
      model,
      previousModel,
      known,
      evaluations,
      datasets: found.filter((one) => one !== undefined),
      source: copied && (await sourceOf(copied, context)),
    },
    { proof: proofOf(outputs), run: { id: runId, pipeline }, writtenAt: timeAt(ports) },
  );
}

/** The Speech resource that a copy was made at has so long to tell of it: the swap is done, and waits for that alone. */
const sourceMilliseconds = 10_000;

/**
 * The model that a copy was made of, and its datasets; undefined where the pipeline does not name its Speech resource, or that does not
 * tell them soon, which the log says.
 */
async function sourceOf(
  copied: CustomModel,
  { ports, signal, report }: StepContext,
): Promise<Released['source'] | undefined> {
  const self = copiedFrom(copied);
  const { origin = '' } = URL.parse(self ?? '') ?? {};
  const speech = self === undefined ? undefined : ports.speechAt?.(origin);
  if (self === undefined || speech === undefined) return undefined;
  const { clock } = ports;
  const deadline = startDeadline(clock.now().getTime() + sourceMilliseconds, { clock, until: signal });
  try {
    return await modelWithData(self, { speech, signal: AbortSignal.any([signal, deadline.signal]) });
  } catch (error) {
    // The endpoint is served by another Speech resource, which this one must not hold up.
    if (signal.aborted || !(error instanceof ServiceError || deadline.signal.aborted)) throw error;
    const late = `${origin} has not told it within ${sourceMilliseconds / 1000} s`;
    const why = error instanceof ServiceError ? error.message : late;
    report(`the release does not say with what ${copied.displayName} was trained: ${why}`);
    return undefined;
  } finally {
    deadline.stop();
  }
}

async function modelWithData(
  self: string,
  { speech, signal }: { readonly speech: SpeechPort; readonly signal: AbortSignal },
): Promise<Released['source'] | undefined> {
  const model = await speech.models.get(entityId(self), { signal });
  if (model === undefined) return undefined;
  const found = await Promise.all(
    (model.datasets ?? []).map(async (one) => await speech.datasets.get(entityId(one.self), { signal })),
  );
  return { model, datasets: found.filter((one) => one !== undefined) };
}

/** All outputs that say how the model was proved, and none that say what it is. */
function proofOf(outputs: Outputs): ReleaseDocument['proof'] {
  const others = new Set([
    'endpoint',
    'model',
    'previousModel',
    'expires',
    'days-left',
    'created',
    'rolledBack',
    'given',
    notedOutput,
    'changedAt',
  ]);
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !others.has(name)));
}
