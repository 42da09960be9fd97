import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { isUrl } from '../../../workflows/document/signed-url.ts';
import { renamePlaces } from '../../../workflows/plan/data/data-places.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import type { Dataset, Entity } from '../../../workflows/plan/speech-entities.ts';
import {
  DatasetAgainst,
  DatasetContentPart,
  DatasetDetails,
  DatasetList,
  DatasetOrigins,
  DatasetStatistics,
  DeclaredList,
  ReportedLines,
} from '../../api/data.ts';
import { answer } from '../answer.ts';
import { compare, type TrainingSet } from '../data/against.ts';
import { DatasetContents, type LocalText } from '../data/contents.ts';
import { declaredData, originsOf } from '../data/declared.ts';
import { detailsOf, rowsOf } from '../data/rows.ts';
import { reportedLines } from '../data/reported-lines.ts';
import { statisticsOf } from '../data/statistics.ts';
import { Kept } from '../kept.ts';
import { type PortalContext, PortalProblem, resourceIn } from '../portal-context.ts';
import { recordingAddress } from '../recordings.ts';

/** Datasets: a list, and of each what it has, where it came from, and what it is good for. */
export function dataRoutes(app: FastifyInstance, context: PortalContext): void {
  const { repository } = context.sources;
  const contents = new DatasetContents();
  const statistics = new Kept<DatasetStatistics>({ most: 2000, sizeOf: () => 1 });

  answer(app, { url: '/api/resources/:resource/datasets', answer: DatasetList, params: Resource }, async (request) => {
    const { objects } = await resourceIn(context, request.params.resource);
    return { datasets: rowsOf(objects) };
  });

  answer(
    app,
    { url: '/api/resources/:resource/declared-data', answer: DeclaredList, params: Resource },
    async (request) => {
      const { resource } = request.params;
      const found = await context.snapshots.of(resource);
      if (found === undefined) throw new PortalProblem(`There is no Speech resource ${resource} here`, { status: 404 });
      // What files say is known also where the resource does not answer.
      const { source, objects } = found;
      const declared = await declaredData(repository, { source, datasets: objects?.datasets ?? [] });
      return { ...declared, isCompared: objects !== undefined };
    },
  );

  const one = '/api/resources/:resource/datasets/:dataset';
  answer(app, { url: one, answer: DatasetDetails, params: Place }, async ({ params }) => {
    const { objects, dataset } = await datasetIn(context, params);
    return detailsOf(dataset, objects);
  });

  answer(app, { url: `${one}/origins`, answer: DatasetOrigins, params: Place }, async ({ params }) => {
    const { source, objects, dataset } = await datasetIn(context, params);
    const { data } = await declaredData(repository, { source, datasets: objects.datasets });
    return { origins: await originsOf(dataset, { repository, declared: data }) };
  });

  answer(app, { url: `${one}/reported-lines`, answer: ReportedLines, params: Place }, async ({ params }) => {
    const { source, dataset } = await datasetIn(context, params);
    return await source.borrow(async (ports) => await reportedLines(ports, entityId(dataset.self)));
  });

  answer(
    app,
    { url: `${one}/content`, answer: DatasetContentPart, params: Place, query: Part },
    async ({ params, query }) => {
      const known = await datasetIn(context, params);
      const { source, dataset } = known;
      const { lines, isLocal } = await contents.of(source, dataset, { local: localText(context, known) });
      const { from, find } = query;
      const wanted = find.toLowerCase();
      const found =
        wanted === ''
          ? lines
          : lines.filter(({ text, spoken = '', recording = '' }) =>
              `${text}\n${spoken}\n${recording}`.toLowerCase().includes(wanted),
            );
      const part = found.slice(from, from + partSize).map(({ isThere, ...line }) => ({
        ...line,
        ...(isThere === true && {
          audio: recordingAddress(context, {
            resource: source.id,
            dataset: entityId(dataset.self),
            name: line.recording ?? '',
          }),
        }),
      }));
      return { total: lines.length, found: found.length, from, lines: part, isLocal };
    },
  );

  answer(app, { url: `${one}/statistics`, answer: DatasetStatistics, params: Place }, async ({ params }) => {
    const known = await datasetIn(context, params);
    const { source, dataset } = known;
    return await statistics.of(JSON.stringify([source.id, entityId(dataset.self)]), async () => {
      const { lines } = await contents.of(source, dataset, { local: localText(context, known) });
      return await statisticsOf(lines, dataset.locale);
    });
  });

  answer(app, { url: `${one}/against/:model`, answer: DatasetAgainst, params: PlaceAndModel }, async ({ params }) => {
    const { source, objects, dataset } = await datasetIn(context, params);
    const model = objects.models.find((known) => isCalled(known, params.model));
    if (model === undefined) throw new PortalProblem('There is no such model any more', { status: 404 });
    const content = await contents.of(source, dataset);
    const training: TrainingSet[] = [];
    const sets: DatasetAgainst['sets'] = [];
    for (const { self } of model.datasets ?? []) {
      const id = entityId(self);
      const set = objects.datasets.find((known) => isCalled(known, id));
      const { displayName: name = id, kind = '' } = set ?? {};
      try {
        if (set === undefined) throw new PortalProblem('It has been deleted');
        training.push({ id, name, content: await contents.of(source, set) });
        sets.push({ id, name, kind });
      } catch (error) {
        sets.push({ id, name, kind, problem: error instanceof Error ? error.message : String(error) });
      }
    }
    return {
      model: { id: entityId(model.self), name: model.displayName },
      sets,
      isTrainedWithIt: sets.some(({ id }) => id === entityId(dataset.self)),
      ...(await compare(content, { training, locale: dataset.locale })),
    };
  });
}

const Resource = Type.Object({
  resource: Type.String({ description: 'The name that addresses have for the Speech resource.' }),
});
const Place = Type.Object({
  resource: Type.String({ description: 'The name that addresses have for the Speech resource.' }),
  dataset: Type.String({ description: 'The id of the dataset.' }),
});
const PlaceAndModel = Type.Object({
  resource: Type.String({ description: 'The name that addresses have for the Speech resource.' }),
  dataset: Type.String({ description: 'The id of the dataset.' }),
  model: Type.String({ description: 'The id of the model.' }),
});
const Part = Type.Object({
  from: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    description: 'How many lines are left out.',
  }),
  find: Type.String({ maxLength: 200, default: '', description: 'A text that the lines have to have.' }),
});

/** The lines of one answer. */
const partSize = 1000;

type Known = Awaited<ReturnType<typeof resourceIn>> & { readonly dataset: Dataset };

async function datasetIn(context: PortalContext, place: Static<typeof Place>): Promise<Known> {
  const known = await resourceIn(context, place.resource);
  const dataset = known.objects.datasets.find((one) => isCalled(one, place.dataset));
  if (dataset === undefined) throw new PortalProblem('There is no such dataset any more', { status: 404 });
  return { ...known, dataset };
}

function isCalled({ self }: Pick<Entity, 'self'>, id: string): boolean {
  return entityId(self) === entityId(id);
}

/** The local file with the content of a text dataset, as it would be uploaded. */
function localText({ sources: { repository } }: PortalContext, { source, objects, dataset }: Known): LocalText {
  return async () => {
    if (dataset.kind === 'Acoustic' || dataset.kind === 'AudioFiles') return undefined;
    const { data } = await declaredData(repository, { source, datasets: objects.datasets });
    const [origin] = await originsOf(dataset, { repository, declared: data });
    if (origin === undefined || isUrl(origin.declared.source)) return undefined;
    const { source: place, sources = [place] } = origin.declared;
    const places = sources.map((one) => path.resolve(repository.root, one));
    const pieces = repository.data.content(
      renamePlaces(places, (one) => one),
      dataset.kind,
    );
    return await textOf(Readable.from(pieces));
  };
}
