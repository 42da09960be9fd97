import { openDatabaseStore, type Store } from '../../store/embedded-store.ts';
import { type Io, UsageError } from '../session.ts';
import { databaseUrl } from './_database-url.ts';

/** The database that workers and those who submit runs share. */
export function openFleetStore(io: Io): Store {
  const url = databaseUrl(io);
  if (url === undefined) {
    throw new UsageError(
      'Set SPEECHOPS_DATABASE_URL to the PostgreSQL that workers share (postgresql://USER@HOST/DATABASE): the runs in .speechops/ belong to this machine alone',
    );
  }
  return openDatabaseStore(url);
}
