/** A line of a text for a diff, with its carriage return, and whether a line feed follows. */
export interface DiffLine {
  readonly text: string;
  /** @default true */
  readonly hasEnd?: boolean;
}

/** Lines around a change. */
const CONTEXT = 3;
/**
 * So many lines are held, or so many characters: a hunk that has more is ended without lines around it, and the next one begins where it
 * ends. Such a diff is applied with `git apply --unidiff-zero`.
 */
const MOST_IN_HUNK = 20_000;
const MOST_CHARACTERS = 1 << 20;

/**
 * Writes the difference of two texts as `patch` and `git apply` read it, line by line as they come, each hunk with the reasons for its
 * changes. Where nothing differs, nothing is written. Bytes that are written are overwritten by those of the next hunk.
 */
export class DiffWriter {
  readonly #write: (piece: string | Uint8Array) => void;
  readonly #name: string;
  #isBegun = false;
  /** The last lines that are the same, which would begin a hunk. */
  #before: DiffLine[] = [];
  readonly #hunk = new PackedLines();
  #reasons = new Set<string>();
  /** How many lines of the hunk are in each text. */
  #size = { old: 0, new: 0 };
  /** The lines at the end of the hunk that are the same, and how many bytes of it are before each. */
  #same: { readonly line: DiffLine; readonly from: number }[] = [];
  #line = { old: 1, new: 1 };

  constructor(name: string, write: (piece: string | Uint8Array) => void) {
    this.#name = name;
    this.#write = write;
  }

  same(line: DiffLine): void {
    if (this.#hunk.lines === 0) {
      this.#before.push(line);
      if (this.#before.length > CONTEXT) {
        this.#before.shift();
        this.#advance({ old: 1, new: 1 });
      }
      return;
    }
    this.#same.push({ line, from: this.#hunk.bytes });
    this.#add(' ', line);
    if (this.#same.length >= 2 * CONTEXT || this.#hunk.isFull) this.#flush({ isFollowed: true });
  }

  change(from: readonly DiffLine[], to: readonly DiffLine[], reasons: readonly string[]): void {
    if (this.#hunk.isFull) this.#flush({ isFollowed: false });
    for (const line of this.#before.splice(0)) this.#add(' ', line);
    for (const line of from) this.#add('-', line);
    for (const line of to) this.#add('+', line);
    for (const reason of reasons) this.#reasons.add(reason);
    this.#same = [];
  }

  end(): void {
    if (this.#hunk.lines > 0) this.#flush({ isFollowed: false });
  }

  #add(mark: ' ' | '-' | '+', line: DiffLine): void {
    this.#hunk.add(mark, line);
    if (mark !== '+') this.#size.old += 1;
    if (mark !== '-') this.#size.new += 1;
  }

  #advance({ old, new: added }: { readonly old: number; readonly new: number }): void {
    this.#line = { old: this.#line.old + old, new: this.#line.new + added };
  }

  /** Writes the hunk with as many lines behind its last change as belong to it; those further behind begin the next. */
  #flush({ isFollowed }: { readonly isFollowed: boolean }): void {
    const rest = isFollowed ? this.#same.slice(CONTEXT) : [];
    const size = { old: this.#size.old - rest.length, new: this.#size.new - rest.length };
    if (!this.#isBegun) this.#write(`--- a/${this.#name}\n+++ b/${this.#name}\n`);
    this.#isBegun = true;
    // Of a text without a line the number is that of the line before.
    const at = (line: number, count: number): string => `${count === 0 ? line - 1 : line},${count}`;
    const heading = `@@ -${at(this.#line.old, size.old)} +${at(this.#line.new, size.new)} @@`;
    this.#write(`${heading} ${[...this.#reasons].join(', ')}\n`);
    this.#write(this.#hunk.upTo(rest[0]?.from));
    this.#advance(size);
    this.#before = rest.map(({ line }) => line);
    this.#hunk.clear();
    this.#reasons = new Set();
    this.#size = { old: 0, new: 0 };
    this.#same = [];
  }
}

/** Lines of a diff as bytes in memory that is used again: as strings of a hunk they would keep alive what they were cut out of. */
class PackedLines {
  lines = 0;
  bytes = 0;
  #characters = 0;
  #memory = Buffer.allocUnsafe(1 << 12);

  get isFull(): boolean {
    return this.lines >= MOST_IN_HUNK || this.#characters >= MOST_CHARACTERS;
  }

  add(mark: string, { text, hasEnd = true }: DiffLine): void {
    const line = `${mark}${text}\n${hasEnd ? '' : '\\ No newline at end of file\n'}`;
    // A character has three bytes at most.
    const most = this.bytes + 3 * line.length;
    if (most > this.#memory.length) {
      const larger = Buffer.allocUnsafe(Math.max(most, 2 * this.#memory.length));
      this.#memory.copy(larger, 0, 0, this.bytes);
      this.#memory = larger;
    }
    this.bytes += this.#memory.write(line, this.bytes);
    this.lines += 1;
    this.#characters += text.length;
  }

  /** All of them, or so many bytes. */
  upTo(bytes = this.bytes): Uint8Array {
    return this.#memory.subarray(0, bytes);
  }

  clear(): void {
    this.lines = 0;
    this.bytes = 0;
    this.#characters = 0;
  }
}
