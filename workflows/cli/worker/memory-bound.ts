import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/**
 * The memory in MB that an executor may use by default: two fifths of what the machine or the container has, because a second
 * executor works beside it while there are suspects.
 */
export function defaultMemoryMegabytes(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.min(4096, Math.max(leastMegabytes, Math.floor((bytes * 2) / 5 / 2 ** 20)));
}

/** With less an executor cannot even start. */
export const leastMegabytes = 256;

/** The part of the memory that is for the JavaScript heap; the rest is for code, stacks, and what is read and sent. */
export function heapMegabytes(memoryMegabytes: number): number {
  return Math.floor(memoryMegabytes * 0.75);
}

/** The resident memory of another process in bytes; undefined where the system does not say it (only Linux does). */
export function residentBytes(pid: number): number | undefined {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) * 1024;
  } catch {
    return undefined;
  }
}
