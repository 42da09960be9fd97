import { describe, expect, it } from 'vitest';
import { fileChanges, lineChanges, recordingChanges } from '../../../workflows/review/data-changes.ts';

describe('how data have changed', () => {
  it('is of a text by its lines, in whatever order they stand, and however often', () => {
    const changes = lineChanges('\uFEFFone\ntwo\ntwo\nthree\n', 'three\r\n\r\ntwo\r\nfour\r\none\r\nfour');
    expect(changes).toEqual({
      unit: 'lines',
      added: 2,
      removed: 1,
      changed: 0,
      examples: [
        { change: 'removed', text: 'two' },
        { change: 'added', text: 'four' },
        { change: 'added', text: 'four' },
      ],
    });
    expect(lineChanges('a\nb', 'b\na\n')).toMatchObject({ added: 0, removed: 0, changed: 0, examples: [] });
  });

  it('shows some of each sort, and the beginning of a long one', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
    const { added, examples } = lineChanges('', `${lines}\n${'x'.repeat(500)}`);
    expect([added, examples.length]).toEqual([41, 5]);
    const [long] = lineChanges('', 'x'.repeat(500)).examples;
    expect(long?.text).toBe(`${'x'.repeat(200)}…`);
  });

  it('is of recordings by their audio and by what is said in them', () => {
    const before = 'a.wav\tgood morning\nb.wav\tgood night\nc.wav\tgoodbye\nno tab here\n';
    const after = 'a.wav\tgood morning\nb.wav\tgood evening\nd.wav\thello\n';
    const audio = new Map([
      ['a.wav', 'changed'],
      ['c.wav', 'removed'],
      ['d.wav', 'added'],
    ] as const);
    expect(recordingChanges({ audio, before, after })).toEqual({
      unit: 'recordings',
      added: 1,
      removed: 1,
      changed: 2,
      examples: [
        { change: 'removed', text: 'c.wav: goodbye' },
        { change: 'changed', text: 'a.wav: good morning' },
        { change: 'changed', text: 'b.wav: good evening' },
        { change: 'added', text: 'd.wav: hello' },
      ],
    });
  });

  it('is of other files that they changed', () => {
    expect(fileChanges(new Map([['calls.zip', 'changed']]))).toEqual({
      unit: 'files',
      added: 0,
      removed: 0,
      changed: 1,
      examples: [{ change: 'changed', text: 'calls.zip' }],
    });
  });
});
