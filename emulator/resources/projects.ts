import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import type { Project } from '../state/entities.ts';
import type { FilterProperties } from '../protocol/filter.ts';
import { supportedLocales } from '../recognition/base-generations.ts';
import { checkDelta, objectBody, optionalText } from '../protocol/request-body.ts';
import { datasetProperties, datasetView } from './datasets.ts';
import { endpointView } from './endpoints.ts';
import { entityView } from './entity-views.ts';
import { evaluationView } from './evaluations.ts';
import { listAnswer, listWorked, workedProperties } from './list-entities.ts';
import { customModelView } from './models.ts';
import { transcriptionView } from './transcriptions.ts';
import { createdAnswer, namingChange, newEntityMembers, notFound, pathId } from './worked-entity.ts';

const projectProperties: FilterProperties = {
  displayName: 'text',
  description: 'text',
  createdDateTime: 'date-time',
  locale: 'text',
  foundryProjectName: 'text',
};

/** Locale-bound folders for the portal. Deleting one leaves what it holds. */
export const projectOperations: readonly Operation[] = [
  {
    id: 'Projects_ListSupportedLocales',
    method: 'GET',
    path: '/projects/locales',
    run: () => ({ status: 200, body: supportedLocales }),
  },
  { id: 'Projects_List', method: 'GET', path: '/projects', run: listProjects },
  { id: 'Projects_Create', method: 'POST', path: '/projects', run: createProject },
  { id: 'Projects_Get', method: 'GET', path: '/projects/{id}', run: getProject },
  { id: 'Projects_Update', method: 'PATCH', path: '/projects/{id}', run: updateProject },
  { id: 'Projects_Delete', method: 'DELETE', path: '/projects/{id}', run: deleteProject },
  {
    id: 'Projects_ListDatasets',
    method: 'GET',
    path: '/projects/{id}/datasets',
    run: (call) =>
      listWorked(call, 'datasets', {
        view: datasetView,
        properties: datasetProperties,
        projectId: knownProject(call).id,
      }),
  },
  {
    id: 'Projects_ListModels',
    method: 'GET',
    path: '/projects/{id}/models',
    run: (call) =>
      listWorked(call, 'models', {
        view: customModelView,
        properties: workedProperties,
        projectId: knownProject(call).id,
      }),
  },
  {
    id: 'Projects_ListEvaluations',
    method: 'GET',
    path: '/projects/{id}/evaluations',
    run: (call) =>
      listWorked(call, 'evaluations', {
        view: evaluationView,
        properties: workedProperties,
        projectId: knownProject(call).id,
      }),
  },
  {
    id: 'Projects_ListEndpoints',
    method: 'GET',
    path: '/projects/{id}/endpoints',
    run: (call) =>
      listWorked(call, 'endpoints', {
        view: endpointView,
        properties: workedProperties,
        projectId: knownProject(call).id,
      }),
  },
  {
    id: 'Projects_ListTranscriptions',
    method: 'GET',
    path: '/projects/{id}/transcriptions',
    run: (call) =>
      listWorked(call, 'transcriptions', {
        view: transcriptionView,
        properties: workedProperties,
        projectId: knownProject(call).id,
      }),
  },
];

function listProjects(call: Call): Answer {
  const entities = call.resource.store.all('projects');
  return listAnswer(call, {
    path: '/projects',
    entities,
    view: (project) => projectView(call, project),
    properties: projectProperties,
  }).answer;
}

function createProject(call: Call): Answer {
  const body = objectBody(call);
  const project: Project = {
    id: randomUUID(),
    createdAt: call.resource.clock.now(),
    ...newEntityMembers(body),
    foundryProjectName: optionalText(body, 'foundryProjectName'),
  };
  call.resource.store.put('projects', project);
  return createdAnswer(projectView(call, project));
}

function getProject(call: Call): Answer {
  return { status: 200, body: projectView(call, knownProject(call)) };
}

function updateProject(call: Call): Answer {
  const body = objectBody(call);
  const project = knownProject(call);
  checkDelta(body, ['displayName', 'description', 'customProperties', 'foundryProjectName']);
  const foundryProjectName =
    'foundryProjectName' in body ? optionalText(body, 'foundryProjectName') : project.foundryProjectName;
  const updated = { ...project, ...namingChange(body, project), foundryProjectName };
  call.resource.store.put('projects', updated);
  return { status: 200, body: projectView(call, updated) };
}

function deleteProject(call: Call): Answer {
  const id = pathId(call);
  const { store } = call.resource;
  if (!store.get('projects', id)) return { status: 204 };
  for (const collection of ['datasets', 'models', 'evaluations', 'endpoints', 'transcriptions'] as const) {
    for (const entity of store.all(collection)) {
      if (entity.projectId === id) store.put(collection, { ...entity, projectId: undefined });
    }
  }
  store.remove('projects', id);
  return { status: 204 };
}

function knownProject(call: Call): Project {
  const project = call.resource.store.get('projects', pathId(call));
  if (project) return project;
  throw notFound();
}

function projectView(call: Call, project: Project) {
  const path = `/projects/${project.id}`;
  const link = (collection: string): string => addressOf(call.origin, `${path}/${collection}`);
  return {
    ...entityView(call, project, path),
    foundryProjectName: project.foundryProjectName,
    links: {
      evaluations: link('evaluations'),
      datasets: link('datasets'),
      models: link('models'),
      endpoints: link('endpoints'),
      transcriptions: link('transcriptions'),
    },
  };
}
