import { openDatabaseStore, type Store } from '../../store/embedded-store.ts';
import { type Io, UsageError } from '../session.ts';

/**
 * The PostgreSQL that SPEECHOPS_DATABASE_URL names, or undefined when it names none. Throws a {@link UsageError}, which does
 * not say the value, when it is no address of a PostgreSQL.
 */
export function databaseUrl({ env }: Pick<Io, 'env'>): string | undefined {
  const text = env['SPEECHOPS_DATABASE_URL']?.trim() ?? '';
  if (text === '') return undefined;
  const url = parsed(text);
  if (url === undefined || !isPostgres(url)) {
    throw new UsageError(
      'Correct SPEECHOPS_DATABASE_URL: allowed is postgresql://USER:PASSWORD@HOST:PORT/DATABASE, where #, /, ?, @ and % of a password are written as %23, %2F, %3F, %40 and %25',
    );
  }
  // Today pg verifies the certificate in these modes, and warns that a later version will not. Naming `verify-full` keeps
  // this, and ends the warning.
  const isChecked = ['prefer', 'require', 'verify-ca'].includes(url.searchParams.get('sslmode') ?? '');
  if (isChecked && !url.searchParams.has('uselibpqcompat')) url.searchParams.set('sslmode', 'verify-full');
  return isChecked ? url.href : text;
}

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

/** A URL has to have a host after a user, also where the folder of a socket is given in its place. */
function parsed(text: string): URL | undefined {
  const whole = /[?&]host=/.test(text) ? text.replace(/^([^/]+:\/\/[^/]*@)(?=\/)/, '$1localhost') : text;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function isPostgres({ protocol, hostname, searchParams, username, password, pathname }: URL): boolean {
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') return false;
  // The folder of a socket is given as a parameter.
  if (hostname === '' && !searchParams.has('host')) return false;
  return [username, password, pathname].every(isEncoded);
}

function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}
