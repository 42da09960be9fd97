import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { FoundInData } from './data-findings.ts';
import type { Heard } from './recordings/hear.ts';

/** What data are for. Training takes shorter recordings than testing, and smoke audio is heard as a whole. */
export type Purpose = 'train' | 'test' | 'smoke';

/** What was found in a set, and what it is made of. */
export interface CheckedSet extends FoundInData {
  readonly paths: readonly string[];
  readonly kind: UploadWith['kind'];
  /** How many lines the service counts: of a transcript, of a text, or recordings without one. */
  readonly lines: number;
  readonly recordings: readonly CheckedRecording[];
  /** What is said in recordings by the transcript, each with the place of its line. Training text is not kept. */
  readonly spoken: readonly SpokenLine[];
}

/** A recording that the service takes. */
export interface CheckedRecording {
  /** As the transcript names it. */
  readonly name: string;
  readonly path: string;
  readonly seconds: number;
  readonly sampleRate: number;
  /** What was heard in it. Undefined where that is not kept, or headers alone were read. */
  readonly heard?: Heard;
}

export interface SpokenLine {
  readonly recording: string;
  readonly text: string;
  readonly path: string;
  readonly line: number;
}
