import type { Draws } from '../fuzz/draws.ts';

/** A line that is put into a good text, and what is to be said of it. */
export interface Fault {
  readonly line: string;
  readonly code: string;
}

/** A text of a kind, line by line, without a fault; faulty lines may follow any of its last `open` lines. */
export interface DrawnText {
  readonly kind: 'Language' | 'LanguageMarkdown' | 'Pronunciation' | 'OutputFormatting';
  readonly lines: readonly string[];
  readonly open: number;
  readonly faults: readonly Fault[];
}

const words =
  'the your my please thank you for calling refill order number heating kalvora quellwick has stopped today morning evening serial doctor visit plan'.split(
    ' ',
  );

/** Words of an utterance, of which no two neighbours are alike. */
export function drawUtterance(draws: Draws): string {
  const said: string[] = [];
  const count = 3 + draws.below(9);
  while (said.length < count) {
    const word = draws.pick(words);
    if (word !== said.at(-1)) said.push(word);
  }
  return said.join(' ');
}

/** A good text of one of the kinds. */
export function drawText(draws: Draws): DrawnText {
  const drawn = draws.pick([drawPlainText, drawStructuredText, drawPronunciations, drawFormats])(draws);
  const lines = drawn.lines.flatMap((line) => (draws.chance(0.05) ? [line, draws.pick(['', '  '])] : [line]));
  return { ...drawn, lines, open: lines.length === drawn.lines.length ? drawn.open : 1 };
}

const faultsOfUtterances: readonly Fault[] = [
  { line: 'see https://contoso.com/help for more', code: 'uri' },
  { line: 'we are at www.contoso.com today', code: 'uri' },
  { line: 'no no no no that is wrong', code: 'repetition' },
  { line: '... !', code: 'no-words' },
  { line: 'ring the \u0007 bell', code: 'control-character' },
  { line: 'it is\u200Bhere', code: 'invisible-character' },
  { line: 'the caf\uFFFD is open', code: 'garbled' },
];

function drawPlainText(draws: Draws): DrawnText {
  const lines = utterances(draws, 40);
  return { kind: 'Language', lines, open: lines.length, faults: faultsOfUtterances };
}

function utterances(draws: Draws, most: number): readonly string[] {
  return [drawUtterance(draws), ...draws.several(most, () => drawUtterance(draws))];
}

function drawStructuredText(draws: Draws): DrawnText {
  const lists = [...new Set(['pet', ...draws.several(4, () => draws.pick(words))])];
  const sentence = (name: string): string => `- ${drawUtterance(draws)} {@${name}} ${draws.pick(words)}`;
  const sentences = [...lists.map(sentence), ...draws.several(10, () => `- ${drawUtterance(draws)}`)];
  const lines = [
    '// drawn',
    ...lists.flatMap((name) => [`@ list ${name} =`, ...utterances(draws, 5).map((item) => `- ${item}`)]),
    ...(draws.chance(0.5) ? ['@ speech:phoneticlexicon', '- kalvora/K AE L V AO R AX', '- cat/k ae t'] : []),
    draws.pick(['#Sentences', '# Section_2']),
    ...sentences,
  ];
  const faults: readonly Fault[] = [
    ...faultsOfUtterances.map(({ line, code }) => ({ line: `- ${line}`, code })),
    { line: '- I have a {@no_such_list}', code: 'unknown-list' },
    { line: '- I have a {@pet', code: 'open-reference' },
    { line: 'no hyphen before it', code: 'stray-line' },
    { line: '# Two words!', code: 'section-name' },
    { line: '@ lists food =', code: 'declaration' },
  ];
  return { kind: 'LanguageMarkdown', lines, open: sentences.length, faults };
}

function drawPronunciations(draws: Draws): DrawnText {
  const displays = new Set([...draws.several(20, () => `${draws.pick(words)} ${draws.pick(words)}`), 'IEEE']);
  const lines = [...displays].map((display) => `${display}\t${drawUtterance(draws)}`);
  const faults: readonly Fault[] = [
    { line: 'CNTK    c n t k', code: 'pronunciation-line' },
    { line: 'CNTK\tc n\tt k', code: 'pronunciation-line' },
    { line: '\tc n t k', code: 'pronunciation-line' },
    { line: 'CNTK\t', code: 'pronunciation-line' },
    { line: '3CPO\t3 c p o', code: 'spoken-form' },
    { line: 'CNTK\tCNTK', code: 'spoken-form' },
    { line: 'CNTK\tc n\u0001 t k', code: 'control-character' },
  ];
  return { kind: 'Pronunciation', lines, open: lines.length, faults };
}

function drawFormats(draws: Draws): DrawnText {
  const patterns = [
    String.raw`\d-\d-\d`,
    '(AB|CD)-(\\d)+',
    '{zippy>ZPI}-[0-5]\\d',
    'JO:500',
    String.raw`{write} (\u.)+`,
  ];
  const pairs = [...new Set(utterances(draws, 6))].map((from) => `${from}\t${drawUtterance(draws)}`);
  const lines = [
    draws.pick(['#itn', '# ITN']),
    ...draws.several(6, () => draws.pick(patterns)),
    '#profanity',
    ...draws.several(4, () => draws.pick(words)),
    '#test',
    ...pairs,
    '#rewrite',
    ...pairs,
  ];
  const faults: readonly Fault[] = [
    { line: 'old phrase new phrase', code: 'display-pair' },
    { line: 'old\tnew\tnewest', code: 'display-pair' },
    { line: 'old\t', code: 'display-pair' },
    { line: '#rewrites', code: 'unknown-section' },
    { line: 'a\u0002\tb', code: 'control-character' },
  ];
  return { kind: 'OutputFormatting', lines, open: pairs.length, faults };
}
