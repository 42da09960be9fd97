import { describe, expect, it } from 'vitest';
import { showWork } from '../../../../workflows/cli/data/show-work.ts';

describe('work that takes long', () => {
  it('is told by a line now and then where nothing can be drawn, and not at all where it is soon done', () => {
    const written: string[] = [];
    let now = 5000;
    const work = showWork('Read', { stderr: { write: (text: string) => void written.push(text) } }, () => now);
    for (const seconds of [0, 1, 9.9, 10, 11, 19, 20.5, 25]) {
      now = 5000 + 1000 * seconds;
      work.tell({ bytes: seconds * 1_000_000, of: 40_000_000 });
    }
    now += 100_000;
    work.tell({ count: 1200, of: 2000, what: 'sentences' });
    work.end();
    expect(written).toEqual([
      'Read: 10 MB of 40 MB (25 %)\n',
      'Read: 20.5 MB of 40 MB (51 %)\n',
      'Read: 1,200 of 2,000 sentences (60 %)\n',
    ]);
  });

  it('is drawn on a terminal, and gone at the end', () => {
    const drawn: (readonly string[])[] = [];
    let now = 0;
    const live = { draw: (lines: readonly string[]) => void drawn.push(lines), leave: () => undefined };
    const work = showWork('Read', { stderr: { write: () => undefined, live } }, () => now);
    for (now = 0; now < 500; now += 100) work.tell({ bytes: now * 1000 });
    work.end();
    expect(drawn).toEqual([['Read: 0 kB'], ['Read: 200 kB'], ['Read: 400 kB'], []]);
  });
});
