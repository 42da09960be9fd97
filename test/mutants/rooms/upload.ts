import type { Mutant } from '../run-mutants.ts';

/** In `workflows/steps/upload/`: which data become a dataset, and when they are sent. */
export const uploadMutants: readonly Mutant[] = [
  {
    name: 'conflict-fails',
    file: 'upload/send-content.ts',
    text: 'if (!(error instanceof ServiceError) || error.status !== 409) throw error;',
    replacement: 'throw error;',
    means: 'two runs that send the same content fail one another',
    tests: ['upload.test.ts'],
  },
  {
    name: 'every-refusal-passes',
    file: 'upload/send-content.ts',
    text: 'if (!(error instanceof ServiceError) || error.status !== 409) throw error;',
    replacement: '',
    means: 'a refused upload passes for one that another run made',
    tests: ['upload.test.ts'],
  },
  {
    name: 'rejected-at-the-bound',
    file: 'upload/accept-dataset.ts',
    text: 'counts.rejected / lines > allowed',
    replacement: 'counts.rejected / lines >= allowed',
    means: 'an upload at max-rejected fails',
    tests: ['upload.test.ts'],
  },
  {
    name: 'signature-in-digest',
    file: 'upload/index.ts',
    text: 'withoutSignature(url));',
    replacement: 'url);',
    means: 'a new signature uploads everything again',
    tests: ['upload.test.ts'],
  },
  {
    name: 'content-sent-again',
    file: 'upload/send-content.ts',
    text: '  if (!awaitsContent(await readNow<Dataset>(context, datasets, self))) return;\n  await',
    replacement: '  await',
    means: 'content is sent for a dataset that has it',
    tests: ['upload.test.ts'],
  },
  {
    name: 'faults-are-uploaded',
    file: 'upload/check-data.ts',
    text: 'if (faulty !== undefined) throw new StepFailure(faulty);',
    replacement: '',
    means: 'data that the service refuses become a dataset all the same',
    tests: ['upload.test.ts'],
  },
];
