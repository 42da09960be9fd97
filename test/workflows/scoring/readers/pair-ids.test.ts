import { describe, expect, it } from 'vitest';
import { pairIds } from '../../../../workflows/scoring/readers/pair-ids.ts';

function pair(references: readonly string[], hypotheses: readonly string[]): unknown {
  const pairing = pairIds(
    references.map((id) => ({ id, text: '' })),
    hypotheses.map((id) => ({ id, text: '' })),
  );
  return pairing.kind === 'paired' ? { ...pairing, hypotheses: pairing.hypotheses.map(({ id }) => id) } : pairing;
}

describe('ids of two sides', () => {
  it('are compared as they are when any is on both', () => {
    expect(pair(['a', 'b'], ['b', 'c'])).toEqual({ kind: 'paired', hypotheses: ['b', 'c'] });
  });

  it('are compared without folder and extension when that pairs all of one side', () => {
    expect(pair(['a', 'b', 'c'], ['x/b.wav', 'x\\a.FLAC'])).toEqual({
      kind: 'paired',
      hypotheses: ['b', 'a'],
      loosely: ['b', 'x/b.wav'],
    });
    expect(pair(['x/a.wav'], ['y/a.mp3', 'y/b.mp3'])).toMatchObject({ hypotheses: ['x/a.wav', 'y/b.mp3'] });
  });

  it('stay apart where only some differ so, and one is named', () => {
    expect(pair(['a', 'b'], ['a', 'b.wav'])).toEqual({
      kind: 'paired',
      hypotheses: ['a', 'b.wav'],
      near: ['b', 'b.wav'],
    });
    expect(pair(['a', 'b'], ['a.wav', 'c.wav'])).toEqual({ kind: 'nothing in common', near: ['a', 'a.wav'] });
  });

  it('stay apart where two would become one', () => {
    expect(pair(['1/a', '2/a'], ['a.wav'])).toMatchObject({ kind: 'nothing in common' });
    expect(pair(['a', 'b'], ['1/a', '2/a'])).toMatchObject({ kind: 'nothing in common' });
  });

  it('have nothing in common when they differ in more', () => {
    expect(pair(['a'], ['b'])).toEqual({ kind: 'nothing in common' });
    expect(pair(['a.1'], ['a.2'])).toEqual({ kind: 'nothing in common' });
  });
});
