import { describe, expect, it } from 'vitest';
import { SaidInTests } from '../../../../workflows/data/compare/said-in-tests.ts';
import { TemplatesInTests } from '../../../../workflows/data/compare/templates-in-tests.ts';

describe('sentences with places', () => {
  it('are found in test sets once they are filled in, whatever comes first', () => {
    const templates = templatesIn('please give Miss Jones the ramipril now', 'how much ramipril is left in the box');
    templates.addSentence('please give {@name} the {@Drug} now', 1);
    for (const drug of ['metoprolol', 'ramipril']) templates.addItem('drug', drug);
    for (const name of ['Mister Smith', 'Jones', 'Miss Jones']) templates.addItem('name', name);
    templates.addSentence('how much {@drug} is in a {@place}', 2);
    templates.addSentence('please give {@name} a cup of tea with {@drug} now', 3);
    expect([...templates.found()]).toEqual([
      { at: 1, said: expect.objectContaining({ line: 1 }), sentence: 'please give Miss Jones the ramipril now' },
    ]);
  });

  it('are found where no two words stand together, or where a place is what makes the difference', () => {
    const templates = templatesIn('call Miss Jones on ward two please');
    for (const item of ['Miss Jones on ward two', 'Miss Jones', 'ward two']) templates.addItem('who', item);
    templates.addSentence('call {@who} please', 1);
    templates.addSentence('{@who}', 2);
    templates.addSentence('call {@who} on {@who} please', 3);
    templates.addSentence('call {@other} please', 4);
    expect([...templates.found()].map(({ at }) => at)).toEqual([1, 3]);
  });

  it('are looked up at once where they have no places', () => {
    const templates = templatesIn('please give Miss Jones the ramipril now');
    expect(templates.addSentence('Please give Miss Jones the ramipril, now!', 1)?.line).toBe(1);
    expect(templates.addSentence('please sit down on the chair', 2)).toBeUndefined();
    expect([...templates.found()]).toEqual([]);
  });

  it('are many without much work', () => {
    const words = Array.from(
      { length: 300 },
      (_, index) => `word${'abcdefghij'[index % 10]}${'klmnopqrst'[Math.floor(index / 10) % 10]}`,
    );
    const utterance = (seed: number): string =>
      Array.from({ length: 12 }, (_, at) => words[(seed * 7 + at * at * 13) % 300]).join(' ');
    const templates = templatesIn(...Array.from({ length: 1000 }, (_, index) => utterance(index)));
    for (let index = 0; index < 35_000; index += 1)
      templates.addItem('w', `${words[index % 300]} ${words[(index * 3) % 300]}`);
    for (let index = 0; index < 5000; index += 1)
      templates.addSentence(
        `${words[index % 300]} ${words[(index + 13) % 300]} {@w} ${words[(index * 11) % 300]}`,
        index,
      );
    expect([...templates.found()].length).toBeLessThan(5000);
  });
});

function templatesIn(...texts: readonly string[]): TemplatesInTests<number> {
  const said = new SaidInTests('en-US');
  for (const [index, text] of texts.entries())
    said.add(text, { recording: 'a.wav', path: 'trans.txt', line: index + 1 });
  return new TemplatesInTests(said);
}
