import type { PortalSources } from '../../portal/server/sources.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import { swapMark } from '../../workflows/plan/endpoint-proof.ts';
import { releaseText } from '../../workflows/plan/release-document.ts';
import {
  createFakeWorld,
  fakeBaseModel,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
} from '../workflows/steps/fake-world.ts';
import { fakeResource } from './fake-resource.ts';
import { gitRepository } from './git-repository.ts';

/** What a stranger may call an object. */
const hostileName = '<img src=x onerror=alert(1)>\u202Egnp.exe\n```';

/**
 * A Speech resource with two endpoints, three models and base models, its repository with a release of one of the endpoints, and a clock.
 * Everything that may have a name of others has a hostile name somewhere.
 */
export async function deployedWorld(): Promise<Partial<PortalSources>> {
  let now = Date.parse('2026-06-01T00:00:00Z');
  const world = createFakeWorld();
  const old = fakeBaseModel('base-2025', { created: '2025-01-01T00:00:00Z' });
  const recent = fakeBaseModel('base-2026', { created: '2026-01-01T00:00:00Z' });
  const german = fakeBaseModel('base-de', { created: '2026-01-01T00:00:00Z', locale: 'de-DE' });
  const until = (transcriptionDateTime: string): { readonly properties: object } => ({
    properties: { deprecationDates: { transcriptionDateTime } },
  });
  const calls = fakeModel('calls', {
    baseModel: { self: old.self },
    datasets: [{ self: 'https://speech/datasets/text' }],
    lastActionDateTime: '2026-01-01T00:10:00Z',
    ...until('2026-08-15T00:00:00Z'),
  });
  const hostile = fakeModel('hostile', {
    displayName: hostileName,
    baseModel: { self: recent.self },
    customProperties: { [hostileName]: hostileName },
    ...until('2028-01-15T00:00:00Z'),
  });
  const failed = fakeModel('failed', { status: 'Failed', properties: { error: { code: 'x', message: hostileName } } });
  world.objects.baseModels.push(old, recent, german);
  world.objects.models.push(calls, hostile, failed);
  world.objects.endpoints.push(
    fakeEndpoint('line', calls.self, { customProperties: { 'speechops-swap': swapMark('proved', calls.self) } }),
    fakeEndpoint('second', hostile.self, { displayName: `second ${hostileName}` }),
  );
  const counts = (one: number, other: number): object => ({
    wordCount1: 1000,
    wordSubstitutionCount1: one,
    wordDeletionCount1: 0,
    wordInsertionCount1: 0,
    wordCount2: 1000,
    wordSubstitutionCount2: other,
    wordDeletionCount2: 0,
    wordInsertionCount2: 0,
  });
  world.objects.evaluations.push(
    fakeEvaluation('both', [calls.self, hostile.self], { displayName: hostileName, properties: counts(80, 72) }),
    fakeEvaluation('bases', [old.self, recent.self], { properties: counts(115, 103) }),
  );
  world.recognise = ({ displayName }) =>
    displayName === 'line'
      ? { status: 'Success', lexical: 'call doctor smith', display: hostileName, finalSeconds: 0.5 }
      : { status: 'Success', lexical: 'call the doctor smyth', display: 'Call the Doctor Smyth.', finalSeconds: 0.7 };
  const repository = await gitRepository();
  await repository.write({
    'releases/line.yaml': releaseText(
      {
        endpoint: { id: 'id-of-line', name: 'line', locale: 'en-US' },
        model: {
          id: 'calls',
          name: 'calls',
          data: [],
          copyOf: { id: 'there', self: 'https://west/models/there', resource: 'https://west', name: hostileName },
        },
        measured: [],
        proof: { heard: true },
        run: { id: 'run-1', pipeline: hostileName },
        writtenAt: '2026-03-01T00:00:00.000Z',
      },
      { by: 'a test' },
    ),
    'src/client.ts': 'const endpoint = "id-of-line";\n',
  });
  await repository.commit('Release <b>calls</b>');
  const data = { ...world.ports.data, whyNotRecognised: createLocalData({ roots: [] }).whyNotRecognised };
  const speech = { ...world.ports.speech, serviceTime: () => new Date(now) };
  return {
    resources: [fakeResource({ ...world.ports, data, speech })],
    repository: repository.source,
    clock: { now: async () => new Date(now), advance: async (seconds) => new Date((now += seconds * 1000)) },
  };
}
