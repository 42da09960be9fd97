import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { withLiveStderr } from '../../../workflows/cli/live-stream.ts';
import type { Io, LiveLines } from '../../../workflows/cli/session.ts';
import { wantsColor } from '../../../workflows/cli/wants-color.ts';

function terminalOf(
  columns: number,
  env: Io['env'] = {},
): { stderr: Io['stderr']; live: LiveLines; size: Size; taken(): string } {
  let text = '';
  const size: Size = { columns, rows: 24 };
  const stream = Object.assign(size, { isTTY: true, write: (more: string) => void (text += more) });
  const { stderr } = withLiveStderr({
    stdout: stream,
    stderr: stream,
    env,
    cwd: '/',
    signal: new AbortController().signal,
  });
  if (stderr.live === undefined) throw new Error('A terminal can draw');
  return {
    stderr,
    live: stderr.live,
    size,
    taken() {
      const taken = text;
      text = '';
      return taken;
    },
  };
}

interface Size {
  columns: number;
  rows: number;
}

describe('live lines', () => {
  it('are drawn over those drawn before, unless nothing has changed', () => {
    const { live, taken } = terminalOf(20);
    live.draw(['one', 'two'], stringWidth);
    expect(taken()).toBe('one\u001B[K\ntwo\u001B[K\n\u001B[J');
    live.draw(['one', 'two'], stringWidth);
    expect(taken()).toBe('');
    live.draw(['three'], stringWidth);
    expect(taken()).toBe('\u001B[2A\rthree\u001B[K\n\u001B[J');
  });

  it('have what else is written above them, and below them when they are left', () => {
    const { stderr, live, taken } = terminalOf(20);
    live.draw(['one'], stringWidth);
    taken();
    stderr.write('warning: full\n');
    stderr.write('no line end');
    expect(taken()).toBe('\u001B[1A\r\u001B[Jwarning: full\none\n\u001B[1A\r\u001B[Jno line end\none\n');
    live.leave();
    expect(taken()).toBe('\r\u001B[J');
    stderr.write('error: gone\n');
    live.draw(['new'], stringWidth);
    expect(taken()).toBe('error: gone\nnew\u001B[K\n\u001B[J');
  });

  it('take the rows that a narrower terminal has wrapped them into', () => {
    const { live, size, taken } = terminalOf(20);
    live.draw(['\u001B[1m中中中中中中\u001B[22m', 'ten letter', ''], stringWidth);
    taken();
    size.columns = 5;
    live.draw(['now'], stringWidth);
    expect(taken()).toContain('\u001B[6A\rnow');
    live.draw(['now'], stringWidth);
    expect(taken()).toBe('');
    size.columns = 20;
    live.draw(['now'], stringWidth);
    expect(taken()).toContain('\u001B[1A\rnow');
  });

  it('never hide the cursor', () => {
    const { live, taken } = terminalOf(20);
    live.draw(['one'], stringWidth);
    live.draw(['two'], stringWidth);
    live.leave();
    expect(taken()).not.toContain('?25l');
  });

  it('are there on terminals alone that can move their cursor', () => {
    const signal = new AbortController().signal;
    const io = { stdout: { write() {} }, env: {}, cwd: '/', signal };
    const stderr = { write() {}, isTTY: true };
    expect(withLiveStderr({ ...io, stderr: { write() {} } }).stderr.live).toBe(undefined);
    expect(withLiveStderr({ ...io, stderr, env: { TERM: 'dumb' } }).stderr.live).toBe(undefined);
    expect(withLiveStderr({ ...io, stderr, env: { TERM: 'xterm' } }).stderr.live).toBeDefined();
  });
});

describe('colours', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [undefined, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ] as const)('on a terminal (%s) with %j: %s', (isTTY, env, wanted) => {
    expect(wantsColor({ write() {}, isTTY }, { env })).toBe(wanted);
  });
});
