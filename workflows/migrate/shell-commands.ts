/** A command of a shell script, with what it reads and where its output goes. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** Counted from 1 in the script. */
  readonly line: number;
  /** Whether it reads what the command before it prints. */
  readonly isPiped: boolean;
  /** Files that its output goes to. */
  readonly outputs: readonly { readonly file: ShellWord; readonly isAppended: boolean }[];
  /** Files that it reads, and texts that stand in the script. */
  readonly inputs: readonly { readonly kind: 'file' | 'text'; readonly word: ShellWord }[];
}

export type ShellWord = readonly ShellPart[];

/** Literal text, a variable (also `env.NAME` of GitHub's expressions), or what commands print. */
export type ShellPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'commands'; readonly commands: readonly ShellCommand[] };

/**
 * The commands of a script for a POSIX shell, as far as they can be told without a shell: quotes, variables, substitutions,
 * continued lines (also those of PowerShell and cmd), pipes, redirections and here-documents. Executes nothing, and never throws.
 */
export function shellCommands(script: string, { firstLine = 1 }: { readonly firstLine?: number } = {}): ShellCommand[] {
  return new ShellReader(script, firstLine).commands({ until: undefined, depth: 0 });
}

/** Substitutions in substitutions; what is deeper stays text. */
const MAX_DEPTH = 16;

interface OpenCommand {
  words: ShellWord[];
  line: number;
  isPiped: boolean;
  outputs: { file: ShellWord; isAppended: boolean }[];
  inputs: { kind: 'file' | 'text'; word: ShellWord }[];
}

interface HereDocument {
  readonly end: string;
  readonly isLiteral: boolean;
  readonly command: OpenCommand;
}

class ShellReader {
  readonly #text: string;
  #at = 0;
  #line: number;
  #documents: HereDocument[] = [];
  #isInBackticks = false;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  commands({ until, depth }: { readonly until: string | undefined; readonly depth: number }): ShellCommand[] {
    const all: ShellCommand[] = [];
    let open = this.#begin(false);
    const close = (isPiped: boolean): void => {
      if (open.words.length > 0 || open.outputs.length > 0) all.push(open);
      open = this.#begin(isPiped);
    };
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? '';
      const next = this.#text[this.#at + 1] ?? '';
      if (character === until) break;
      if (this.#skipContinuation()) continue;
      if (character === '\n') {
        this.#newLine();
        // `|` at the end of a line goes on in the next one.
        if (open.words.length > 0 || !open.isPiped) close(false);
      } else if (/\s/.test(character)) this.#at += 1;
      else if (character === '#') this.#at = this.#endOfLine();
      else if (character === '|' && next !== '|') {
        this.#at += 1;
        close(true);
      } else if (/[;&|()]/.test(character) && !(character === '&' && next === '>')) {
        this.#at += /[;&|]/.test(character) && next === character ? 2 : 1;
        close(false);
      } else if (/[<>]/.test(character) || (character === '&' && next === '>')) this.#redirect(open, depth);
      else {
        if (open.words.length === 0) open.line = this.#line;
        const word = this.#word(depth);
        const isDescriptor = /[<>]/.test(this.#text[this.#at] ?? '') && /^\d$/.test(literal(word));
        if (isDescriptor) this.#redirect(literal(word) === '1' ? open : this.#begin(false), depth);
        else open.words.push(word);
      }
    }
    close(false);
    return all;
  }

  #begin(isPiped: boolean): OpenCommand {
    return { words: [], line: this.#line, isPiped, outputs: [], inputs: [] };
  }

  #redirect(command: OpenCommand, depth: number): void {
    const [operator = ''] = /^&?(<<<|<<-?|>>|[<>]&?\|?)/.exec(this.#text.slice(this.#at, this.#at + 4)) ?? [];
    this.#at += Math.max(operator.length, 1);
    while (/[ \t]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    if (operator.endsWith('&')) {
      while (/[\d-]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      return;
    }
    const isLiteral = /^["'\\]/.test(this.#text[this.#at] ?? '');
    if (/[\n;|&()]/.test(this.#text[this.#at] ?? '\n')) return;
    const word = this.#word(depth);
    if (operator === '<<' || operator === '<<-') this.#documents.push({ end: literal(word), isLiteral, command });
    else if (operator === '<<<') command.inputs.push({ kind: 'text', word });
    else if (operator.startsWith('<')) command.inputs.push({ kind: 'file', word });
    else command.outputs.push({ file: word, isAppended: operator.endsWith('>>') });
  }

  /** Behind the end of a line stand the here-documents that its commands read. */
  #newLine(): void {
    this.#at += 1;
    this.#line += 1;
    for (const { end, isLiteral, command } of this.#documents.splice(0)) {
      const lines: string[] = [];
      const firstLine = this.#line;
      while (this.#at < this.#text.length) {
        const to = this.#endOfLine();
        const line = this.#text.slice(this.#at, to);
        this.#line += this.#text[to] === '\n' ? 1 : 0;
        this.#at = Math.min(to + 1, this.#text.length);
        if (line.trim() === end) break;
        lines.push(line);
      }
      const body = lines.join('\n');
      const word: ShellWord = isLiteral ? [{ kind: 'text', text: body }] : new ShellReader(body, firstLine).#quoted();
      command.inputs.push({ kind: 'text', word });
    }
  }

  #word(depth: number): ShellWord {
    const parts: ShellPart[] = [];
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? '';
      if (this.#skipContinuation()) break;
      if (/[\s;&|()<>]/.test(character) || (character === '`' && this.#isInBackticks)) break;
      if (character === "'") this.#single(parts);
      else if (character === '"') {
        this.#at += 1;
        this.#double(parts, { until: '"', depth });
        this.#at += 1;
      } else if (character === '\\') {
        add(parts, this.#text[this.#at + 1] ?? '');
        this.#at += 2;
      } else this.#unquoted(parts, depth);
    }
    return parts;
  }

  #single(parts: ShellPart[]): void {
    this.#at += 1;
    // GitHub puts in what its expressions give before a shell sees the quotes.
    while (this.#at < this.#text.length && this.#text[this.#at] !== "'") {
      if (this.#text.startsWith('${{', this.#at)) this.#dollar(parts, MAX_DEPTH);
      else this.#take(parts);
    }
    this.#at += 1;
    if (parts.length === 0) add(parts, '');
  }

  #double(parts: ShellPart[], { until, depth }: { readonly until: string | undefined; readonly depth: number }): void {
    while (this.#at < this.#text.length && this.#text[this.#at] !== until) {
      const character = this.#text[this.#at] ?? '';
      if (character === '\\' && /["$`\\\n]/.test(this.#text[this.#at + 1] ?? '')) {
        this.#at += 1;
        if (this.#text[this.#at] === '\n') {
          this.#at += 1;
          this.#line += 1;
        } else this.#take(parts);
      } else this.#unquoted(parts, depth);
    }
    if (parts.length === 0) add(parts, '');
  }

  /** A whole text as what stands in double quotes. */
  #quoted(): ShellWord {
    const parts: ShellPart[] = [];
    this.#double(parts, { until: undefined, depth: 1 });
    return parts;
  }

  #unquoted(parts: ShellPart[], depth: number): void {
    const character = this.#text[this.#at] ?? '';
    if (character === '$') this.#dollar(parts, depth);
    else if (character === '`' && !this.#isInBackticks && this.#text.includes('`', this.#at + 1)) {
      this.#at += 1;
      this.#isInBackticks = true;
      parts.push({ kind: 'commands', commands: this.commands({ until: '`', depth: MAX_DEPTH }) });
      this.#isInBackticks = false;
      this.#at += 1;
    } else this.#take(parts);
  }

  #dollar(parts: ShellPart[], depth: number): void {
    const rest = this.#text.slice(this.#at, this.#at + 300);
    const [whole = '', expression, braced, fallback, plain] =
      /^\$\{\{\s*([^{}]*?)\s*\}\}|^\$\{[#!]?(\w+|[@*#?])(?::?[-=]([^{}]*)|[^{}]*)\}|^\$(?:env:)?(\w+|[@*#?!])/.exec(
        rest,
      ) ?? [];
    const name = expression ?? braced ?? plain;
    if (name !== undefined) {
      this.#at += whole.length;
      parts.push({ kind: 'variable', name: fallback === undefined ? name : `${name}:-${fallback}` });
    } else if (rest.startsWith('$(') && !rest.startsWith('$((') && depth < MAX_DEPTH) {
      this.#at += 2;
      parts.push({ kind: 'commands', commands: this.commands({ until: ')', depth: depth + 1 }) });
      this.#at += 1;
    } else this.#take(parts);
  }

  #take(parts: ShellPart[]): void {
    const character = this.#text[this.#at] ?? '';
    if (character === '\n') this.#line += 1;
    add(parts, character);
    this.#at += 1;
  }

  #skipContinuation(): boolean {
    const [whole] = /^[\\`^]\r?\n/.exec(this.#text.slice(this.#at, this.#at + 3)) ?? [];
    if (whole === undefined || (whole.startsWith('`') && this.#isInBackticks)) return false;
    this.#at += whole.length;
    this.#line += 1;
    return true;
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }
}

function add(parts: ShellPart[], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + text };
  else parts.push({ kind: 'text', text });
}

/** The text of a word that is nothing else, or an empty one. */
function literal(word: ShellWord): string {
  const [first] = word;
  return word.length === 1 && first?.kind === 'text' ? first.text : '';
}
