import path from 'node:path';
import { DataError, type DataPort } from '../../engine/ports.ts';
import { entityId } from '../../plan/identity.ts';
import type { WorkedEntity } from '../../plan/speech-entities.ts';
import { deletionOf } from '../../steps/deletion.ts';
import { madeOfData } from '../../steps/upload/made-of-data.ts';
import { connect } from '../connect/connection.ts';
import type { Io } from '../session.ts';
import { hasData, type LockedBefore, lockedBefore } from './locked-before.ts';
import type { TaintedObject, TaintedObjects } from '../tainted-objects.ts';

/**
 * What the Speech resource of the environment has made of the data at each path: by what they hold now, and by what lock files say that
 * they have held.
 */
export async function whatWasMade(
  paths: readonly string[],
  asked: {
    readonly io: Io;
    readonly emulator: boolean;
    readonly kind: 'Acoustic' | 'AudioFiles';
    readonly locale: string;
  },
): Promise<ReadonlyMap<string, TaintedObjects>> {
  const { io, emulator, kind, locale } = asked;
  const { cwd, signal } = io;
  const connection = await connect(io, { emulator, folder: cwd, knownAudio: [] });
  try {
    const { ports } = connection;
    const { data, speech } = ports;
    const [datasets, models, endpoints] = await Promise.all([
      speech.datasets.list({ signal }),
      speech.models.list({ signal }),
      speech.endpoints.list({ signal }),
    ]);
    const shown = ({ self, displayName }: WorkedEntity): TaintedObject => ({
      id: entityId(self),
      name: displayName,
      deletion: deletionOf({ self }, ports),
    });
    const made = new Map<string, TaintedObjects>();
    const before = await lockedBefore(cwd);
    const together = await digestsTogether(paths, { data, cwd, kind });
    for (const given of paths) {
      const absolute = path.resolve(cwd, given);
      const { digest, parts = [] } = await data.describe(absolute, kind);
      const digests = [digest, ...parts.map((part) => part.digest), ...together];
      const locked = before.filter((one) => hasData(one, absolute));
      const known = new Set(locked.flatMap((one) => [one.digest, ...idsIn(one)]));
      const found = madeOfData({ kind, locale, digests, known }, { datasets, models, endpoints });
      made.set(given, {
        datasets: found.datasets.map(shown),
        models: found.models.map(shown),
        endpoints: found.endpoints.map(shown),
      });
    }
    return made;
  } finally {
    await connection.close();
  }
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
