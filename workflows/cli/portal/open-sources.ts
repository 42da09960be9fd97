import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalData } from '../../data/local-data.ts';
import { openHost } from '../../hosts/host-of.ts';
import { hostOfRemote } from '../../hosts/host-of-remote.ts';
import { type ClockSource, type PortalSources, type ResourceSource } from '../../../portal/server/sources.ts';
import { isLoopback } from '../../document/base-url.ts';
import { resourcesOf } from '../../plan/resources.ts';
import { connect } from '../connect/connection.ts';
import type { EmulatorClock } from '../connect/emulator-clock.ts';
import { endpointOfAccount } from '../connect/speech-account.ts';
import { git } from '../git.ts';
import { loadListedFile } from '../pipelines/pipeline-file.ts';
import { dataRootsOf, repositoryOf } from '../repository.ts';
import { databaseUrl } from '../connect/database.ts';
import { runsFolder } from '../runs-folder.ts';
import { type Io, UsageError } from '../session.ts';
import { findPipelines } from './find-pipelines.ts';
import { fleetOf } from './fleet-state.ts';
import { HeldConnection } from './held-resource.ts';
import { openLentEmulator } from './lent-emulator.ts';
import { rememberDigests } from './remember-digests.ts';
import { RepositoryPipelines } from './repository-pipelines.ts';
import { PortalRuns } from './portal-runs.ts';
import { startProgram } from './started-runs.ts';

export interface OpenSources {
  readonly sources: PortalSources;
  close(): Promise<void>;
}

/**
 * What a portal of the current folder's repository shows: the Speech resources of `--resource`, of SPEECHOPS_ENDPOINT and of its pipelines,
 * or the embedded emulator in place of them all. Throws a {@link UsageError} when there is no resource.
 */
export async function openSources(
  io: Io,
  { emulator, resources }: { readonly emulator: boolean; readonly resources: readonly string[] },
): Promise<OpenSources> {
  const root = repositoryOf(io.cwd) ?? io.cwd;
  const endpoints = emulator
    ? ['embedded-emulator']
    : [...new Set((await endpointsOf(io, { root, resources })).map(originOf))];
  if (endpoints.length === 0)
    throw new UsageError(
      'Say which Speech resource the portal is of: set SPEECHOPS_ENDPOINT, give --resource ID or --emulator, or let `resource` of a pipeline name it; the accounts of environment.yaml are given with --resource',
    );
  const pipelines = new RepositoryPipelines(root, { io });
  const ids = new Set<string>();
  const held = endpoints.map((endpoint) => {
    const isEmbedded = endpoint === 'embedded-emulator';
    const where = { folder: io.cwd, knownAudio: [] };
    const open = async (): ReturnType<typeof connect> =>
      isEmbedded
        ? await connect(io, { ...where, emulator: true })
        : await connect(namingFor(endpoint, { io, isTheOnlyGiven: resources.length > 0 && endpoints.length === 1 }), {
            ...where,
            emulator: false,
            only: endpoint,
          });
    const connection = new HeldConnection(isEmbedded ? async () => await openLentEmulator(io, open) : open, {
      idleMilliseconds: isEmbedded ? embeddedIdleMilliseconds : Infinity,
      mostMilliseconds: isEmbedded ? embeddedMostMilliseconds : Infinity,
    });
    const source: ResourceSource = {
      ...namesOf(endpoint, ids),
      endpoint,
      borrow: async (act) => await connection.borrow(act),
    };
    return { connection, source };
  });
  const [only] = held.length === 1 ? held : [];
  const clock = only !== undefined && mayBeEmulator(only.source.endpoint) ? clockOf(only.connection) : undefined;
  const runs = new PortalRuns(io);
  return {
    sources: {
      ...(clock && { clock }),
      resources: held.map(({ source }) => source),
      repository: {
        root,
        runsFolder: runsFolder(io),
        git: async (args) => (await git(args, { cwd: root })).toString('utf8'),
        reviewHost: async (remote) => {
          const found = await hostOfRemote(remote, io.env);
          return 'fault' in found ? found : { host: openHost(found.place, { signal: io.signal }) };
        },
        pipelines: async () => await pipelines.read(),
        data: rememberDigests(createLocalData({ roots: dataRootsOf(root, io.cwd) })),
      },
      runs: {
        borrow: async (act) => await runs.borrow(act),
        version: async () => await runs.version(),
        ...(databaseUrl(io) !== undefined && { fleet: async () => await fleetOf(io) }),
        start: async (args) => {
          if (program === undefined)
            throw new Error('Install speechops anew: bin/speechops.js of the package is missing');
          return await startProgram(args, { io, program });
        },
      },
    },
    async close() {
      await Promise.all([runs.close(), ...held.map(async ({ connection }) => await connection.close())]);
    },
  };
}

/** The one resource that a person gives is named as the environment would name it, when that names none: a key is then of that one. */
function namingFor(
  endpoint: string,
  { io, isTheOnlyGiven }: { readonly io: Io; readonly isTheOnlyGiven: boolean },
): Io {
  const isNamed = (io.env['SPEECHOPS_ENDPOINT'] ?? '').trim() !== '';
  return isNamed || !isTheOnlyGiven ? io : { ...io, env: { ...io.env, SPEECHOPS_ENDPOINT: endpoint } };
}

function mayBeEmulator(endpoint: string): boolean {
  return endpoint === 'embedded-emulator' || (URL.canParse(endpoint) && isLoopback(new URL(endpoint)));
}

/** The clock of an emulator that is opened for each look at it. */
function clockOf(connection: HeldConnection): ClockSource {
  const borrow = async (act: (clock: EmulatorClock) => Promise<Date>): Promise<Date> =>
    await connection.borrow(async (_ports, _turn, { clock }) => {
      if (clock === undefined) throw new Error('Set SPEECHOPS_KEY to the key of the emulator, whose clock wants it');
      return await act(clock);
    });
  return {
    now: async () => await borrow(async (clock) => await clock.now()),
    async advance(seconds) {
      let isAsked = false;
      return await borrow(async (clock) => {
        // What is called again in another turn must not move it twice.
        if (isAsked) return await clock.now();
        isAsked = true;
        return await clock.advance(seconds);
      });
    },
  };
}

const embeddedIdleMilliseconds = 2000;
/** A run that wants the embedded emulator waits for ten seconds: it gets it in seven, whatever the page reads. */
const embeddedMostMilliseconds = 5000;

/** In a clone, and in a package, where this file is below `dist/`. */
const program = ['../../../bin/speechops.js', '../../../../bin/speechops.js']
  .map((place) => fileURLToPath(new URL(place, import.meta.url)))
  .find((file) => existsSync(file));

async function endpointsOf(
  io: Io,
  { root, resources }: { readonly root: string; readonly resources: readonly string[] },
): Promise<readonly string[]> {
  const given = await Promise.all(
    resources.map(async (resource) =>
      resource.startsWith('/') ? await endpointOfAccount(io, { resourceId: resource, endpoint: undefined }) : resource,
    ),
  );
  if (given.length > 0) return [...new Set(given)];
  const own = (io.env['SPEECHOPS_ENDPOINT'] ?? '').trim();
  const named: string[] = own === '' ? [] : [own];
  for (const file of (await findPipelines(root)).pipelines) {
    const { pipeline } = await loadListedFile(path.relative(io.cwd, file), { io });
    if (pipeline === undefined) continue;
    named.push(...resourcesOf(pipeline));
    const { resource } = pipeline;
    if (own === '' && resource !== undefined && named.length === 0)
      named.push(await endpointOfAccount(io, { resourceId: resource, endpoint: undefined }));
  }
  return [...new Set(named)];
}

/** One resource is one, however its address is written. */
function originOf(endpoint: string): string {
  return URL.parse(endpoint.trim())?.origin ?? endpoint;
}

/** A name for addresses and one for people: `contoso-westeurope` of `https://contoso-westeurope.cognitiveservices.azure.com`. */
function namesOf(endpoint: string, taken: Set<string>): Pick<ResourceSource, 'id' | 'name'> {
  const name =
    endpoint === 'embedded-emulator' ? 'Embedded emulator' : endpoint.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const plain = endpoint === 'embedded-emulator' ? 'emulator' : (name.split('.cognitiveservices.')[0] ?? name);
  const base = plain.replaceAll(/[^A-Za-z0-9-]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'resource';
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
  taken.add(id);
  return { id, name };
}
