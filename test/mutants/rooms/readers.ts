import type { Mutant } from '../run-mutants.ts';

/** In `workflows/scoring/readers/`: which utterances a file has, and which belong together. */
export const readerMutants: readonly Mutant[] = [
  {
    name: 'form-of-first-line',
    file: 'read-utterances.ts',
    text: "lines.some(({ line }) => line.includes('\\t'))",
    replacement: "lines[0]?.line.includes('\\t')",
    means: 'a file whose first utterance has no words is read in another form',
    tests: ['read-utterances.test.ts'],
  },
  {
    name: 'words-without-tab',
    file: 'line-forms.ts',
    text: 'if (/\\S\\s+\\S/.test(line))',
    replacement: "if (line === '')",
    means: 'a line that lacks its tab is an utterance without words',
    tests: ['read-utterances.test.ts'],
  },
  {
    name: 'reference-as-recognised',
    file: 'json-utterances.ts',
    text: 'textName === undefined ? undefined : value[textName]',
    replacement: "value[textName ?? ''] ?? value['text']",
    means: 'what was not recognised counts as recognised without an error',
    tests: ['read-utterances.test.ts'],
  },
  {
    name: 'display-as-lexical',
    file: 'azure-results.ts',
    text: "=== '' ? '' : undefined",
    replacement: "=== '' ? '' : wordsIn(best, 'display')",
    means: 'the display form is scored as the lexical one',
    tests: ['read-utterances.test.ts'],
  },
  {
    name: 'deleted-as-recognised',
    file: 'azure-results.ts',
    text: ".filter((word) => !word.includes('<deletion>'))",
    replacement: ".map((word) => word.replace(/<.?deletion>/g, ''))",
    means: 'words that were not recognised are read from an evaluation as recognised',
    tests: ['read-utterances.test.ts'],
  },
  {
    name: 'confused-ids',
    file: 'pair-ids.ts',
    text: '|| !isUnique',
    replacement: '',
    means: 'two recordings of one name in two folders are taken for one',
    tests: ['pair-ids.test.ts'],
  },
  {
    name: 'partly-loose-ids',
    file: 'pair-ids.ts',
    text: '|| !isWhole',
    replacement: '',
    means: 'ids are changed although others stay without a partner',
    tests: ['pair-ids.test.ts'],
  },
  {
    name: 'words-as-ids',
    file: 'read-utterances.ts',
    text: '(faultOfGuess(found) ?? found)',
    replacement: 'found',
    means: 'a text without ids is scored without the first word of each line',
    tests: ['read-utterances.test.ts'],
  },
];
