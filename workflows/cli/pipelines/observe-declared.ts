import path from 'node:path';
import { releaseTextOf } from '../../data/release-files.ts';
import type { ReleaseText } from '../../document/release-file.ts';
import { observeFacts, ofLocales } from '../../engine/observe.ts';
import type { Ports } from '../../engine/ports.ts';
import type { Facts } from '../../plan/facts.ts';
import { resourceOf } from '../../plan/resources.ts';
import { combined, type Declared, declaredByEnvironment, declaredByPipeline } from '../../review/declared.ts';
import { releasePathOf, type Seen } from '../../review/drift.ts';
import { connect } from '../connect/connection.ts';
import { endpointOfAccount } from '../connect/speech-account.ts';
import type { PipelineOptions } from '../options.ts';
import { dataRootsOf } from '../repository.ts';
import type { Io } from '../session.ts';
import { environmentsOf, type FoundEnvironment } from './environment-file.ts';
import { openPipeline } from './open-pipeline.ts';

/** A Speech resource with what files declare of it, and what it has. */
export interface ObservedResource {
  /** Its base URL, or `embedded-emulator`. */
  readonly resource: string;
  readonly declared: Declared;
  readonly seen: Seen;
}

interface Sighting {
  readonly declared: readonly Declared[];
  readonly facts: Facts;
}

/**
 * The Speech resources that pipelines work on, or without a pipeline the one that is named or that the environment has, each observed with
 * its files. Undefined when a pipeline has faults, which are printed.
 */
export async function observeDeclared(
  files: { readonly pipelines: readonly string[]; readonly environments: readonly FoundEnvironment[] },
  options: PipelineOptions & {
    readonly io: Io;
    readonly resource?: string | undefined;
    /** The name of the environment to compare with. */
    readonly environment?: string | undefined;
    /** Calls what opens an embedded emulator when it is free. */
    readonly whenFree: <T>(act: () => Promise<T>) => Promise<T>;
  },
): Promise<readonly ObservedResource[] | undefined> {
  const { io, environment: named } = options;
  const { pipelines, environments } = files;
  const seen = new Map<string, Sighting>();
  let faults = 0;
  for (const file of pipelines) {
    const sightings = await observePipeline(file, options);
    if (sightings === undefined) faults += 1;
    for (const [resource, sighting] of sightings ?? []) seen.set(resource, together(seen.get(resource), sighting));
  }
  if (faults > 0) return undefined;
  if (pipelines.length === 0)
    for (const [resource, sighting] of await observeNamed(options)) seen.set(resource, sighting);
  const byResource = environmentsOf([...seen.keys()], { environments, named });
  return [...seen].map(([resource, { declared, facts }]) => {
    const environment = byResource.get(resource);
    const all = combined([
      ...declared,
      ...(environment === undefined ? [] : [declaredByEnvironment(environment, environment)]),
    ]);
    return { resource, declared: all, seen: { facts, releases: releasesOf(all, { facts, io }) } };
  });
}

/** The resources of a pipeline; undefined when it has faults. */
async function observePipeline(
  file: string,
  options: Parameters<typeof observeDeclared>[1],
): Promise<ReadonlyMap<string, Sighting> | undefined> {
  const { io, whenFree } = options;
  const opened = await whenFree(async () => await openPipeline(file, options));
  if (opened === undefined) return undefined;
  try {
    const { source, facts, plan } = await opened.observe();
    const shown = path.relative(io.cwd, path.resolve(io.cwd, file)).replaceAll(path.sep, '/');
    const declared = declaredByPipeline(source, { plan, file: shown });
    const portsOf = new Map(
      source.pipeline.steps.map((step) => [resourceOf(step, source), opened.connection.portsOf(step)]),
    );
    const sightings = [...declared].map(async ([resource, of]) => {
      const ports = portsOf.get(resource) ?? opened.connection.ports;
      const own = facts.get(ports);
      if (own === undefined) throw new Error(`Observe ${resource} before comparing it`);
      return [resource, { declared: [of], facts: await ofAllLocales(own, { ports, io }) }] as const;
    });
    return new Map(await Promise.all(sightings));
  } finally {
    await opened.connection.close();
  }
}

/** The one resource that no pipeline names: the one of a resource id, the embedded emulator, or the one of the environment. */
export async function observeNamed(
  options: Pick<Parameters<typeof observeDeclared>[1], 'io' | 'emulator' | 'resource' | 'whenFree'>,
): Promise<ReadonlyMap<string, Sighting>> {
  const { io, emulator = false, resource, whenFree } = options;
  const own = io.env['SPEECHOPS_ENDPOINT'] || undefined;
  const named =
    resource === undefined ? {} : { endpoint: await endpointOfAccount(io, { resourceId: resource, endpoint: own }) };
  const connection = await whenFree(
    async () => await connect(io, { emulator, folder: io.cwd, knownAudio: [], ...named }),
  );
  try {
    const { ports, target } = connection;
    const nothing = { locales: [], localData: [], urls: [], resolvePath: (name: string) => name, signal: io.signal };
    const facts = (await observeFacts({ resources: [ports], data: ports.data }, nothing)).get(ports);
    if (facts === undefined) throw new Error('Observe the resource before comparing it');
    return new Map([[resourceOf({}, { target }), { declared: [], facts: await ofAllLocales(facts, { ports, io }) }]]);
  } finally {
    await connection.close();
  }
}

/** The facts with the base models of every locale that has an endpoint or a model. */
async function ofAllLocales(facts: Facts, { ports, io }: { readonly ports: Ports; readonly io: Io }): Promise<Facts> {
  const known = new Set(facts.baseModels.map(({ locale }) => locale));
  const used = new Set([...facts.endpoints, ...facts.models].map(({ locale }) => locale));
  const missing = [...used].filter((locale) => !known.has(locale));
  if (missing.length === 0) return facts;
  const more = await ports.speech.baseModels.list({ filter: ofLocales(missing), signal: io.signal });
  return { ...facts, baseModels: [...facts.baseModels, ...more] };
}

/** What two pipelines have seen of one resource, the later one last. */
function together(one: Sighting | undefined, other: Sighting): Sighting {
  if (one === undefined) return other;
  const baseModels = [...one.facts.baseModels, ...other.facts.baseModels];
  const bySelf = new Map(baseModels.map((model) => [model.self, model]));
  return {
    declared: [...one.declared, ...other.declared],
    facts: { ...other.facts, baseModels: [...bySelf.values()] },
  };
}

function releasesOf(
  { endpoints }: Declared,
  { facts, io }: { readonly facts: Facts; readonly io: Io },
): Readonly<Record<string, ReleaseText>> {
  const read = endpoints.flatMap((endpoint) => {
    const file = releasePathOf(endpoint, facts);
    if (file === undefined) return [];
    const folder = path.dirname(path.resolve(io.cwd, endpoint.file));
    return [[file, releaseTextOf(path.resolve(io.cwd, file), { roots: dataRootsOf(folder, io.cwd) })] as const];
  });
  return Object.fromEntries(read);
}
