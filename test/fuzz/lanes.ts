import { fuzzComments } from './comments-lane.ts';
import { fuzzControlSocket } from './control-socket-lane.ts';
import { fuzzDataTexts } from './data-texts-lane.ts';
import { fuzzEnvironments } from './environments-lane.ts';
import { fuzzExpressions } from './expressions-lane.ts';
import type { FuzzLane } from './fuzz-lane.ts';
import { fuzzHttp } from './http-lane.ts';
import { fuzzMending } from './mending-lane.ts';
import { fuzzMigrations } from './migrations-lane.ts';
import { fuzzNames } from './names-lane.ts';
import { fuzzPacking } from './packing-lane.ts';
import { fuzzPipelines } from './pipelines-lane.ts';
import { fuzzTranscripts } from './transcripts-lane.ts';
import { fuzzWavs } from './wavs-lane.ts';
import { fuzzZips } from './zips-lane.ts';

export interface ListedLane {
  readonly name: string;
  readonly fuzz: FuzzLane;
  /** How many documents the gate takes: a minute for all lanes together on one core. 0: only by hand. */
  readonly gateCount: number;
}

/** Every lane; a new one is one line. */
export const lanes: readonly ListedLane[] = [
  { name: 'pipelines', fuzz: fuzzPipelines, gateCount: 4000 },
  { name: 'environments', fuzz: fuzzEnvironments, gateCount: 500 },
  { name: 'migrations', fuzz: fuzzMigrations, gateCount: 600 },
  { name: 'expressions', fuzz: fuzzExpressions, gateCount: 3000 },
  { name: 'names', fuzz: fuzzNames, gateCount: 10_000 },
  { name: 'comments', fuzz: fuzzComments, gateCount: 1250 },
  { name: 'data-texts', fuzz: fuzzDataTexts, gateCount: 600 },
  { name: 'transcripts', fuzz: fuzzTranscripts, gateCount: 3000 },
  { name: 'packing', fuzz: fuzzPacking, gateCount: 100 },
  { name: 'mending', fuzz: fuzzMending, gateCount: 200 },
  { name: 'zips', fuzz: fuzzZips, gateCount: 600 },
  { name: 'wavs', fuzz: fuzzWavs, gateCount: 5000 },
  { name: 'control-socket', fuzz: fuzzControlSocket, gateCount: 300 },
  { name: 'http', fuzz: fuzzHttp, gateCount: 600 },
];
