import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { nameOfObject } from '../../../workflows/evidence/known-objects.ts';
import { byAge, entityId, pipelineProperty } from '../../../workflows/plan/identity.ts';
import { measurementOf } from '../../../workflows/plan/measurements.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import {
  Corrected,
  CorrectionsBody,
  EvaluationList,
  EvaluationRuns,
  type ListedEvaluation,
  Measured,
  MeasuredQuery,
  WriteCorrectionsBody,
  WrittenCorrections,
} from '../../api/testing.ts';
import { answer } from '../answer.ts';
import { Kept } from '../kept.ts';
import { type PortalContext, PortalProblem, resourceIn } from '../portal-context.ts';
import type { Objects } from '../snapshots.ts';
import type { ResourceSource } from '../sources.ts';
import { correctedScores, correctedTranscript, filesOfTranscript, patchOf } from '../testing/corrections.ts';
import { cutsOf } from '../testing/cuts.ts';
import { EvaluationRunsReader } from '../testing/evaluation-runs.ts';
import { exportNames, exportOf } from '../testing/exports.ts';
import { type ComparedTexts, compareTexts } from '../testing/measured-answer.ts';
import { type MeasuredTexts, MeasuredTextsReader, mostModels, sidesOf } from '../testing/measured-texts.ts';

const Place = Type.Object({ resource: Type.String() });
const EvaluationPlace = Type.Object({ resource: Type.String(), evaluation: Type.String() });
const ExportPlace = Type.Object({ resource: Type.String(), evaluation: Type.String(), file: Type.String() });
const TicketedQuery = Type.Object({ ...MeasuredQuery.properties, ticket: Type.Optional(Type.String()) });

/** Evaluations, what models recognised in them, and corrections of their references. */
export function testingRoutes(app: FastifyInstance, context: PortalContext): void {
  const reader = new MeasuredTextsReader();
  const runs = new EvaluationRunsReader();
  const compared = new Kept<ComparedTexts>({ most: 8 });
  const read = async (asked: Asked): Promise<Read> => {
    const { source, objects } = await resourceIn(context, asked.resource);
    const evaluations = evaluationsOf(asked, objects);
    const texts = await reader.of(source, evaluations);
    const [first] = evaluations as readonly [Evaluation];
    const cuts = await cutsOf(first, { lines: texts.lines, repository: context.sources.repository });
    const { a, b, by } = asked;
    const ids = evaluations.map(({ self }) => entityId(self));
    const key = JSON.stringify([source.id, ids, a, b, by, cuts.map((cut) => [cut.by, cut.version])]);
    const found = await compared.of(key, async () => compareTexts(texts, { known: objects, a, b, cuts, by }));
    return { source, objects, evaluations, texts, cuts: cuts.map((cut) => cut.by), compared: found };
  };

  answer(
    app,
    { url: '/api/resources/:resource/evaluations', params: Place, answer: EvaluationList },
    async ({ params }) => {
      const { objects } = await resourceIn(context, params.resource);
      const newestFirst = objects.evaluations.toSorted((one, other) => byAge(other, one));
      return { evaluations: newestFirst.map((evaluation) => listed(evaluation, objects)) };
    },
  );

  answer(
    app,
    { url: '/api/evaluation-runs', answer: EvaluationRuns },
    async () => await runs.read(context.sources.runs).catch(() => ({ runs: [] })),
  );

  answer(
    app,
    {
      url: '/api/resources/:resource/evaluations/:evaluation',
      params: EvaluationPlace,
      query: MeasuredQuery,
      answer: Measured,
    },
    async ({ params, query }) => {
      const found = await read({ ...params, ...query });
      return {
        ...measured(found, context),
        transcripts: [...(await filesOfTranscript(found.texts.transcript, context.sources.repository))],
        downloads: downloadsOf(found, { context, query, ...params }),
      };
    },
  );

  app.get<{ Params: { resource: string; evaluation: string; file: string }; Querystring: MeasuredQuery }>(
    '/api/resources/:resource/evaluations/:evaluation/exports/:file',
    { schema: { params: ExportPlace, querystring: TicketedQuery } },
    async ({ params, query }, reply) => {
      const { texts, compared: found } = await read({ ...params, ...query });
      const now = new Date().toISOString();
      const content = exportOf(params.file, { texts, compared: found, now, program: context.program });
      if (content === undefined) throw new PortalProblem(`There is no export ${params.file}`, { status: 404 });
      return await reply
        .type(exportTypes[path.extname(params.file)] ?? 'text/plain; charset=utf-8')
        .header('content-disposition', `attachment; filename="${params.file}"`)
        .send(content);
    },
  );

  answer(
    app,
    {
      method: 'POST',
      url: '/api/resources/:resource/evaluations/:evaluation/corrected',
      isQuestion: true,
      params: EvaluationPlace,
      body: CorrectionsBody,
      answer: Corrected,
    },
    async ({ params, body }) => {
      const { texts, compared: found } = await read({ ...params, ...body });
      const transcript = correctedTranscript(texts, body.corrections);
      const [name = 'trans.txt'] = await filesOfTranscript(texts.transcript, context.sources.repository);
      const scores = correctedScores(texts, { models: found.ordered, changed: transcript.changed });
      return {
        models: [...scores.models],
        utterances: [...scores.utterances],
        patch: patchOf(texts.transcript, transcript, { name }),
      };
    },
  );

  answer(
    app,
    {
      method: 'POST',
      url: '/api/resources/:resource/corrections',
      params: Place,
      body: WriteCorrectionsBody,
      answer: WrittenCorrections,
    },
    async ({ params, body: { evaluation, file, corrections } }) => {
      const { texts } = await read({ ...params, evaluation });
      const { repository } = context.sources;
      if (!(await filesOfTranscript(texts.transcript, repository)).includes(file))
        throw new PortalProblem(
          `Correct the file by hand, or evaluate it anew: ${file} is not the transcript of the dataset any more`,
          { status: 409 },
        );
      const { text, changed } = correctedTranscript(texts, corrections);
      await context.workingTree.write([{ file, before: texts.transcript, after: text }]);
      context.changes.tell('repository');
      return { file, lines: changed.length };
    },
  );
}

/** That of tables by RFC 4180, section 3. */
const exportTypes: Readonly<Record<string, string>> = {
  '.json': 'application/json; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8; header=present',
};

interface Asked extends MeasuredQuery {
  readonly resource: string;
  readonly evaluation: string;
}

interface Read {
  readonly source: ResourceSource;
  readonly objects: Objects;
  readonly evaluations: readonly Evaluation[];
  readonly texts: MeasuredTexts;
  readonly cuts: readonly string[];
  readonly compared: ComparedTexts;
}

function evaluationsOf({ evaluation, with: further = '' }: Asked, { evaluations }: Objects): readonly Evaluation[] {
  const ids = [evaluation, ...further.split(',')].filter((id) => id !== '');
  return [...new Set(ids)].slice(0, mostModels).map((id) => {
    const found = evaluations.find(({ self }) => entityId(self) === id.toLowerCase());
    if (found === undefined)
      throw new PortalProblem(`Choose another evaluation: there is no ${id} any more`, { status: 404 });
    return found;
  });
}

function listed(evaluation: Evaluation, objects: Objects): ListedEvaluation {
  const { self, displayName, createdDateTime, status, locale, dataset, properties, customProperties } = evaluation;
  const pipeline = customProperties?.[pipelineProperty];
  const models = sidesOf([evaluation]).map(({ id, side }) => {
    const measurement = measurementOf(evaluation, evaluation[`model${side}`].self);
    const { words, substitutions, deletions, insertions } = measurement?.counts ?? {};
    return {
      id,
      name: nameOfObject(id, objects),
      ...(measurement && { rate: measurement.wer }),
      ...(words === undefined ? {} : { words, errors: (substitutions ?? 0) + (deletions ?? 0) + (insertions ?? 0) }),
    };
  });
  return {
    id: entityId(self),
    name: displayName,
    createdAt: createdDateTime,
    status,
    locale,
    dataset: named(dataset.self, objects),
    models,
    ...(properties?.error && { failure: properties.error.message }),
    ...(pipeline === undefined ? {} : { pipeline }),
  };
}

function measured(
  { source, objects, evaluations, texts, cuts, compared }: Read,
  { ticketed }: PortalContext,
): Omit<Measured, 'transcripts' | 'downloads'> {
  const [{ displayName, createdDateTime, locale, dataset }] = evaluations as readonly [Evaluation];
  const { set, cut, ordered, rates, others, agreed, uncertainty } = compared;
  const audio = `/api/resources/${source.id}/datasets/${encodeURIComponent(entityId(dataset.self))}/audio/`;
  return {
    name: displayName,
    createdAt: createdDateTime,
    locale,
    dataset: named(dataset.self, objects),
    models: ordered.map(({ id, name, evaluation }, index) => ({
      id,
      name,
      evaluation: entityId(evaluation.self),
      rate: rates[index],
    })),
    set: {
      ...set,
      utterances: set.utterances.map((one) => ({
        ...one,
        audio: ticketed(`${audio}${encodeURIComponent(one.id.toWellFormed())}`),
      })),
    },
    cuts: [...cuts],
    ...(cut !== undefined && { cut }),
    written: texts.lines.map(({ text }) => text),
    agreed,
    uncertainty: [...uncertainty],
    others: others.map((texts_) => [...texts_]),
    ...(texts.leftOut === undefined ? {} : { leftOut: texts.leftOut }),
    candidates: candidatesOf({ objects, evaluations, compared }),
  };
}

/** The newest evaluation for each model that could stand beside those that are shown. */
function candidatesOf({
  objects,
  evaluations,
  compared: { ordered },
}: Pick<Read, 'objects' | 'evaluations' | 'compared'>): Measured['candidates'] {
  const [{ dataset }] = evaluations as readonly [Evaluation];
  const shown = new Set(ordered.map(({ id }) => id));
  if (shown.size >= mostModels) return [];
  const sameDataset = objects.evaluations
    .filter((one) => one.status === 'Succeeded' && entityId(one.dataset.self) === entityId(dataset.self))
    .toSorted((one, other) => byAge(other, one));
  const offered = new Set<string>();
  return sameDataset.flatMap((evaluation) => {
    const fresh = sidesOf([evaluation]).filter(({ id }) => !shown.has(id) && !offered.has(id));
    for (const { id } of fresh) offered.add(id);
    return fresh.length === 0
      ? []
      : [{ id: entityId(evaluation.self), models: fresh.map(({ id }) => named(id, objects)) }];
  });
}

function downloadsOf(
  { compared }: Read,
  {
    context,
    query: { with: further, a, b, by },
    resource,
    evaluation,
  }: {
    readonly context: PortalContext;
    readonly query: MeasuredQuery;
    readonly resource: string;
    readonly evaluation: string;
  },
): Measured['downloads'] {
  const chosen = new URLSearchParams();
  for (const [name, value] of Object.entries({ with: further, a, b, by }))
    if (value !== undefined) chosen.set(name, value);
  const folder = `/api/resources/${resource}/evaluations/${encodeURIComponent(evaluation)}/exports`;
  const query = chosen.size === 0 ? '' : `?${chosen}`;
  return exportNames(compared).map((name) => ({ name, address: context.ticketed(`${folder}/${name}${query}`) }));
}

function named(self: string, objects: Objects): { readonly id: string; readonly name: string } {
  return { id: entityId(self), name: nameOfObject(self, objects) };
}
