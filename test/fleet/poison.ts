import { basename } from 'node:path';

/**
 * Preloaded into workers: a step that reads a file of one of these names uses up the memory of its process, keeps its event loop
 * busy, or ends the process.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const exists = fs.existsSync;
fs.existsSync = (name) => {
  const what = basename(String(name));
  if (what === 'memory.txt') useUpMemory();
  if (what === 'buffers.txt') useUpMemoryBeside();
  if (what === 'stall.txt') for (;;);
  if (what === 'exit.txt') process.exit(7);
  return exists(name);
};
syncBuiltinESMExports();

function useUpMemory(): never {
  const kept: object[] = [];
  for (;;) kept.push({ number: kept.length });
}

/** What is not on the heap of JavaScript. */
function useUpMemoryBeside(): never {
  const kept: Buffer[] = [];
  for (;;) if (kept.length < 40) kept.push(Buffer.alloc(16 * 2 ** 20, 1));
}
