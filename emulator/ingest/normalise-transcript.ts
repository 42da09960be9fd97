import { lexicalWords } from '../recognition/lexical-words.ts';
import { normaliseText } from '../../workflows/scoring/normalise-text.ts';
import type { ImportOptions } from './imported-dataset.ts';

/**
 * The lexical form of a line as the service stores it. `None` leaves the text alone but for white space around it.
 * en-US follows the rules of Microsoft Learn, "Human-labeled transcriptions", numbers included; other locales become
 * lower case without punctuation.
 */
export function normaliseTranscript(text: string, options: ImportOptions): string {
  if (options.textNormalizationKind === 'None') return text.trim();
  if (options.locale.toLowerCase() === 'en-us') return normaliseText(text, 'azure-en-US');
  return lexicalWords(text).join(' ');
}
