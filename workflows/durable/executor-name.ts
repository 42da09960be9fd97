import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** A name for a process that executes runs, which none has had and none will have. */
export function newExecutor(): string {
  return `worker:${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
}

/**
 * The name under which another process shows that it looks after this executor: it notes which runs the executor ended with
 * before anybody takes them over.
 */
export function keeperOf(executor: string): string {
  return `keeper of ${executor}`;
}
