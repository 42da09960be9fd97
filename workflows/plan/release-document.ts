import { dump } from 'js-yaml';
import type { ReleaseDataset, ReleaseDocument, ReleaseMeasurement, ReleaseSource } from '../../schemas/types.gen.ts';
import { copiedFrom, digestProperty, entityId } from './identity.ts';
import { measurementsOf } from './measurements.ts';
import { baseModelBehind, expiryOf, sameModel, transcribesUntil, type KnownModels } from './models.ts';
import { originOf } from './released-model.ts';
import type { BaseModel, CustomModel, Dataset, Evaluation } from './speech-entities.ts';

/** What an endpoint serves, and what is known of it. */
export interface Released {
  readonly endpoint: { readonly self: string; readonly name: string; readonly locale: string };
  /** The `self` URL or id of the model that it serves. */
  readonly model: string;
  /** The same of the one before; empty where none is known, as it is where this is the model itself. */
  readonly previousModel: string;
  readonly known: Omit<KnownModels, 'locale' | 'endpoints'>;
  readonly evaluations: readonly Evaluation[];
  /** Those of {@link datasetsToRelease}, as far as they are there. */
  readonly datasets: readonly Dataset[];
  /** Where it is a copy, the model that it is a copy of, with the datasets of that as far as they are there; absent where that is not known. */
  readonly source?: { readonly model: CustomModel; readonly datasets: readonly Dataset[] } | undefined;
}

/** The document of a release file. */
export function releaseDocument(
  released: Released,
  by: Pick<ReleaseDocument, 'proof' | 'run' | 'writtenAt'>,
): ReleaseDocument {
  const { endpoint, model: served, previousModel, known, datasets, source } = released;
  const model = modelNamed(served, known);
  const previous = modelNamed(previousModel, known);
  // Base models are the same on every Speech resource.
  const base = [model, source?.model].map((one) => one && baseModelBehind(one, known)).find((one) => one !== undefined);
  const trainableUntil = base?.properties?.deprecationDates?.adaptationDateTime?.slice(0, 10);
  const { expires } = expiryOf(model && transcribesUntil(model), known);
  const resource = originOf(endpoint.self);
  return {
    endpoint: {
      id: entityId(endpoint.self),
      name: endpoint.name,
      locale: endpoint.locale,
      ...(resource === undefined ? {} : { resource }),
    },
    model: {
      id: entityId(served),
      name: model?.displayName ?? entityId(served),
      ...(expires === undefined ? {} : { expires }),
      ...(base === undefined
        ? {}
        : {
            baseModel: {
              id: entityId(base.self),
              name: base.displayName,
              ...(trainableUntil === undefined ? {} : { trainableUntil }),
            },
          }),
      data: trainedWith(model).map((self) => datasetOf(self, datasets)),
      ...copyOf(model, source),
    },
    // An endpoint that goes back to the model that it served last notes that one, and none before it.
    ...(previousModel === '' || sameModel(previousModel, served)
      ? {}
      : {
          previousModel: {
            id: entityId(previousModel),
            ...(previous === undefined ? {} : { name: previous.displayName }),
            ...copyOf(previous),
          },
        }),
    measured: measurementsToRelease(released).map(
      ({ evaluation: { self, dataset }, measurement: { wer, counts } }): ReleaseMeasurement => ({
        evaluation: entityId(self),
        dataset: datasetOf(dataset.self, datasets),
        wer,
        ...counts,
      }),
    ),
    ...by,
  };
}

/** The text of a release file. `by`: who has written it, as the end of a sentence. */
export function releaseText(document: ReleaseDocument, { by }: { readonly by: string }): string {
  const comment = `# Written by ${by}. See schemas/release.schema.json.\n`;
  return comment + dump(document, { lineWidth: -1, noRefs: true });
}

/** The `self` URLs of the datasets that the document names, each once. */
export function datasetsToRelease(released: Pick<Released, 'model' | 'known' | 'evaluations'>): readonly string[] {
  const measured = measurementsToRelease(released).map(({ evaluation }) => evaluation.dataset.self);
  return [...new Set([...trainedWith(modelNamed(released.model, released.known)), ...measured])];
}

function measurementsToRelease({
  model,
  evaluations,
}: Pick<Released, 'model' | 'evaluations'>): ReturnType<typeof measurementsOf> {
  return measurementsOf(evaluations, model).slice(0, mostMeasurements);
}

/** A model that serves for long is measured again and again. */
const mostMeasurements = 10;

function modelNamed(reference: string, { models, baseModels }: Released['known']): BaseModel | CustomModel | undefined {
  return [...models, ...baseModels].find(({ self }) => sameModel(self, reference));
}

function trainedWith(model: BaseModel | CustomModel | undefined): readonly string[] {
  return model !== undefined && 'datasets' in model ? (model.datasets ?? []).map(({ self }) => self) : [];
}

/** Of which model of which Speech resource a model is a copy; nothing of one that is none. */
function copyOf(
  model: BaseModel | CustomModel | undefined,
  source?: Released['source'],
): { readonly copyOf?: ReleaseSource } {
  const self = model && copiedFrom(model);
  if (self === undefined) return {};
  const resource = originOf(self);
  // A model that is a copy itself does not tell its datasets.
  const isTold = source !== undefined && copiedFrom(source.model) === undefined;
  return {
    copyOf: {
      id: entityId(self),
      self,
      ...(resource === undefined ? {} : { resource }),
      ...(source === undefined ? {} : { name: source.model.displayName }),
      ...(isTold ? { data: trainedWith(source.model).map((one) => datasetOf(one, source.datasets)) } : {}),
    },
  };
}

function datasetOf(self: string, datasets: readonly Dataset[]): ReleaseDataset {
  const dataset = datasets.find((one) => entityId(one.self) === entityId(self));
  const digest = dataset?.customProperties?.[digestProperty];
  return {
    id: entityId(self),
    ...(dataset === undefined ? {} : { name: dataset.displayName, kind: dataset.kind }),
    ...(digest === undefined ? {} : { digest }),
  };
}
