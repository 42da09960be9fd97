import type { Utterance } from '../score-utterances.ts';

/** The names of the forms in which tools write utterances, for a message that says what is allowed. */
export const transcriptForms = ['tab', 'trn', 'kaldi', 'json', 'azure', 'azure-display'] as const;

/**
 * `tab`: id, tab, text. `trn`: sclite's text and `(id)`. `kaldi`: Kaldi's `text`, id and words. `json`: objects with an id and a text, one a
 * line or in a list. `azure`: results of batch transcriptions and files of evaluations, their lexical text; `azure-display`: their display text.
 */
export type TranscriptForm = (typeof transcriptForms)[number];

/** Whether a file has what was said or what was recognised: some files have both. */
export type TranscriptSide = 'reference' | 'hypothesis';

/** An utterance as a file has it, with what else the file says of it (`speaker`, `duration`), by the names of the file. */
export interface TranscribedUtterance extends Utterance {
  readonly fields: Readonly<Record<string, string>>;
  /** Where it is in the file, in words: `on line 3`, `in record 3`. */
  readonly place: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Something in a file that is not as its form wants it. */
export interface TranscriptFault {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}
