import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../../workflows/language/load-pipeline.ts';

describe('a text that is no YAML', () => {
  it.each([
    ['message: Deploy: now', '1:16', 'a text with `: ` in it needs quotes'],
    ['with: { message: Deploy: now }', '1:24', 'a comma is missing, or a text with `: ` in it needs quotes'],
    ['with: { message: ${{ inputs.x }} }', '1:18', 'inside `{ }` and `[ ]` an expression needs quotes'],
    ['datasets: [${{ inputs.x }}]', '1:12', 'inside `{ }` and `[ ]` an expression needs quotes'],
    ['cron: * 3 * * *', '1:8', 'an alias has no name'],
    ['cron: */5 * * * *', '1:11', 'an alias is followed by other text'],
    ['- *x y', '1:6', 'an alias is followed by other text'],
    ['name: @calls', '1:7', 'a text cannot begin with `@`'],
    ['name: `calls`', '1:7', 'a text cannot begin with a backtick'],
    ['- %x', '1:3', 'a text cannot begin with `%`'],
    ['name: ]', '1:7', 'there is a `]` too many'],
    ['name: {a: b}}', '1:13', 'there is a `}` too many'],
    ['name: a\n}', '2:1', 'there is a `}` too many'],
    ['name: "calls" of a week', '1:15', 'there is more text behind the closing quote'],
    ['name: "calls', '1:13', 'a text in double quotes does not end'],
    ["name: 'calls", '1:13', 'a text in single quotes does not end'],
    ['name: "C:\\data"', '1:11', 'double quotes do not know this escape'],
    ['list: [a, b', '1:12', 'a `[` or `{` is not closed'],
    ['list: {a: b', '1:12', 'a `[` or `{` is not closed'],
    ['list: [a, , b]', '1:11', 'there is a comma too many'],
    ['list: ["a" "b"]', '1:12', 'there is more text behind the closing quote'],
    ['list: [[a] [b]]', '1:12', 'a comma is missing between two entries'],
    ['list: - a', '1:7', 'a list begins on a line of its own'],
    ['name: a\n  locale: b', '2:9', 'this line is a key, and the line before it is a text that has not ended'],
    ['name:a\nlocale: b', '2:7', 'this line is a key, and the line before it is a text that has not ended'],
    ['steps:\n  - id: a\n   with: b', '3:4', 'this line belongs to nothing above it'],
    ['name: b\n- c', '2:1', 'this line belongs to nothing above it'],
    ['name:\n\tid: a', '2:1', 'tabs are not allowed as indentation'],
    ['with: { kind: \tLanguage }', '1:16', 'a tab is not allowed here'],
    ['name: |\n a\nb', '3:2', 'a key has no `:` behind it'],
    ['name: |x\n a', '1:8', 'a line break is expected'],
    ['name: "a\nb"', '2:1', 'the text or the brackets that began above go on here'],
    ['name: !!int x', '1:7', 'what follows is no value of the tag !!int'],
    ['name: !!map x', '1:7', 'what follows is no value of the tag !!map'],
    ['name: !!str [x]', '1:7', 'what follows is no value of the tag !!str'],
    [`name: ${'x'.repeat(1_000_000)}: y`, '1:1000007', 'a text with `: ` in it needs quotes'],
  ])('%.40s is told at %s: %s', (text, place, problem) => {
    const { diagnostics } = loadPipeline(text, { path: 'p.yaml' });
    expect(diagnostics.map(({ code, line, column, message }) => [code, `${line}:${column}`, message])).toEqual([
      ['yaml-syntax', place, `Cannot read the YAML: ${problem}`],
    ]);
  });

  it.each([
    ['with: { message: ${{ inputs.x }} }', '"${{ inputs.x }}"'],
    [
      'with: { from: data/${{ matrix.x }}/a-${{ matrix.y }}.txt, kind: b }',
      '"data/${{ matrix.x }}/a-${{ matrix.y }}.txt"',
    ],
    ["a: [ b, ${{ c == '}}, ] ' }} d ]", '"${{ c == \'}}, ] \' }} d"'],
    ['with: {\n  a: "${{ b }}",\n  c: ${{ d }}\n}', '"${{ d }}"'],
    ['with: { a: ${{ b == "c" }} }', '"${{ … }}"'],
    ['with: { from: https://u:p@x/?sig=y&z=${{ a }} }', '"${{ … }}"'],
    [`a: [ b ${'x'.repeat(100)} \${{ c }} ]`, '"${{ … }}"'],
    ['a: [ b ${{ c', '"${{ … }}"'],
  ])('%.50s gets the hint to write %s', (text, quoted) => {
    const { diagnostics } = loadPipeline(text, { path: 'p.yaml' });
    expect(diagnostics.map(({ hint }) => hint)).toEqual([`Put the whole text into quotes: \`${quoted}\``]);
  });
});
