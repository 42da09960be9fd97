import { describe, expect, it } from 'vitest';
import type { EntityFile } from '../../../workflows/plan/speech-entities.ts';
import {
  alignmentIn,
  recognisedText,
  scoreFilesIn,
} from '../../../workflows/steps/swap/recognition/recognised-texts.ts';

const file = (name: string): EntityFile => ({
  self: `https://speech/evaluations/1/files/${name}`,
  name,
  kind: 'EvaluationDetails',
  createdDateTime: '2026-01-01T00:00:00Z',
});

describe('the files of an evaluation', () => {
  it('are of one recording and one model each', () => {
    const names = ['calls/a.b.wav.model2_score.json', 'a.wav.model1_score.json', 'report.json', '.model1_score.json'];
    const found = scoreFilesIn(names.map(file)).map(({ recording, side }) => [recording, side]);
    expect(found).toEqual([
      ['calls/a.b.wav', 2],
      ['a.wav', 1],
    ]);
  });

  const phrase = (best: object) => JSON.stringify({ recognizedPhrases: [{ nBest: [best] }] });

  it.each<[string, string, string | undefined]>([
    ['the lexical text', phrase({ lexical: 'an old bat', scoringResult: 'other' }), 'an old bat'],
    [
      'the words that were recognised, where there is no lexical text',
      phrase({
        scoringResult: 'an,<deletion>very</deletion>,<substitution>odd</substitution>,<insertion>uh</insertion>,bat',
      }),
      'an odd uh bat',
    ],
    [
      'all phrases of a recording',
      JSON.stringify({
        recognizedPhrases: [{ nBest: [{ lexical: 'one' }] }, { nBest: [] }, { nBest: [{ lexical: 'two' }] }],
      }),
      'one two',
    ],
    ['a file that begins with a byte order mark', `\uFEFF${phrase({ lexical: 'one' })}`, 'one'],
    ['nothing recognised', phrase({ lexical: '' }), undefined],
    ['another shape', '{"recognizedPhrases":{"nBest":7}}', undefined],
    ['no JSON', '<Error/>', undefined],
  ])('say %s', (_, content, text) => {
    expect(recognisedText(content)).toBe(text);
  });

  const scored = (scoringResult: string) => phrase({ scoringResult });

  it.each<[string, string, string | undefined]>([
    [
      'each word of the reference and each that was put in',
      scored('an,<deletion>very</deletion>,<substitution>odd</substitution>,<insertion>uh</insertion>,bat'),
      'CDSIC',
    ],
    ['nothing that was said or recognised', scored(''), ''],
    [
      'all phrases of a recording',
      JSON.stringify({
        recognizedPhrases: [
          { nBest: [{ scoringResult: 'one' }] },
          { nBest: [{ scoringResult: '<deletion>two</deletion>' }] },
        ],
      }),
      'CD',
    ],
    ['a phrase without a score', '{"recognizedPhrases":[{"nBest":[{"scoringResult":"one"}]},{"nBest":[]}]}', undefined],
    ['no phrase', '{"recognizedPhrases":[]}', undefined],
    ['a tag that does not end', scored('one,<deletion>two'), undefined],
    ['a tag that ends as another one', scored('<deletion>two</insertion>'), undefined],
    ['another tag', scored('<replaced>two</replaced>'), undefined],
    ['no JSON', '<Error/>', undefined],
  ])('tell the alignment of %s', (_, content, alignment) => {
    expect(alignmentIn(content)).toBe(alignment);
  });
});
