import type { Io, LiveLines, TextStream, WidthOf } from './session.ts';

/** The same, where `stderr` can draw live lines if it is a terminal. */
export function withLiveStderr(io: Io): Io {
  const canDraw = io.stderr.isTTY === true && io.env['TERM'] !== 'dumb';
  return canDraw ? { ...io, stderr: new LiveStream(io.stderr) } : io;
}

/**
 * A terminal whose last lines are drawn again and again, below whatever else is written. The cursor stays visible and below
 * them, so that the process may end at any moment, also by a signal, and leaves a terminal that is in order.
 */
class LiveStream implements TextStream, LiveLines {
  readonly #terminal: TextStream;
  #drawn: readonly string[] = [];
  #widthOf: WidthOf = ({ length }) => length;
  #drawnColumns: number | undefined;

  constructor(terminal: TextStream) {
    this.#terminal = terminal;
  }

  readonly isTTY = true;

  get columns(): number | undefined {
    return this.#terminal.columns;
  }

  get rows(): number | undefined {
    return this.#terminal.rows;
  }

  get live(): LiveLines {
    return this;
  }

  write(text: string): void {
    if (this.#drawn.length === 0) {
      this.#terminal.write(text);
      return;
    }
    const whole = text.endsWith('\n') ? text : `${text}\n`;
    this.#terminal.write(`${this.#toTop()}${eraseBelow}${whole}${this.#drawn.map((line) => `${line}\n`).join('')}`);
  }

  draw(lines: readonly string[], widthOf: WidthOf): void {
    const isSame = lines.length === this.#drawn.length && lines.every((line, index) => line === this.#drawn[index]);
    if (isSame && this.#drawnColumns === this.columns) return;
    // Each line is written over the old one, because a screen that is erased first flickers.
    this.#terminal.write(`${this.#toTop()}${lines.map((line) => `${line}${eraseRest}\n`).join('')}${eraseBelow}`);
    this.#drawn = lines;
    this.#widthOf = widthOf;
    this.#drawnColumns = this.columns;
  }

  leave(): void {
    // The terminal may have echoed Ctrl-C there.
    if (this.#drawn.length > 0) this.#terminal.write(`\r${eraseBelow}`);
    this.#drawn = [];
  }

  /** A terminal that has got narrower has wrapped the lines again: they take more rows than there are lines. */
  #toTop(): string {
    const columns = this.columns || Infinity;
    let rows = 0;
    for (const line of this.#drawn) rows += Math.max(1, Math.ceil(this.#widthOf(line) / columns));
    return rows === 0 ? '' : `\u001B[${rows}A\r`;
  }
}

const eraseRest = '\u001B[K';
const eraseBelow = '\u001B[J';
