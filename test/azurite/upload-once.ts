import { createDatasetStorage } from '../../workflows/azure/dataset-storage.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import type { Ports } from '../../workflows/engine/ports.ts';
import { createSpeechClient } from '../../workflows/speech/speech-client.ts';
import { upload } from '../../workflows/steps/upload/index.ts';
import { systemClock } from '../../workflows/time/system-clock.ts';
import { runStep } from '../workflows/steps/run-step.ts';

/**
 * An upload as one process does it, which may be killed: `node upload-once.ts JSON` with what {@link UploadOnce} says. Prints what the step
 * reports, and its outputs at last.
 */
export interface UploadOnce {
  readonly endpoint: string;
  readonly key: string;
  /** A folder with `calls.zip`. */
  readonly folder: string;
  readonly via: 'blocks' | 'storage';
  readonly container?: string;
}

if (import.meta.main) {
  const { endpoint, key, folder, via, container } = JSON.parse(process.argv[2] ?? '{}') as UploadOnce;
  const credential = async (): Promise<never> =>
    await Promise.reject(new Error('A container over http takes no token'));
  const ports: Ports = {
    speech: createSpeechClient({ endpoint, credential: { key }, pollFloorMilliseconds: 50 }),
    data: createLocalData({ roots: [folder] }),
    storage: createDatasetStorage({ credential, isLocal: true }),
    clock: systemClock(),
  };
  const said: string[] = [];
  Object.assign(said, { push: (line: string) => process.stdout.write(`${line}\n`) });
  const { outcome } = await runStep(
    upload,
    {
      kind: 'AudioFiles',
      from: `${folder}/calls.zip`,
      name: 'calls',
      locale: 'en-US',
      'text-normalization': 'Default',
      'max-rejected': 1,
      check: 'off',
      via,
      'read-with': 'signature',
      ...(container === undefined ? {} : { container }),
    },
    { world: { ports }, said },
  );
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
