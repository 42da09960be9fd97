import path from 'node:path';
import { DataError, type DataPort, type Ports } from '../../../engine/ports.ts';
import { digestProperty, entityId } from '../../../plan/identity.ts';
import type { CustomModel, WorkedEntity } from '../../../plan/speech-entities.ts';
import { copiedProperty, copyDigest } from '../../../steps/copy/copied-model.ts';
import { deletionOf } from '../../../steps/deletion.ts';
import { type MadeOfData, madeOfData, type SearchedData } from '../../../steps/upload/made-of-data.ts';
import { connect } from '../../connect/connection.ts';
import type { Io } from '../../session.ts';
import { hasData, type LockedBefore, lockedBefore } from './locked-before.ts';
import type { TaintedObject, TaintedObjects } from '../../tainted-objects.ts';

/**
 * What the Speech resource of the environment, and those `alsoAt` other base URLs, have made of the data at each path: by what they hold
 * now, and by what lock files say that they have held. A copy of a model is known by the digest of the model that was trained.
 */
export async function whatWasMade(
  paths: readonly string[],
  asked: {
    readonly io: Io;
    readonly emulator: boolean;
    readonly kind: 'Acoustic' | 'AudioFiles';
    readonly locale: string;
    readonly alsoAt: readonly string[];
  },
): Promise<ReadonlyMap<string, TaintedObjects>> {
  const { io, emulator, kind, locale, alsoAt } = asked;
  const { cwd, signal } = io;
  const connection = await connect(io, { emulator, folder: cwd, knownAudio: [], others: alsoAt });
  try {
    const { data } = connection.ports;
    const resources = await Promise.all(
      connection.resources.map(async (ports): Promise<Asked> => {
        const { datasets, models, endpoints } = ports.speech;
        const [uploaded, trained, serving] = await Promise.all([
          datasets.list({ signal }),
          models.list({ signal }),
          endpoints.list({ signal }),
        ]);
        return { ports, all: { datasets: uploaded, models: trained, endpoints: serving } };
      }),
    );
    const made = new Map<string, TaintedObjects>();
    const before = await lockedBefore(cwd);
    const together = await digestsTogether(paths, { data, cwd, kind });
    for (const given of paths) {
      const absolute = path.resolve(cwd, given);
      const { digest, parts = [] } = await data.describe(absolute, kind);
      const digests = [digest, ...parts.map((part) => part.digest), ...together];
      const locked = before.filter((one) => hasData(one, absolute));
      const known = new Set(locked.flatMap((one) => [one.digest, ...idsIn(one)]));
      made.set(given, taintedAt(resources, { kind, locale, digests, known }));
    }
    return made;
  } finally {
    await connection.close();
  }
}

/** A Speech resource, and what it has. */
interface Asked {
  readonly ports: Ports;
  readonly all: MadeOfData;
}

/** What the resources have made of data, with the copies that one of them has of a model of another. */
function taintedAt(resources: readonly Asked[], data: SearchedData): TaintedObjects {
  const trained = resources.flatMap(({ all }) => madeOfData(data, all).models);
  const copied = new Set(trained.map(copyDigest));
  const found = resources.map(({ ports, all }) => ({ ports, all: madeOfData({ ...data, copied }, all) }));
  // Whatever was trained at one of the resources is judged by the data that it names there.
  const judged = new Set(resources.flatMap(({ all }) => all.models.filter((model) => !isCopy(model)).map(copyDigest)));
  const shown = (of: readonly Asked[], pick: (all: MadeOfData) => readonly WorkedEntity[]): readonly TaintedObject[] =>
    of.flatMap(({ ports, all }) =>
      pick(all).map(({ self, displayName }) => ({
        id: entityId(self),
        name: displayName,
        ...(of.length === 1 ? {} : { at: new URL(self).host }),
        deletion: deletionOf({ self }, ports),
      })),
    );
  return {
    datasets: shown(found, ({ datasets }) => datasets),
    models: shown(found, ({ models }) => models),
    endpoints: shown(found, ({ endpoints }) => endpoints),
    copiedElsewhere:
      resources.length > 1
        ? []
        : shown(found, ({ models }) =>
            models.filter(({ customProperties = {} }) => copiedProperty in customProperties),
          ),
    unjudged: shown(resources, ({ models }) =>
      models.filter((model) => isCopy(model) && !judged.has(copyDigest(model))),
    ),
  };
}

/** Whether a pipeline has made a model by copying it: one that it has trained names its datasets. */
function isCopy({ datasets = [], customProperties = {} }: CustomModel): boolean {
  return datasets.length === 0 && digestProperty in customProperties;
}

/** Of several paths that may have been uploaded as one dataset; none where they cannot be one. */
async function digestsTogether(
  paths: readonly string[],
  of: { readonly data: DataPort; readonly cwd: string; readonly kind: 'Acoustic' | 'AudioFiles' },
): Promise<readonly string[]> {
  if (paths.length < 2) return [];
  const places = paths.map((given) => path.resolve(of.cwd, given));
  const described = await of.data.describe(places, of.kind).catch((error: unknown) => {
    if (error instanceof DataError) return undefined;
    throw error;
  });
  return described === undefined ? [] : [described.digest, ...(described.parts ?? []).map(({ digest }) => digest)];
}

function idsIn({ resources }: LockedBefore): readonly string[] {
  return resources.flatMap(({ datasets }) => datasets.map(({ id }) => id));
}
