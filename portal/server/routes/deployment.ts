import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { canaryOf } from '../../../workflows/plan/canaries.ts';
import {
  isHeard,
  isUnheard,
  isUnproved,
  modelsThatMayAnswer,
  previousModelOf,
} from '../../../workflows/plan/endpoint-proof.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import { newestBaseModel } from '../../../workflows/plan/models.ts';
import type { Endpoint } from '../../../workflows/plan/speech-entities.ts';
import { hoursOfMonth } from '../../../workflows/plan/step-plan.ts';
import { Deployment, type EndpointCard, EndpointDetail, type Proof } from '../../api/deployment.ts';
import { answer } from '../answer.ts';
import { consumersOf } from '../consumers.ts';
import { givenBy, historyOfEndpoint, latencyOf, type Served } from '../history/endpoint-history.ts';
import { livesOf, modelOf, namedObject, newerBaseOf, projectName } from '../lives.ts';
import { type PortalContext, PortalProblem, resourceIn } from '../portal-context.ts';
import { costOfBills, pricesHere } from '../prices-here.ts';
import { historyOf, releaseFilesOf, type ReleaseFile } from '../history/release-history.ts';
import type { ResultsOfRun } from '../history/results-of-runs.ts';
import type { Objects } from '../snapshots.ts';

/** What the endpoints of a Speech resource serve, since when and by whom, and who uses them. */
export function deploymentRoutes(app: FastifyInstance, context: PortalContext): void {
  const { sources } = context;
  const { repository } = sources;
  const params = Type.Object({ resource: Type.String() });
  answer(app, { url: '/api/resources/:resource/deployment', params, answer: Deployment }, async (request) => {
    const { objects } = await resourceIn(context, request.params.resource);
    const ids = objects.endpoints.map(({ self }) => entityId(self));
    const [runs, files] = await Promise.all([context.results.read(), releaseFilesOf(ids, repository)]);
    return {
      observedAt: objects.observedAt,
      endpoints: objects.endpoints
        .map((endpoint) => {
          const id = entityId(endpoint.self);
          const releaseFile = files.get(id);
          const releases = releaseFile === undefined ? [] : [{ document: releaseFile.document }];
          const history = historyOfEndpoint(id, { releases, results: runs });
          return cardOf(endpoint, { objects, history, releaseFile, runs });
        })
        .toSorted((a, b) => a.locale.localeCompare(b.locale) || a.name.localeCompare(b.name)),
    };
  });

  const ofEndpoint = Type.Object({ resource: Type.String(), endpoint: Type.String() });
  answer(
    app,
    { url: '/api/resources/:resource/deployment/endpoints/:endpoint', params: ofEndpoint, answer: EndpointDetail },
    async (request) => {
      const { source, objects } = await resourceIn(context, request.params.resource);
      const endpoint = endpointIn(objects, request.params.endpoint);
      const id = entityId(endpoint.self);
      const [runs, files, prices] = await Promise.all([
        context.results.read(),
        releaseFilesOf([id], repository),
        pricesHere(repository),
      ]);
      const releaseFile = files.get(id);
      const releases = releaseFile === undefined ? [] : await historyOf(releaseFile, repository);
      const history = historyOfEndpoint(id, { releases, results: runs });
      const bill = { what: 'its hosting', for: 'hosting', hours: hoursOfMonth, per: 'month' } as const;
      const cost = costOfBills([bill], { prices, resource: source.endpoint });
      const swap = lastSwap(id, runs);
      return {
        observedAt: objects.observedAt,
        endpoint: cardOf(endpoint, { objects, history, releaseFile, runs }),
        ...(releaseFile && {
          releaseFile: {
            file: releaseFile.file,
            model: releaseFile.document.model.name,
            isOfServed: releaseFile.document.model.id.toLowerCase() === entityId(endpoint.model?.self ?? ''),
          },
        }),
        history: history.map(({ release }) => release),
        ...(swap && { swap: { ...swap, probes: [...swap.probes] } }),
        consumers: await consumersOf(endpoint, { sources, resource: source, objects, releaseFile }),
        ...(cost && { cost }),
      };
    },
  );
}

/** The endpoint of this id. Throws a {@link PortalProblem} when there is none. */
export function endpointIn({ endpoints }: Objects, id: string): Endpoint {
  const endpoint = endpoints.find(({ self }) => entityId(self) === id.toLowerCase());
  if (endpoint !== undefined) return endpoint;
  throw new PortalProblem(
    'This endpoint is not there any more: it was deleted, or the address is of another resource',
    {
      status: 404,
    },
  );
}

function cardOf(
  endpoint: Endpoint,
  about: {
    readonly objects: Objects;
    readonly history: readonly Served[];
    readonly releaseFile: ReleaseFile | undefined;
    readonly runs: readonly ResultsOfRun[];
  },
): EndpointCard {
  const { objects, history, releaseFile, runs } = about;
  const { self, displayName, locale, status, createdDateTime, lastActionDateTime, properties } = endpoint;
  const id = entityId(self);
  const model = modelOf(endpoint.model?.self, objects);
  const [project, canary, previous] = [
    projectName(endpoint.project, objects),
    canaryOf(endpoint),
    previousModelOf(endpoint),
  ];
  const newerBase = model && newerBaseOf(model, objects);
  const given = givenBy(endpoint.model && entityId(endpoint.model.self), history);
  const latency = latencyOf(lastSwap(id, runs), releaseFile?.document.proof);
  const life = livesOf(objects)('endpoint', id);
  const newest = newestBaseModel({ ...objects, locale });
  return {
    id,
    name: displayName,
    locale,
    status,
    createdAt: createdDateTime,
    lastActionAt: lastActionDateTime,
    ...(properties?.error && { error: properties.error.message }),
    ...(project !== undefined && { project }),
    ...(canary !== undefined && { canaryOf: namedObject(canary, objects) }),
    ...(endpoint.model && { model: namedObject(endpoint.model.self, objects) }),
    proof: proofOf(endpoint),
    mayAnswer: isUnproved(endpoint) ? modelsThatMayAnswer(endpoint).map((one) => namedObject(one, objects)) : [],
    ...(previous !== undefined && { previousModel: namedObject(previous, objects) }),
    life,
    ...(life.state === 'expired' &&
      life.ends !== undefined && {
        expired: { at: life.ends, ...(newest && { answers: namedObject(newest.self, objects) }) },
      }),
    ...(newerBase && { newerBase }),
    ...(given && { givenBy: given }),
    ...(latency && { latency }),
    logsContent: properties?.loggingEnabled === true,
  };
}

function proofOf(endpoint: Endpoint): Proof {
  if (isHeard(endpoint)) return 'proved';
  if (isUnheard(endpoint)) return 'unheard';
  return isUnproved(endpoint) ? 'unproved' : 'none';
}

/** The newest change of an endpoint's model whose results are on this machine. */
function lastSwap(id: string, runs: readonly ResultsOfRun[]): ResultsOfRun['swaps'][number]['swap'] | undefined {
  return runs.flatMap(({ swaps }) => swaps.findLast(({ endpoint }) => endpoint === id) ?? [])[0]?.swap;
}
