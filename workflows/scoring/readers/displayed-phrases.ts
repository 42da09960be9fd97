import { azurePhrases, type DisplayedPhrase } from './azure-results.ts';
import { jsonRecords } from './json-records.ts';
import type { TranscriptFault } from './transcript.ts';

/**
 * What results of the service recognised, in both forms; or of a text that is no JSON, lines of lexical text, a tab and
 * display text. Or the first fault.
 */
export function readDisplayedPhrases(text: string): readonly DisplayedPhrase[] | TranscriptFault {
  const content = text.replace(/^\uFEFF/, '');
  if (!/^\s*[{[]/.test(content)) return fromLines(content);
  const records = jsonRecords(content);
  return 'message' in records ? records : azurePhrases(records);
}

function fromLines(content: string): readonly DisplayedPhrase[] | TranscriptFault {
  const phrases: DisplayedPhrase[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [lexical, display, more] = line.split('\t');
    if (lexical === undefined || display === undefined || more !== undefined)
      return {
        line: index + 1,
        message: 'Write lexical text, one tab, and display text, or give results of the service',
      };
    phrases.push({ id: `line ${index + 1}`, lexical, display });
  }
  return phrases;
}
