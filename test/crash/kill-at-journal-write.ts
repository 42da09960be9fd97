import { isMainThread } from 'node:worker_threads';
import { Client } from 'pg';

/**
 * Loaded before the program (`node --import`): kills the process at its CRASH_NTH journal write, CRASH_WHEN `before` the
 * database gets the commit or `after` it has confirmed it, and says on stderr what it writes. A journal write is a
 * transaction that adds something: the engine's own version and queue, a run, the result of a step, the end of a run.
 */
const nth = Number(process.env['CRASH_NTH']);
const when = process.env['CRASH_WHEN'];
const journalled = /INSERT INTO "dbos"\.(\w+)/g;

type Query = (this: Client, ...args: unknown[]) => unknown;

if (isMainThread) watch(Client.prototype as unknown as { query: Query });

function watch(client: { query: Query }): void {
  const query = client.query;
  const writing = new WeakMap<Client, string[]>();
  let writes = 0;
  client.query = function watched(...args) {
    const text = textOf(args[0]);
    if (text.startsWith('BEGIN')) writing.set(this, []);
    for (const [, table = ''] of text.matchAll(journalled)) writing.get(this)?.push(table);
    const written = text === 'COMMIT' ? (writing.get(this) ?? []) : [];
    if (text === 'COMMIT' || text === 'ROLLBACK') writing.delete(this);
    if (written.length === 0) return query.apply(this, args);
    writes += 1;
    process.stderr.write(`journal write: ${written.join(', ')}\n`);
    if (writes !== nth) return query.apply(this, args);
    if (when === 'before') die();
    const answer = query.apply(this, args) as Promise<unknown>;
    return answer.then(die);
  };
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return query !== null && typeof query === 'object' && 'text' in query ? String(query.text) : '';
}

/** The signal to oneself is delivered before the call answers. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('This process is dead');
}
