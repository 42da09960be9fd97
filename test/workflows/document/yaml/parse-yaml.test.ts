import { YAMLException, type Event, parseEvents } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { createFindings } from '../../../../workflows/document/diagnostics/diagnostics.ts';
import { NoPartsError, parseInParts } from '../../../../workflows/document/yaml/parse-yaml.ts';
import { readDocument } from '../../../../workflows/document/yaml/read-document.ts';
import { YamlEvents } from '../../../../workflows/document/yaml/yaml-events.ts';
import { createDraws, type Draws } from '../../../fuzz/draws.ts';

const maxDepth = 6;
const seeds = 20_000;

describe('a YAML text that is parsed in parts', () => {
  it(`has the events, at their places, of the text as a whole: ${seeds} texts`, () => {
    let inParts = 0;
    let wrong = 0;
    for (let seed = 1; seed <= seeds; seed += 1) {
      const text = drawText(createDraws(seed));
      const parts = partsOf(text);
      const whole = wholeOf(text);
      if (whole === undefined) wrong += 1;
      if (parts === undefined) continue;
      inParts += 1;
      if (JSON.stringify(parts) !== JSON.stringify(whole))
        expect({ seed, text, events: parts }).toEqual({ seed, text, events: whole });
    }
    // What is drawn is worth drawing: parts, what cannot be parted, and what is no YAML.
    expect(inParts).toBeGreaterThan(seeds / 10);
    expect(wrong).toBeGreaterThan(seeds / 10);
  });

  it.each([
    ['an entry that goes on in the column of entries', 'steps:\n  - "a\n  - b"\n  - c\n'],
    ['a separator that is no line end', 'steps:\n  - a: b\u2028  - c\n  - d\n'],
    ['a line that ends as on old machines', 'steps:\n  - a\rname: b\n  - c\n'],
    ['a list that a text only speaks of', 'a: |\n b\nsteps: "\nsteps:\n  - a\n  - b\n  "\n'],
    [
      'a list of texts',
      'steps:\n  - |\n    a\n    - b\n  # c\n   \n  -\n  - |+\n    d\n\n\n  - e: f\n    g:\n  - h\nname: a\nlocale: b\n',
    ],
    ['Windows line ends, no entry behind the key, and comments', 'steps: # a\r\n\r\n  # b\r\n  - a\r\n  - b\r\n'],
    ['entries in the first column, with lists of their own', 'steps:\n- a: [\n- b]\n- c:\n  - d\n- e\nname: f'],
    ['a document behind it', 'steps:\n  - a\n  - b\n---\nname: c\n'],
    ['own tags', '%TAG !e! tag:e:\n---\nsteps:\n  - !e!a b\n  - c\n'],
  ])('is the same with %s', (_, text) => {
    const parts = partsOf(text);
    if (parts !== undefined) expect(parts).toEqual(wholeOf(text));
  });

  it('is one where it is as deep as is allowed, and none where it is deeper', () => {
    const listOf = (depth: number): string => `steps:\n${'  - '.padEnd(4 + depth * 2, '- ')}a\n  - b\n`;
    for (const depth of [1, 2, 3, 4, 5, 6])
      expect([depth, partsOf(listOf(depth)) !== undefined]).toEqual([depth, wholeOf(listOf(depth)) !== undefined]);
  });

  it('has the findings of the text as a whole', () => {
    const steps = (last: string): string => `steps:\n${'  - { id: a, uses: approve }\n'.repeat(2000)}${last}`;
    const findingsOf = (text: string): readonly string[] => {
      const findings = createFindings('', text);
      readDocument(text, findings);
      return findings.diagnostics().map(({ code, line }) => `${line} ${code}`);
    };
    expect(findingsOf(steps('  - { a: b, a: c }\n'))).toEqual(['2002 duplicate-key']);
    expect(findingsOf(steps('  - !a b\n  - "\n'))).toEqual(['2004 yaml-syntax']);
    expect(findingsOf(steps('name: b\nsteps:\n  - a\n'))).toEqual(['2003 duplicate-key']);
    expect(findingsOf(`${steps('')}${'  - [a, a, a, a, a, a, a, a, a]\n'.repeat(16_000)}`)).toEqual([
      '1 document-too-large',
    ]);
  });

  it('is a long pipeline, whatever stands around its steps', () => {
    const steps = Array.from({ length: 3000 }, (_, number) => `  - { id: s${number}, uses: approve }\n`).join('');
    const text = `# a\nname: a\nvariables:\n  list: [b]\nsteps: # all\n  # first\n${steps}\nfinally:\n  - { id: last }\n`;
    expect(partsOf(text, 10_000)).toEqual(wholeOf(text));
  });
});

/** Lines that mean something to each other, most of them in the columns in which lists are parted. */
function drawText({ below, chance, pick }: Draws): string {
  const column = pick(['', '  ', '   ']);
  const drawn = (): string => pick(chance(0.85) ? usual : values);
  const inner = (): string => pick([column, `${column}  `, `${column}  `, `${column}    `, '', ' ']);
  const lines: string[] = [
    pick(chance(0.8) ? ['', 'name: a', '# a', 'a: { b: c }'] : ['name: "a', 'x: &a b', 'a: |', '"a', '{']),
  ];
  lines.push(chance(0.8) ? 'steps:' : pick(['steps: # b', 'steps: &s', 'steps: |', ' steps:', 'steps: [']));
  for (let number = 2 + below(6); number > 0; number -= 1)
    lines.push(chance(0.8) ? `${column}- ${drawn()}` : `${inner()}${drawn()}`);
  if (chance(0.4))
    lines.push(
      pick(chance(0.8) ? ['last: a', 'last:', 'last: [a]'] : ['- a', '---', 'last: *a', 'a', '  b: c', '...']),
    );
  return lines.join(pick(['\n', '\n', '\n', '\r\n', '\r'])) + pick(['\n', '', '\n\n', '\n# c\n', ' ']);
}

const usual = ['a', 'a: b', '"a b"', '{ a: [b] }', '|', '# c', '- c', 'a: |', '&a b', 'b:', "'c: d'"];

const values = [
  'a',
  'a: b',
  'a:',
  'a: b: c',
  '"a',
  'b"',
  "'a",
  "b'",
  '"a b"',
  '|',
  '>-',
  '|+',
  '|1',
  '- c',
  '- - d',
  '-',
  '',
];

/** Undefined when it is no YAML. */
function wholeOf(text: string): readonly Event[] | undefined {
  try {
    return parseEvents(text, { maxDepth });
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

/** Undefined when it has none. */
function partsOf(text: string, partLength = 1): readonly Event[] | undefined {
  try {
    const events = new YamlEvents(parseInParts(text, { maxDepth, partLength }));
    const list: Event[] = [];
    for (let event = events.take(); event !== undefined; event = events.take()) list.push(event);
    return list;
  } catch (error) {
    if (error instanceof NoPartsError) return undefined;
    throw error;
  }
}
