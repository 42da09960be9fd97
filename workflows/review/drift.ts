import path from 'node:path';
import type { DriftFinding } from '../../schemas/types.gen.ts';
import {
  datasetsInRelease,
  type RecordedDataset,
  releaseFileName,
  readRelease,
  type ReleaseText,
} from '../document/release-file.ts';
import { shownSource } from '../document/url-secrets.ts';
import { canaryOf } from '../plan/canaries.ts';
import type { Facts } from '../plan/facts.ts';
import { digestOf, digestProperty, entityId, findExisting } from '../plan/identity.ts';
import { endpointByName, nameOf, similarEndpoint } from '../plan/models.ts';
import type { Endpoint } from '../plan/speech-entities.ts';
import type { Declared, DeclaredEndpoint, DeclaredProject } from './declared.ts';
import { describedAs, isFresh, ofEndpoint, sinceOf, type Found, type Release } from './endpoint-drift.ts';

/** The objects of a Speech resource, and the release files of the endpoints that are declared there. */
export interface Seen {
  readonly facts: Pick<Facts, 'observedAt' | 'projects' | 'datasets' | 'models' | 'baseModels' | 'endpoints'>;
  /** By {@link releasePathOf}. */
  readonly releases: Readonly<Record<string, ReleaseText>>;
}

/**
 * What a Speech resource has otherwise than files declare, drift before notes. Of an endpoint that is not declared only what it
 * says itself is compared. `withinSeconds`: a model expires soon when it does within so long.
 */
export function driftOf(
  declared: Declared,
  seen: Seen,
  { withinSeconds }: { readonly withinSeconds: number },
): readonly DriftFinding[] {
  const { facts } = seen;
  const found = declared.endpoints.map((endpoint) => findEndpoint(endpoint, seen));
  const there = found.flatMap(({ endpoint, ...rest }) => (endpoint === undefined ? [] : [{ ...rest, endpoint }]));
  const byId = new Map(there.map((one) => [entityId(one.endpoint.self), one]));
  const endpoints = facts.endpoints.flatMap((endpoint) => {
    const own = byId.get(entityId(endpoint.self));
    if (canaryOf(endpoint) !== undefined) return canaryLeft(endpoint, { facts, declared: declared.endpoints });
    if (own === undefined && declared.files.length > 0)
      return isRead(endpoint, declared) ? [] : undeclared(endpoint, declared);
    return ofEndpoint(own ?? { endpoint, declared: undefined, release: undefined }, { facts, withinSeconds });
  });
  const findings = [
    ...found.flatMap(({ declared: one, endpoint, release }) =>
      endpoint === undefined && !one.isSkipped ? endpointGone(one, { facts, release }) : [],
    ),
    ...endpoints,
    ...declared.projects.flatMap((project) => ofProject(project, seen)),
    ...datasetsGone(declared, { found, facts }),
  ];
  return inOrder(findings);
}

/** Findings as people read them: drift before notes, then by object. */
export function inOrder(findings: readonly DriftFinding[]): readonly DriftFinding[] {
  const keyOf = ({ level, resource = '', object }: DriftFinding): string =>
    [level, resource, object.kind, object.name, object.locale ?? ''].join('\n');
  return findings.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
}

/** The path of the release file of an endpoint, from the current folder; undefined where its swap writes none. */
export function releasePathOf(
  { name, locale, swap }: DeclaredEndpoint,
  { endpoints }: Pick<Facts, 'endpoints'>,
): string | undefined {
  if (swap?.releases === undefined) return undefined;
  const found = endpointByName(name, { endpoints, locale });
  return path.posix.join(swap.releases, releaseFileName(typeof found === 'object' ? found.displayName : name));
}

/**
 * The endpoint that is meant: the one whose id the release file has, while that is there, else the one of this name, else the one that
 * was made by this name and is called otherwise now.
 */
function findEndpoint(
  declared: DeclaredEndpoint,
  { facts, releases }: Seen,
): Omit<Found, 'endpoint'> & { readonly declared: DeclaredEndpoint; readonly endpoint: Endpoint | undefined } {
  const { name, locale } = declared;
  const file = releasePathOf(declared, facts);
  const text = file === undefined ? undefined : releases[file];
  const release: Release | undefined = file === undefined || text === undefined ? undefined : { file, text };
  const id = typeof text === 'string' ? readRelease(text)?.endpoint?.['id'] : undefined;
  const released = facts.endpoints.find(({ self }) => entityId(self) === id);
  const named = endpointByName(name, { endpoints: facts.endpoints, locale });
  const digest = digestOf('endpoint', { name, locale });
  const endpoint =
    released ??
    (typeof named === 'object' ? named : undefined) ??
    facts.endpoints.find((one) => one.displayName === name && sameLocale(one, declared)) ??
    facts.endpoints.find(({ customProperties }) => customProperties?.[digestProperty] === digest);
  return { declared, endpoint, release };
}

function endpointGone(
  { name, locale, file, repair, stack }: DeclaredEndpoint,
  { facts, release }: { readonly facts: Seen['facts']; readonly release: Release | undefined },
): readonly DriftFinding[] {
  const said = typeof release?.text === 'string' ? readRelease(release.text)?.endpoint?.['id'] : undefined;
  const by = said === undefined ? '' : `, with the id ${said} in ${release?.file}`;
  return [
    {
      kind: 'endpoint-gone',
      level: 'drift',
      object: { kind: 'endpoint', name, ...(said === undefined ? {} : { id: said }), locale },
      file,
      declared: `endpoint ${name} (${locale})${by}`,
      there: `nothing${similarEndpoint(name, { endpoints: facts.endpoints, locale }) ?? ''}`,
      advice:
        stack === undefined
          ? 'Run the pipeline, which makes the endpoint where its swap has `create: true`; callers need its new id'
          : 'Deploy the stack, which makes the endpoint; callers need its new id, and a swap gives it its model',
      command: stack?.repair ?? repair,
    },
  ];
}

function canaryLeft(
  endpoint: Endpoint,
  { facts, declared }: { readonly facts: Seen['facts']; readonly declared: readonly DeclaredEndpoint[] },
): readonly DriftFinding[] {
  const of = facts.endpoints.find(({ self }) => entityId(self) === canaryOf(endpoint));
  const swapped = declared.find((one) => one.swap !== undefined && of?.displayName === one.name && sameLocale(of, one));
  const isWorking = isFresh(endpoint.createdDateTime, facts);
  return [
    {
      kind: 'canary-left',
      level: isWorking ? 'note' : 'drift',
      object: objectOf(endpoint),
      declared: 'a canary is removed when its swap has ended',
      there: `the canary of ${of === undefined ? 'an endpoint that is gone' : `endpoint ${shownSource(of.displayName)}`}, which is charged`,
      ...sinceOf(endpoint.createdDateTime),
      advice: isWorking
        ? 'Wait for the swap that may be at work with it'
        : of === undefined
          ? 'Delete the endpoint: no swap removes it'
          : 'Swap its endpoint again, which removes it, or delete it',
      ...(isWorking || swapped === undefined ? {} : { command: swapped.repair }),
    },
  ];
}

function undeclared(endpoint: Endpoint, { files }: Declared): readonly DriftFinding[] {
  return [
    {
      kind: 'undeclared-endpoint',
      level: 'drift',
      object: objectOf(endpoint),
      declared: `no such endpoint in ${files.length === 1 ? (files[0] ?? '') : `${files.length} files`}`,
      there: 'an endpoint, which is charged',
      ...sinceOf(endpoint.createdDateTime),
      advice: 'Name it in a pipeline or in environment.yaml, give the file that names it, or delete it',
    },
  ];
}

/** Whether steps read the endpoint, so that a file names it although none decides its model. */
function isRead({ self, displayName }: Endpoint, { readEndpoints }: Declared): boolean {
  return readEndpoints.some((name) => name === displayName || entityId(name) === entityId(self));
}

function ofProject(
  { name, locale, stack, file, repair }: DeclaredProject,
  { facts: { projects } }: Seen,
): readonly DriftFinding[] {
  const digest = digestOf('project', { displayName: name, locale });
  const found =
    projects.find((one) => one.displayName === name && sameLocale(one, { locale })) ??
    projects.find(({ customProperties }) => customProperties?.[digestProperty] === digest);
  const object = { kind: 'project', name, ...(found && { id: entityId(found.self) }), locale } as const;
  const said = { level: 'drift', object, file } as const;
  if (found === undefined)
    return [
      {
        ...said,
        kind: 'project-gone',
        declared: `project ${name} (${locale})`,
        there: 'nothing',
        advice: 'Make the project of this name again: objects that were linked to it stay without one',
        command: stack?.repair ?? repair,
      },
    ];
  const changes: DriftFinding[] = [];
  if (found.displayName !== name)
    changes.push({
      ...said,
      kind: 'setting-changed',
      declared: `display name ${name}`,
      there: `display name ${shownSource(found.displayName)}`,
      advice: 'Name it so again, or change the file: a run makes another project of the name',
    });
  if (stack?.description !== undefined && describedAs(stack.description) !== describedAs(found.description))
    changes.push({
      ...said,
      kind: 'setting-changed',
      declared: describedAs(stack.description),
      there: describedAs(found.description),
      advice: 'Deploy the stack, which sets it back, or change environment.yaml',
      command: stack.repair,
    });
  return changes;
}

/** The datasets that releases name, those that models on declared endpoints were trained with, and those that pipelines upload. */
function datasetsGone(
  { missingDatasets }: Declared,
  { found, facts }: { readonly found: readonly ReturnType<typeof findEndpoint>[]; readonly facts: Seen['facts'] },
): readonly DriftFinding[] {
  const isThere = ({ id, digest }: RecordedDataset): boolean =>
    facts.datasets.some(({ self }) => entityId(self) === entityId(id)) ||
    (digest !== undefined && findExisting(facts.datasets, digest) !== undefined);
  const named = found.flatMap(({ declared, endpoint, release }) => {
    const { file, repair } = declared;
    const recorded = typeof release?.text === 'string' ? datasetsInRelease(release.text) : [];
    const served = facts.models.find(({ self }) => entityId(self) === entityId(endpoint?.model?.self ?? ''));
    const trained = (served?.datasets ?? []).map(({ self }) => ({
      id: entityId(self),
      name: undefined,
      digest: undefined,
    }));
    const model = nameOf(served?.self, facts);
    return [
      ...recorded.map((one) => ({ ...one, file, repair, declared: `a dataset that ${release?.file} names` })),
      ...trained.map((one) => ({ ...one, file, repair, declared: `a dataset with which ${model} was trained` })),
    ].map((one) => ({ ...one, locale: declared.locale }));
  });
  const byId = Map.groupBy(named, ({ id }) => entityId(id));
  const gone = [...byId.values()].flatMap((same) => (same.some(isThere) ? [] : same.slice(0, 1)));
  const names = new Set(gone.map(({ name }) => name));
  const common = { kind: 'dataset-gone', level: 'drift', there: 'nothing' } as const;
  return [
    ...gone.map(({ id, name = id, locale, file, repair, declared }): DriftFinding => ({
      ...common,
      object: { kind: 'dataset', name, id, locale },
      file,
      declared,
      advice: 'Run the pipeline, which uploads the data where it still has them: the model answers without them',
      command: repair,
    })),
    ...missingDatasets
      .filter(({ name }) => !names.has(name))
      .map(({ name, locale, file, repair, summary }): DriftFinding => ({
        ...common,
        object: { kind: 'dataset', name, locale },
        file,
        declared: `a dataset with these data: the pipeline would ${summary}`,
        advice: 'Run the pipeline: the dataset was deleted, or the data have changed since the last run',
        command: repair,
      })),
  ];
}

function objectOf({ self, displayName, locale }: Endpoint): DriftFinding['object'] {
  return { kind: 'endpoint', name: shownSource(displayName), id: entityId(self), locale };
}

function sameLocale(one: { readonly locale: string }, other: { readonly locale: string }): boolean {
  return one.locale.toLowerCase() === other.locale.toLowerCase();
}
