import { lexicalWords } from '../recognition/lexical-words.ts';
import type { ImportOptions } from './imported-dataset.ts';
import { normaliseTranscript } from './normalise-transcript.ts';

/** A line of text in the form it is kept in, or why it is not. */
export type CheckedLine =
  | { readonly kind: 'accepted'; readonly text: string }
  | { readonly kind: 'rejected'; readonly reason: string };

/**
 * Normalises one utterance and checks it by the rules for training text: Microsoft Learn, "Training and testing
 * datasets" (no URIs, no word more than three times in a row) and "Human-labeled transcriptions" (German rows with
 * certain symbols are discarded, and of transcripts Japanese ones with a sentence of more than 90 characters).
 */
export function checkLine(text: string, options: ImportOptions): CheckedLine {
  if (holdsControls(text)) return rejected('the line holds control characters');
  if (URI.test(text)) return rejected('the line holds a URI');
  const language = options.locale.slice(0, 2).toLowerCase();
  if (language === 'de' && DISCARDED_IN_GERMAN.test(text)) {
    return rejected('the line holds a symbol that German text may not have');
  }
  if (
    options.kind === 'Acoustic' &&
    language === 'ja' &&
    text.split(SENTENCE_END).some((sentence) => [...sentence.trim()].length > LONGEST_JAPANESE)
  ) {
    return rejected(`the line has a sentence of more than ${LONGEST_JAPANESE} characters`);
  }
  const normalised = normaliseTranscript(text, options);
  const words = lexicalWords(normalised);
  if (words.length === 0) return rejected('normalized text is empty');
  const repeated = words.find((word, i) => [1, 2, 3].every((step) => words[i + step] === word));
  if (repeated !== undefined) return rejected(`the word "${repeated}" is repeated more than 3 times`);
  return { kind: 'accepted', text: normalised };
}

/** Whether a line is no text: without this, a binary file that happens to be UTF-8 would become a vocabulary. */
export function holdsControls(line: string): boolean {
  return /[\p{Cc}\uFFFE\uFFFF]/u.test(line);
}

const URI = /\b[a-z][a-z0-9+.-]*:\/\/|\bwww\.[a-z0-9-]+\./iu;
const DISCARDED_IN_GERMAN = /[¢¤¥¦§©ª¬®°±²µ×ÿØ]/u;
const SENTENCE_END = /(?<=[。．.!?！？])/u;
const LONGEST_JAPANESE = 90;

function rejected(reason: string): CheckedLine {
  return { kind: 'rejected', reason };
}
