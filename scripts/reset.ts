import { rm } from 'node:fs/promises';

/** Forgets the embedded emulator's data and all runs. */
await rm('.speechops', { recursive: true, force: true });
process.stdout.write('Emptied .speechops: the local Speech resource and the records of runs are gone\n');
