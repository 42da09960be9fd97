import { describe, expect, it } from 'vitest';
import { checkDisplay, readDisplayTests } from '../../../workflows/scoring/display-tests.ts';
import { readDisplayedPhrases } from '../../../workflows/scoring/readers/displayed-phrases.ts';

describe('readDisplayTests', () => {
  it('reads lines of two texts, and of a file of display formats its tests alone', () => {
    const one = { spoken: 'five p m', display: '5 PM' };
    expect(readDisplayTests('\uFEFF# comment\r\n\r\nfive p m\t5 PM\r\n')).toEqual({ tests: [{ ...one, line: 3 }] });
    expect(readDisplayTests('#rewrite\nold\tnew\n#test\nfive p m\t5 PM\n#itn\n\\d-\\d\n')).toEqual({
      tests: [{ ...one, line: 4 }],
    });
  });

  it.each([
    ['', 1, 'Give at least one line'],
    ['# nothing', 1, 'Give at least one line'],
    ['a\tb\nfive', 2, 'Write what is spoken, one tab'],
    ['five\t', 1, 'Write what is spoken, one tab'],
    ['a\tb\tc', 1, 'Write what is spoken, one tab'],
    ['...\tb', 1, 'Write words'],
  ])('refuses %j', (text, line, message) => {
    expect(readDisplayTests(text)).toEqual({ line, message: expect.stringContaining(message) });
  });
});

describe('checkDisplay', () => {
  const phrases = [
    { id: 'a', lexical: 'tune to one oh two point seven', display: 'Tune to 102.7.' },
    { id: 'b', lexical: 'one oh two point seven please', display: '1 0 2.7, please.' },
    { id: 'c', lexical: 'call doctor smith', display: 'Call Dr. Smith.' },
    { id: 'd', lexical: '会议在三月五日', display: '会议在3月5日。' },
  ];

  it.each([
    ['tune to one oh two point seven', '102.7', 'passed', []],
    ['Tune to one oh two point seven', 'Tune to 102.7.', 'passed', []],
    ['one oh two point seven', '102.7', 'failed', ['b']],
    ['doctor smith', 'Dr. Smith', 'passed', []],
    ['doctor smith', 'dr. Smith', 'failed', ['c']],
    ['doctor smith', 'Dr Smith', 'failed', ['c']],
    ['doctor', 'Dr', 'passed', []],
    ['two point', '2.', 'failed', ['a', 'b']],
    ['doctor smi', 'Dr.', 'not heard', []],
    ['三月五日', '3月5日', 'passed', []],
  ])('%s as %s has %s', (spoken, display, outcome, wrong) => {
    const [found] = checkDisplay([{ spoken, display, line: 1 }], phrases);
    expect(found?.outcome).toBe(outcome);
    expect(found?.wrong.map(({ id }) => id)).toEqual(wrong);
  });
});

describe('readDisplayedPhrases', () => {
  it('reads both forms of results of the service', () => {
    const result = {
      source: 'https://h/a.wav',
      combinedRecognizedPhrases: [{ channel: 0, lexical: 'five p m', display: '5 PM.' }],
    };
    const phrases = [{ id: 'a.wav', lexical: 'five p m', display: '5 PM.' }];
    expect(readDisplayedPhrases(JSON.stringify(result))).toEqual(phrases);
    const recognizedPhrases = [
      {
        nBest: [
          { lexical: 'five p m', display: '5 PM.' },
          { lexical: 'x', display: 'X.' },
        ],
      },
      { nBest: [{ lexical: 'six p m', display: '6 PM.' }] },
    ];
    expect(readDisplayedPhrases(JSON.stringify([{ ...result, recognizedPhrases }]))).toEqual([
      ...phrases,
      { id: 'a.wav', lexical: 'six p m', display: '6 PM.' },
    ]);
    expect(readDisplayedPhrases('five p m\t5 PM.\n')).toEqual([{ ...phrases[0], id: 'line 1' }]);
  });

  it.each([
    ['{"a":1}', 'Give results of the service'],
    ['{"source":"a.wav","combinedRecognizedPhrases":[{"display":"A."}]}', 'Give results with lexical text'],
    ['five p m', 'Write lexical text, one tab'],
  ])('refuses %s', (text, message) => {
    expect(readDisplayedPhrases(text)).toEqual({ line: 1, message: expect.stringContaining(message) });
  });
});
