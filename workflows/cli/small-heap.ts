import v8 from 'node:v8';

/**
 * Keeps the process small while it reads pipelines: what is read lives to the end, and V8 would reserve three times as much
 * for objects that do not. Helpers for a young generation as small as that cost more than they save. For short commands: what runs for days makes many of those.
 */
export function keepHeapSmall(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  v8.setFlagsFromString('--no-parallel-scavenge');
}
