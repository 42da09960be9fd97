import { dump } from 'js-yaml';
import { isIdForm, releaseFileName } from '../document/release-file.ts';
import { isTemplate } from '../document/yaml/plain-value.ts';
import { escapeControls } from '../document/quote-name.ts';
import { shownSource } from '../document/url-secrets.ts';
import { canaryOf } from '../plan/canaries.ts';
import { isUnproved, previousModelOf } from '../plan/endpoint-proof.ts';
import type { Facts } from '../plan/facts.ts';
import { entityId } from '../plan/identity.ts';
import { findMeasurement, measurementsOf } from '../plan/measurements.ts';
import { sameModel, transcribesUntil } from '../plan/models.ts';
import { releaseDocument, releaseText } from '../plan/release-document.ts';
import type { BaseModel, CustomModel, Endpoint } from '../plan/speech-entities.ts';

/** The objects of a Speech resource as files. */
export interface Imported {
  readonly files: readonly { readonly name: string; readonly content: string; readonly what: string }[];
  /** What no file says, with why not. */
  readonly left: readonly LeftObject[];
}

export interface LeftObject {
  readonly kind: 'project' | 'dataset' | 'model' | 'evaluation' | 'endpoint';
  readonly name: string;
  readonly id: string;
  readonly why: string;
}

type Seen = Omit<Facts, 'localData' | 'urls' | 'releases'>;

/**
 * A pipeline for each endpoint, with the release file that says what it serves: a run of it changes nothing, because what it wants is
 * there. What a pipeline can have only from local data is left, and told.
 */
export function importedFiles(seen: Seen, { resource }: { readonly resource: string | undefined }): Imported {
  const endpoints = seen.endpoints.map((endpoint) => ({ endpoint, refused: whyNotImported(endpoint, seen) }));
  const taken = endpoints.flatMap(({ endpoint, refused }) => (refused === undefined ? [endpoint] : []));
  const pipelines = distinct(taken.map((endpoint) => pipelineOf(endpoint, seen)));
  const files = pipelines.flatMap((one) => filesOf(one, { seen, resource }));
  return {
    files,
    left: [
      ...endpoints.flatMap(({ endpoint, refused }) =>
        refused === undefined ? [] : [leftOver('endpoint', endpoint, refused)],
      ),
      ...leftObjects(pipelines, seen),
    ],
  };
}

interface ImportedEndpoint {
  readonly endpoint: Endpoint;
  readonly model: BaseModel | CustomModel;
  /** Of its files. */
  readonly slug: string;
  /** What the pipeline calls it: its name, or its id where that does not tell it from others or is taken for an id. */
  readonly reference: string;
  readonly isNamed: boolean;
  readonly project: string | undefined;
  /** The `self` URL of the dataset on which its model was measured last. */
  readonly measuredOn: string | undefined;
}

/** Why no pipeline is made of an endpoint, as a clause; undefined when one is. */
function whyNotImported(endpoint: Endpoint, seen: Seen): string | undefined {
  if (canaryOf(endpoint) !== undefined) return 'it is a canary, which the next swap of its endpoint removes';
  if (endpoint.status !== 'Succeeded') return `it is ${endpoint.status}: import it once it is Succeeded`;
  const model = modelOf(endpoint, seen);
  if (model === undefined) return 'the resource has no such model as it names';
  if (model.status !== undefined && model.status !== 'Succeeded') return `its model is ${model.status}`;
  if (model.properties?.features?.supportsEndpoints === false) return 'its model supports no endpoints any more';
  const until = transcribesUntil(model);
  return until !== undefined && Date.parse(until) <= Date.parse(seen.observedAt)
    ? `its model has expired on ${until.slice(0, 10)}: give it another one first`
    : undefined;
}

function modelOf({ model }: Endpoint, { models, baseModels }: Seen): BaseModel | CustomModel | undefined {
  return [...models, ...baseModels].find(({ self }) => sameModel(self, model?.self));
}

function pipelineOf(endpoint: Endpoint, seen: Seen): ImportedEndpoint {
  const { displayName, locale, self } = endpoint;
  const model = modelOf(endpoint, seen) as BaseModel | CustomModel;
  const named = seen.endpoints.filter((one) => one.displayName === displayName);
  const isUnique = named.filter((one) => one.locale.toLowerCase() === locale.toLowerCase()).length === 1;
  const isName = isUnique && !isIdForm(displayName) && isWritable(displayName, { longest: 128 });
  const plain = releaseFileName(displayName).replace(/\.yaml$/, '');
  const longer = isName ? `${plain}-${locale.toLowerCase()}` : `${plain}-${entityId(self).slice(0, 8)}`;
  const project = seen.projects.find((one) => entityId(one.self) === entityId(endpoint.project?.self ?? ''));
  const isProject = project?.locale === locale && isWritable(project.displayName, { longest: 256 });
  const measured = measurementsOf(seen.evaluations, model.self).find(({ evaluation }) =>
    seen.datasets.some((one) => entityId(one.self) === entityId(evaluation.dataset.self) && one.kind === 'Acoustic'),
  );
  return {
    endpoint,
    model,
    slug: isName && named.length === 1 ? plain : longer,
    reference: isName ? displayName : entityId(self),
    isNamed: isName,
    project: isProject ? project.displayName : undefined,
    measuredOn: measured?.evaluation.dataset.self,
  };
}

/** Whether a pipeline can have a name as it is. */
function isWritable(name: string, { longest }: { readonly longest: number }): boolean {
  return !isTemplate(name) && name.length <= longest && name.trim() === name && escapeControls(name) === name;
}

/** Files of one name would be one file. */
function distinct(pipelines: readonly ImportedEndpoint[]): readonly ImportedEndpoint[] {
  const bySlug = Map.groupBy(pipelines, ({ slug }) => slug);
  return pipelines.map((one) =>
    bySlug.get(one.slug)?.length === 1
      ? one
      : { ...one, slug: `${one.slug}-${entityId(one.endpoint.self).slice(0, 8)}` },
  );
}

function filesOf(
  imported: ImportedEndpoint,
  { seen, resource }: { readonly seen: Seen; readonly resource: string | undefined },
): Imported['files'] {
  const { endpoint, model, slug, isNamed } = imported;
  const { displayName, locale, self } = endpoint;
  const folder = slug === releaseFileName(displayName).replace(/\.yaml$/, '') ? 'releases' : `releases/${slug}`;
  const pipeline = {
    name: slug,
    locale,
    ...(imported.project === undefined ? {} : { project: imported.project }),
    ...(resource === undefined ? {} : { resource }),
    concurrency: slug,
    steps: stepsOf(imported, { seen, release: isNamed ? `../${folder}` : undefined }),
  };
  const file = { name: `pipelines/${slug}.yaml`, content: `${headerOf(imported, seen)}${yaml(pipeline)}` };
  const byId = 'keeps an endpoint as it is, by its id and without a release';
  if (!isNamed) return [{ ...file, what: isIdForm(displayName) ? `${byId}: its name looks like an id` : byId }];
  const { observedAt: writtenAt } = seen;
  const document = releaseDocument(
    {
      endpoint: { self, name: displayName, locale },
      model: model.self,
      previousModel: previousModelOf(endpoint) ?? '',
      known: seen,
      evaluations: seen.evaluations,
      datasets: seen.datasets,
    },
    { proof: {}, run: { id: 'import', pipeline: slug }, writtenAt },
  );
  const by = '`speechops import`, and replaced by the next swap. No swap has proved what it says';
  return [
    { ...file, what: 'keeps an endpoint as it is' },
    {
      name: `${folder}/${releaseFileName(displayName)}`,
      content: releaseText(document, { by }),
      what: 'says what the endpoint serves',
    },
  ];
}

function stepsOf(
  { endpoint, model, reference, measuredOn }: ImportedEndpoint,
  { seen, release }: { readonly seen: Seen; readonly release: string | undefined },
): readonly object[] {
  const until = Date.parse(transcribesUntil(model) ?? '');
  const isEnding = until - Date.parse(seen.observedAt) < 30 * 86_400_000;
  const swap = {
    id: 'go-live',
    uses: 'swap',
    with: {
      endpoint: reference,
      ...(release === undefined ? { model: entityId(model.self) } : { model: 'release', release }),
      ...(isEnding ? { 'min-days-left': 0 } : {}),
    },
  };
  // A swap that was not proved has another model count as the one in use.
  if (measuredOn === undefined || isUnproved(endpoint)) return [swap];
  const dataset = entityId(measuredOn);
  return [{ id: 'measure', uses: 'evaluate', with: { dataset, model: `endpoint/${reference}` } }, swap];
}

/** Comments of ours, with names of anybody in them as JSON, on one line. */
function headerOf({ endpoint, model, measuredOn }: ImportedEndpoint, { datasets, models }: Seen): string {
  const nameOf = (self: string): string => {
    const found = datasets.find((one) => entityId(one.self) === entityId(self));
    return found === undefined ? `${entityId(self)}, which is gone` : quoted(found.displayName);
  };
  const custom = models.find(({ self }) => self === model.self);
  const data = (custom?.datasets ?? []).map(({ self }) => nameOf(self));
  const lines = [
    'yaml-language-server: $schema=../node_modules/speechops/schemas/pipeline.schema.json',
    '',
    `Written by \`speechops import\`: endpoint ${quoted(endpoint.displayName)} serves ${quoted(model.displayName)}.`,
    ...(measuredOn === undefined ? [] : [`Measured on ${nameOf(measuredOn)}.`]),
    ...(data.length === 0
      ? []
      : [
          `Trained with ${data.join(', ')}. To train it anew, put these data`,
          'beside this file, and let `upload` and `train` stand before the swap: node_modules/speechops/docs/pipeline.md',
        ]),
  ];
  return lines.map((line) => (line === '' ? '\n' : `# ${line}\n`)).join('');
}

function quoted(text: string): string {
  return JSON.stringify(shownSource(text)).replaceAll(/[^\x20-\x7E]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

function yaml(document: object): string {
  return dump(document, { lineWidth: -1, noRefs: true });
}

function leftObjects(pipelines: readonly ImportedEndpoint[], seen: Seen): readonly LeftObject[] {
  const served = new Set(pipelines.map(({ model }) => entityId(model.self)));
  const measuredOn = new Set(pipelines.map((one) => entityId(one.measuredOn ?? '')));
  const projects = new Set(pipelines.map((one) => entityId(one.endpoint.project?.self ?? '')));
  const kept = new Set(
    pipelines.flatMap(({ model, measuredOn: dataset }) => {
      const found =
        dataset === undefined ? undefined : findMeasurement(seen.evaluations, { dataset, model: model.self });
      return found === undefined ? [] : [entityId(found.entity.self)];
    }),
  );
  return [
    ...seen.projects
      .filter(({ self }) => !projects.has(entityId(self)))
      .map((one) => leftOver('project', one, 'no endpoint that was imported is linked to it')),
    ...seen.datasets
      .filter(({ self }) => !measuredOn.has(entityId(self)))
      .map((one) => leftOver('dataset', one, 'its content is not here, which an `upload` step needs')),
    ...seen.models
      .filter(({ self }) => !served.has(entityId(self)))
      .map((one) => leftOver('model', one, 'no endpoint that was imported serves it')),
    ...seen.evaluations
      .filter(({ self }) => !kept.has(entityId(self)))
      .map((one) => leftOver('evaluation', one, 'it is not the one that a pipeline finds for a model that is served')),
  ];
}

function leftOver(
  kind: LeftObject['kind'],
  { displayName, self }: { readonly displayName: string; readonly self: string },
  why: string,
): LeftObject {
  return { kind, name: shownSource(displayName), id: entityId(self), why };
}
