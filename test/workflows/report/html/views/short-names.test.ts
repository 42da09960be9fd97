import { describe, expect, it } from 'vitest';
import { shortNames } from '../../../../../workflows/report/html/views/short-names.ts';

const short = (names: readonly string[], most = 15): readonly string[] => [...shortNames(names, () => most).values()];

describe('shortNames', () => {
  it('leaves what has room, and cuts the rest in its middle', () => {
    expect(short(['calls', 'fifteen letters'])).toEqual(['calls', 'fifteen letters']);
    expect(short(['20260809 + Audio file adaptation'])).toEqual(['20260809 …ation']);
  });

  it('shows what differs of names that would look the same', () => {
    const names = ['measure the calls of ward north of the house', 'measure the calls of ward south of the house'];
    expect(short(names)).toEqual(['measu…north of…', 'measu…south of…']);
    expect(short(['evaluate-all-languages-a1', 'evaluate-all-languages-b1'])).toEqual([
      'evaluate-…es-a1',
      'evaluate-…es-b1',
    ]);
  });

  it('is as long as there is room at most, also of other scripts', () => {
    const names = [
      ['a', 'b'],
      ['c', 'd'],
    ].flatMap(([one, other]) => [
      `${'x'.repeat(30)}${one}${'y'.repeat(30)}`,
      `${'字'.repeat(40)}${other}${'字'.repeat(40)}`,
    ]);
    const cut = short(names);
    expect(new Set(cut).size).toBe(4);
    for (const name of cut) expect([...name].length).toBeLessThanOrEqual(15);
  });
});
