import { describe, expect, it } from 'vitest';
import { readTemplates } from '../../../../workflows/data/synthesis/read-templates.ts';

describe('templates', () => {
  it('are a sentence a line, with places in braces', () => {
    const { templates, lists } = read('// a comment\n# another\n\ngive {drug} to  {Name}\r\ngood morning\n', {
      drug: ['ramipril|Altace', 'apixaban'],
      name: ['Miss Jones'],
    });
    expect(templates.map(({ line, parts }) => [line, parts])).toEqual([
      [4, ['give ', { list: 'drug' }, ' to  ', { list: 'name' }]],
      [5, ['good morning']],
    ]);
    expect(lists.get('drug')).toEqual(['ramipril', 'apixaban']);
  });

  it('are the sentences of structured text, which the service trains with, and its lists', () => {
    const text =
      '\uFEFF// lists\n@ list Pet =\n- cat\n- big  dog\n@ speech:phoneticlexicon\n- cat/k ae t\n#Home\n- feed the {@pet}\n- wash {pet} with {soap}\nstray\n';
    const { templates, lists } = read(text, { soap: ['soap'] });
    expect(lists).toEqual(
      new Map([
        ['pet', ['cat', 'big dog']],
        ['soap', ['soap']],
      ]),
    );
    expect(templates.map(({ line, text: said }) => [line, said])).toEqual([
      [8, 'feed the {@pet}'],
      [9, 'wash {pet} with {soap}'],
    ]);
  });

  it.each([
    ['give {drgu} now', { drug: ['a'] }, 't.txt:1 takes an item of: there is none; did you mean {drug}?'],
    ['give {drug} now', {}, '--terms drug=FILE gives it'],
    ['give {drug now', {}, 'Close each place of t.txt:1 as {name}'],
    ['give it now', { drug: ['a'] }, 'Write {drug} into a sentence of t.txt'],
    ['@ list drug =\n- a\n#A\n- give {@drug}', { drug: ['a'] }, 'Give the list drug once'],
    ['@ list drug =\n#A\n- give {@drug}', {}, 'Give the list drug an item'],
    ['give {drug}', { drug: ['a', 'a'] }, 'Correct drug.txt:2: Give each spelling once'],
    ['\n// nothing\n', {}, 'Write a sentence into t.txt'],
  ])('say what is wrong with %j', (text, terms, message) => {
    expect(() => read(text, terms)).toThrow(message);
  });

  it.each([
    ['blank lines', `${'\n'.repeat(300_000)}give it`, 1],
    ['blank lines below a heading', `give it\n# a${'\n'.repeat(300_000)}`, 1],
    ['spaces in a place', `give {${' '.repeat(100_000)}`, 'Close each place'],
    ['spaces in many places', `give ${'{@   '.repeat(30_000)}`, 'Close each place'],
  ])('take no longer for many %s', (_, text, expected) => {
    if (typeof expected === 'number') expect(read(text, {}).templates).toHaveLength(expected);
    else expect(() => read(text, {})).toThrow(expected);
  });
});

function read(text: string, terms: Readonly<Record<string, readonly string[]>>) {
  return readTemplates(text, {
    path: 't.txt',
    terms: Object.entries(terms).map(([name, all]) => ({ name, path: `${name}.txt`, text: all.join('\n') })),
  });
}
