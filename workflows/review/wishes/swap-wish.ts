import { dump } from 'js-yaml';
import { isIdForm, modelInRelease, releaseFileName } from '../../document/release-file.ts';
import { isTemplate, type PlainValue, plainValue, valueAt } from '../../document/yaml/plain-value.ts';
import { shownSource } from '../../document/url-secrets.ts';
import type { PipelineStep } from '../../language/pipeline.ts';
import { entityId } from '../../plan/identity.ts';
import { sameModel, transcribesUntil } from '../../plan/models.ts';
import { releaseDocument, releaseText } from '../../plan/release-document.ts';
import { originOf } from '../../plan/released-model.ts';
import { modelThatCounts, previousModelOf } from '../../plan/endpoint-proof.ts';
import type { BaseModel, CustomModel, Endpoint } from '../../plan/speech-entities.ts';
import { replaced } from './edit-text.ts';
import {
  copiesOf,
  sourceDocument,
  type SourcePipeline,
  type SourceStep,
  sourceSteps,
  writtenStepOf,
} from './source-pipeline.ts';
import type { RefusedWish, WishedChange, WishWorld } from './wish.ts';

/** The model of an endpoint as files have it: in its swap or its release file where that says it, else in a pipeline of its own. */
export function swapWish(
  {
    endpoint,
    model,
    isBack = false,
  }: { readonly endpoint: Endpoint; readonly model: string; readonly isBack?: boolean },
  world: WishWorld,
): WishedChange | RefusedWish {
  const { seen, pipelines } = world;
  const wanted = [...seen.models, ...seen.baseModels].find(({ self }) => sameModel(self, model));
  const name = shownSource(endpoint.displayName);
  if (wanted === undefined)
    return { refused: `Choose a model that is there: the resource has no model ${entityId(model)} any more` };
  if (sameModel(wanted.self, endpoint.model?.self))
    return { refused: `${name} serves ${shownSource(wanted.displayName)} already` };
  const fault = whyNotServed(wanted, { endpoint, world });
  if (fault !== undefined) return { refused: fault };
  const swaps = pipelines.flatMap((source) => swapsIn(source, { endpoint, resource: world.resource }));
  const title = `${isBack ? 'Roll' : 'Have'} ${name} ${isBack ? 'back to' : 'serve'} ${shownSource(wanted.displayName)}`;
  if (swaps.length > 1 && !swaps.every(decidesByItself))
    return {
      refused: `Change one of the swaps by hand: ${swaps.map(({ source, written }) => `${written.id} in ${source.file}`).join(', ')} all swap ${name}`,
    };
  const swap = swaps.find(({ step }) => step.with['verify'] !== undefined) ?? swaps[0];
  const change = { endpoint, wanted, isBack };
  if (swap === undefined || swaps.length > 1) return { title, ...newPipeline(change, { world, swap, swaps }) };
  const written = valueAt(valueAt(swap.written.node, 'with'), 'model');
  const said = swap.step.with['model'];
  if (said === 'release') {
    const released = releaseChange(change, { world, swap });
    return 'refused' in released ? released : { title, ...released };
  }
  // What stands there once is of every combination of a matrix.
  const isShared = copiesOf(swap.written, swap.source) > 1;
  if (typeof said !== 'string' || isTemplate(said) || written?.kind !== 'scalar' || isShared)
    return { title, ...newPipeline(change, { world, swap, swaps }) };
  return {
    title,
    files: [
      {
        file: swap.source.file,
        before: swap.source.text,
        after: replaced(swap.source.text, written, scalarOf(referenceTo(wanted))),
      },
    ],
    notes: [],
    step: swap.written.id,
    run: swap.source.file,
  };
}

/** The wish to go back to the model that an endpoint served before. */
export function rollBackWish(endpoint: Endpoint, world: WishWorld): WishedChange | RefusedWish {
  const model = previousModelOf(endpoint);
  return model === undefined
    ? { refused: `Choose the model: ${shownSource(endpoint.displayName)} does not note which one it served before` }
    : swapWish({ endpoint, model, isBack: true }, world);
}

interface Swap {
  readonly source: SourcePipeline;
  readonly step: PipelineStep;
  readonly written: SourceStep;
}

interface Change {
  readonly endpoint: Endpoint;
  readonly wanted: BaseModel | CustomModel;
  readonly isBack: boolean;
}

function whyNotServed(
  model: BaseModel | CustomModel,
  { endpoint, world }: { readonly endpoint: Endpoint; readonly world: WishWorld },
): string | undefined {
  const name = shownSource(model.displayName);
  if (model.locale.toLowerCase() !== endpoint.locale.toLowerCase())
    return `Choose a model of ${endpoint.locale}: ${name} is of ${model.locale}`;
  if (model.status !== 'Succeeded') return `Choose another model: ${name} is ${model.status}`;
  if (model.properties?.features?.supportsEndpoints === false)
    return `Choose another model: ${name} supports no endpoints`;
  const until = transcribesUntil(model);
  return until !== undefined && Date.parse(until) <= Date.parse(world.seen.observedAt)
    ? `Choose another model: ${name} has expired on ${until.slice(0, 10)}`
    : undefined;
}

function swapsIn(
  source: SourcePipeline,
  of: { readonly endpoint: Endpoint; readonly resource: string | undefined },
): readonly Swap[] {
  const { self, displayName, locale } = of.endpoint;
  const written = sourceSteps(source);
  const found = source.pipeline.steps.flatMap((step) => {
    const { endpoint } = step.with;
    const isIt =
      typeof endpoint === 'string' &&
      (endpoint === displayName || (isIdForm(endpoint) && entityId(endpoint) === entityId(self)));
    const isOfLocale = (step.locale ?? source.pipeline.locale).toLowerCase() === locale.toLowerCase();
    const isHere = isOfResource(step.resource ?? source.pipeline.resource, of.resource);
    const at = step.uses === 'swap' && isIt && isOfLocale && isHere ? writtenStepOf(step, written) : undefined;
    return at === undefined ? [] : [{ source, step, written: at }];
  });
  return [...new Map(found.toReversed().map((one) => [one.written.id, one])).values()];
}

/** A step that names another Speech resource swaps another endpoint of that name. */
function isOfResource(named: string | undefined, resource: string | undefined): boolean {
  const [one, other] = [named, resource].map((url) => URL.parse(url ?? '')?.origin);
  return one === undefined || other === undefined || one === other;
}

/** Whether it names no model: other steps give it one, or it takes the newest base model there is. */
function decidesByItself({ step }: Swap): boolean {
  const said = step.with['model'];
  return typeof said === 'string' && (said === 'base' || isTemplate(said));
}

/** The release file with the model, from which the pipeline takes it. */
function releaseChange(
  { endpoint, wanted }: Change,
  { world, swap }: { readonly world: WishWorld; readonly swap: Swap },
): Omit<WishedChange, 'title'> | RefusedWish {
  const { seen, textOf } = world;
  const { source, step } = swap;
  const folder = String(step.with['release']);
  const file = besides(source.file, `${folder}/${releaseFileName(endpoint.displayName)}`);
  if (isTemplate(folder) || file === undefined)
    return {
      refused: `Change the release file by hand: ${source.file} says where it is by an expression, or outside of the repository`,
    };
  const before = textOf(file);
  const said = modelInRelease(before, {
    name: endpoint.displayName,
    id: entityId(endpoint.self),
    locale: endpoint.locale,
    resource: originOf(endpoint.self),
  });
  // Written anew, it would lose the proof and the model before, which a swap has written.
  if ('model' in said && sameModel(said.model, wanted.self))
    return {
      refused: `Run ${source.file}: ${file} says already that ${shownSource(endpoint.displayName)} is to serve ${shownSource(wanted.displayName)}`,
    };
  const document = releaseDocument(
    {
      endpoint: { self: endpoint.self, name: endpoint.displayName, locale: endpoint.locale },
      model: wanted.self,
      previousModel: modelThatCounts(endpoint) ?? '',
      known: seen,
      evaluations: seen.evaluations,
      datasets: seen.datasets,
    },
    { proof: {}, run: { id: 'wished', pipeline: source.pipeline.name }, writtenAt: seen.observedAt },
  );
  return {
    files: [
      {
        file,
        before,
        after: releaseText(document, {
          by: 'a wish, and replaced by the swap that does it. No swap has proved what it says',
        }),
      },
    ],
    notes: [],
    run: source.file,
  };
}

/** A pipeline of this swap alone, with the proof of `swap`, the one of `swaps` that proves most. */
function newPipeline(
  { endpoint, wanted, isBack }: Change,
  {
    world,
    swap,
    swaps,
  }: { readonly world: WishWorld; readonly swap: Swap | undefined; readonly swaps: readonly Swap[] },
): Omit<WishedChange, 'title'> {
  const slug = releaseFileName(endpoint.displayName).replace(/\.yaml$/, '');
  const folder = (swap?.source.file ?? 'pipelines/x').replace(/[^/]*$/, '');
  const file = `${folder}${isBack ? 'roll-back' : 'swap'}-${slug}.yaml`;
  const { settings, left } = settingsOf(swap);
  const pipeline = {
    name: `${isBack ? 'roll back' : 'swap'} ${slug}`,
    locale: endpoint.locale,
    ...optional('project', swap?.source.pipeline.project),
    ...optional(
      'resource',
      swap === undefined ? world.resource : (swap.step.resource ?? swap.source.pipeline.resource),
    ),
    ...optional('inputs', swap && inputsOf(swap, settings)),
    concurrency: swap?.source.pipeline.concurrency ?? `swap-${slug}`,
    steps: [
      {
        id: 'go-live',
        uses: 'swap',
        with: {
          ...settings,
          endpoint: swap?.step.with['endpoint'] ?? nameIn(endpoint),
          model: referenceTo(wanted),
          ...(isBack && { 'min-days-left': 0 }),
        },
      },
    ],
  };
  const served = shownSource(endpoint.displayName);
  const header = [
    `# ${isBack ? 'Gives back' : 'Gives'} ${JSON.stringify(served)} the model ${JSON.stringify(shownSource(wanted.displayName))}, once: delete this file when it has run.`,
    '',
  ].join('\n');
  return {
    files: [{ file, before: world.textOf(file), after: header + dump(pipeline, { lineWidth: -1, noRefs: true }) }],
    notes: [
      ...(swap === undefined
        ? ['No pipeline swaps this endpoint, so that nothing proves that it serves the model: add `verify`.']
        : [`${decidersOf(swaps)} may give the endpoint another one.`]),
      ...left.map((name) => `\`${name}\` of ${swap?.written.id ?? ''} reads other steps, and is left out.`),
    ],
    run: file,
  };
}

function decidersOf(swaps: readonly Swap[]): string {
  const files = [...new Set(swaps.map(({ source }) => source.file))];
  return files.length === 1
    ? `${files.join('')} decides the model by itself, so that its next run`
    : `${files.slice(0, -1).join(', ')} and ${files.at(-1)} decide the model by themselves, so that the next run of one of them`;
}

/** The settings of a swap as they are written, without those that read other steps. */
function settingsOf(swap: Swap | undefined): {
  readonly settings: Readonly<Record<string, PlainValue>>;
  readonly left: readonly string[];
} {
  const node = swap && valueAt(swap.written.node, 'with');
  if (node?.kind !== 'map') return { settings: {}, left: [] };
  const all = Object.entries(plainValue(node) as Record<string, PlainValue>).filter(
    ([name]) => !['endpoint', 'model', 'create'].includes(name),
  );
  const isFree = ([, value]: readonly [string, PlainValue]): boolean =>
    !/\$\{\{[^]*\b(?:steps|matrix)\b/.test(JSON.stringify(value));
  return {
    settings: Object.fromEntries(all.filter(isFree)),
    left: all.filter((one) => !isFree(one)).map(([name]) => name),
  };
}

/** The inputs of the pipeline, where a setting reads one. */
function inputsOf({ source }: Swap, settings: Readonly<Record<string, PlainValue>>): PlainValue | undefined {
  const node = valueAt(sourceDocument(source), 'inputs');
  return node !== undefined && /\$\{\{[^]*\binputs\b/.test(JSON.stringify(settings)) ? plainValue(node) : undefined;
}

/** What a pipeline calls a model: a custom one by its id, because several may have one name, a base model by its name. */
function referenceTo({ self, displayName }: BaseModel | CustomModel): string {
  const id = entityId(self);
  return id.startsWith('base/') ? `base/${displayName}` : id;
}

/** A text as a plain scalar where that is one, in a flow mapping, too. */
function scalarOf(text: string): string {
  return isIdForm(text) || /^[A-Za-z][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}

function nameIn({ displayName, self }: Endpoint): string {
  return isIdForm(displayName) || isTemplate(displayName) ? entityId(self) : displayName;
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}

/** A path beside a file, both from the root of the repository; undefined when it leads out of that. */
function besides(file: string, name: string): string | undefined {
  const parts: string[] = [];
  for (const part of [...file.split('/').slice(0, -1), ...name.split('/')]) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
