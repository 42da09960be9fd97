import v8 from 'node:v8';

/**
 * Keeps the process small while it reads pipelines: what is read lives to the end, and V8 would reserve three times as much
 * for objects that do not. For short commands: what runs for days makes many of those.
 */
export function keepHeapSmall(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}
