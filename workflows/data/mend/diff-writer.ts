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
 * changes. Where nothing differs, nothing is written.
 */
export class DiffWriter {
  readonly #write: (text: string) => void;
  readonly #name: string;
  #isBegun = false;
  /** The last lines that are the same, which would begin a hunk. */
  #before: DiffLine[] = [];
  #hunk: string[] = [];
  #characters = 0;
  #reasons = new Set<string>();
  /** How many lines of the hunk are in each text, and how many at its end are the same. */
  #size = { old: 0, new: 0, same: 0 };
  #line = { old: 1, new: 1 };

  constructor(name: string, write: (text: string) => void) {
    this.#name = name;
    this.#write = write;
  }

  same(line: DiffLine): void {
    if (this.#hunk.length === 0) {
      this.#before.push(line);
      if (this.#before.length > CONTEXT) {
        this.#before.shift();
        this.#advance({ old: 1, new: 1 });
      }
      return;
    }
    this.#add(' ', line);
    this.#size.same += 1;
    if (this.#size.same >= 2 * CONTEXT || this.#isFull()) this.#flush(line);
  }

  change(from: readonly DiffLine[], to: readonly DiffLine[], reasons: readonly string[]): void {
    if (this.#isFull()) this.#flush();
    for (const line of this.#before.splice(0)) this.#add(' ', line);
    for (const line of from) this.#add('-', line);
    for (const line of to) this.#add('+', line);
    for (const reason of reasons) this.#reasons.add(reason);
    this.#size.same = 0;
  }

  end(): void {
    if (this.#hunk.length > 0) this.#flush();
  }

  #add(mark: ' ' | '-' | '+', { text, hasEnd = true }: DiffLine): void {
    this.#hunk.push(`${mark}${text}\n${hasEnd ? '' : '\\ No newline at end of file\n'}`);
    this.#characters += text.length;
    if (mark !== '+') this.#size.old += 1;
    if (mark !== '-') this.#size.new += 1;
  }

  #isFull(): boolean {
    return this.#hunk.length >= MOST_IN_HUNK || this.#characters >= MOST_CHARACTERS;
  }

  #advance({ old, new: added }: { readonly old: number; readonly new: number }): void {
    this.#line = { old: this.#line.old + old, new: this.#line.new + added };
  }

  /** Writes the hunk with as many lines behind its last change as belong to it; those further behind begin the next. */
  #flush(last?: DiffLine): void {
    const surplus = last === undefined ? 0 : Math.max(0, this.#size.same - CONTEXT);
    const rest = surplus === 0 ? [] : this.#hunk.splice(-surplus);
    const size = { old: this.#size.old - surplus, new: this.#size.new - surplus };
    if (!this.#isBegun) this.#write(`--- a/${this.#name}\n+++ b/${this.#name}\n`);
    this.#isBegun = true;
    // Of a text without a line the number is that of the line before.
    const at = (line: number, count: number): string => `${count === 0 ? line - 1 : line},${count}`;
    const heading = `@@ -${at(this.#line.old, size.old)} +${at(this.#line.new, size.new)} @@`;
    this.#write(`${heading} ${[...this.#reasons].join(', ')}\n${this.#hunk.join('')}`);
    this.#advance(size);
    this.#before = rest.map((line) => ({
      text: line.slice(1).split('\n', 1)[0] ?? '',
      hasEnd: !line.includes('\n\\'),
    }));
    this.#hunk = [];
    this.#characters = 0;
    this.#reasons = new Set();
    this.#size = { old: 0, new: 0, same: 0 };
  }
}
