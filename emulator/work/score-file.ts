import type { UtteranceScore } from '../../workflows/scoring/score-utterances.ts';
import type { RecognisedWord } from '../recognition/recognise.ts';

/**
 * The score file of one recording: its words, where they differ tagged as `<substitution>`, `<insertion>` and
 * `<deletion>`, joined by commas; without these where the dataset has no transcripts. The members are those that public scripts read; the service publishes no schema.
 */
export function scoreFile(name: string, score: UtteranceScore | undefined, words: readonly RecognisedWord[]): string {
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / Math.max(1, words.length);
  const best = {
    confidence: Math.round(confidence * 10_000) / 10_000,
    lexical: words.map(({ word }) => word).join(' '),
    ...(score === undefined ? {} : { scoringResult: scoringResult(score) }),
  };
  return JSON.stringify({
    source: name,
    recognizedPhrases: [{ recognitionStatus: words.length > 0 ? 'Success' : 'NoMatch', channel: 0, nBest: [best] }],
  });
}

/** A substituted word is the one that was recognised, a deleted one that of the reference. */
function scoringResult({ operations, reference, hypothesis }: UtteranceScore): string {
  const parts: string[] = [];
  let spoken = 0;
  let heard = 0;
  for (const operation of operations) {
    if (operation === 'D') {
      parts.push(`<deletion>${reference[spoken++]}</deletion>`);
      continue;
    }
    const word = hypothesis[heard++];
    if (operation !== 'I') spoken++;
    parts.push(
      operation === 'C' ? `${word}` : operation === 'S' ? tagged('substitution', word) : tagged('insertion', word),
    );
  }
  return parts.join(',');
}

function tagged(tag: string, word: string | undefined): string {
  return `<${tag}>${word}</${tag}>`;
}
