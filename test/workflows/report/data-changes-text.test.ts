import { describe, expect, it } from 'vitest';
import type { SavedData } from '../../../schemas/types.gen.ts';
import { dataChangeItems, dataChangeLines } from '../../../workflows/report/data-changes-text.ts';

const same = {
  unit: 'lines',
  since: 'origin/main (1a2b3c4d5e6f)',
  added: 0,
  removed: 0,
  changed: 0,
  examples: [],
} as const;
const data: readonly SavedData[] = [
  { path: 'data/unknown.txt', kind: 'Language', digest: 'a' },
  { path: 'data/same.txt', kind: 'Language', digest: 'b', changes: same },
  {
    path: 'data/test',
    kind: 'Acoustic',
    digest: 'c',
    changes: {
      ...same,
      unit: 'recordings',
      added: 12,
      removed: 1,
      examples: [{ change: 'removed', text: 'b.wav: good night @all' }],
    },
  },
  { path: 'data/text.txt', kind: 'Language', digest: 'd', changes: { ...same, changed: 1 } },
];

describe('how data have changed', () => {
  it('is a line for each that has', () => {
    expect(dataChangeLines(data)).toEqual([
      'data/test: 1 recording removed, 12 added since origin/main (1a2b3c4d5e6f)',
      'data/text.txt: 1 line changed since origin/main (1a2b3c4d5e6f)',
    ]);
  });

  it('is a list in Markdown with some of it, in which the texts of strangers are dead', () => {
    expect(dataChangeItems(data)).toEqual([
      '- `data/test`: 1 recording removed, 12 added since `origin/main (1a2b3c4d5e6f)`\n  - removed: `b.wav: good night @all`',
      '- `data/text.txt`: 1 line changed since `origin/main (1a2b3c4d5e6f)`',
    ]);
  });
});
