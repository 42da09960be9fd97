import { ReadStream } from 'node:fs';

/** Preloaded: a process that executes a step which reads `memory.txt` uses up its memory; before that `run` reads its beginning and then all of it to plan. */
const readToPlan = 2;
const seen = new WeakSet<ReadStream>();
let readings = process.argv.includes('resume') ? readToPlan : 0;
const read = ReadStream.prototype._read;
ReadStream.prototype._read = function (size) {
  const isNew = String(this.path).endsWith('memory.txt') && !seen.has(this);
  seen.add(this);
  if (isNew && (readings += 1) > readToPlan) {
    const kept: object[] = [];
    for (;;) kept.push({ number: kept.length });
  }
  read.call(this, size);
};
