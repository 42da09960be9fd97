import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

/** What is changed, as it is found out: written to a file as a whole, and its beginning kept for people to see. */
export class ChangeLog {
  readonly #file: WriteStream;
  readonly #shown: string[] = [];
  #shownBytes = 0;
  #changes = 0;
  #isCut = false;

  constructor(file: string) {
    this.#file = createWriteStream(file, { flags: 'wx' });
    // It is told where the log is closed.
    this.#file.on('error', () => undefined);
  }

  /** Takes text, or a copy of its bytes. */
  write(piece: string | Uint8Array): void {
    this.#changes += 1;
    this.#file.write(typeof piece === 'string' ? piece : Buffer.from(piece));
    if (this.#isCut) return;
    const left = mostShown - this.#shownBytes;
    // Of what is longer than is shown the end does not matter.
    const text = typeof piece === 'string' ? piece : Buffer.from(piece.subarray(0, 4 * mostShown)).toString('utf8');
    this.#isCut = text.length > left;
    const shown = this.#isCut ? text.slice(0, text.lastIndexOf('\n', left) + 1) : text;
    this.#shown.push(shown);
    this.#shownBytes += shown.length;
  }

  /** Waits until the disk has taken what was written, so that memory does not grow. */
  async settle(): Promise<void> {
    if (this.#file.writableNeedDrain) await once(this.#file, 'drain');
  }

  /** Ends the file, and answers the beginning of it, and whether there is more. */
  async close(): Promise<{ readonly shown: string; readonly isCut: boolean; readonly isEmpty: boolean }> {
    this.#file.end();
    await finished(this.#file);
    return { shown: this.#shown.join(''), isCut: this.#isCut, isEmpty: this.#changes === 0 };
  }
}

/** About two hundred lines. */
const mostShown = 16_000;
