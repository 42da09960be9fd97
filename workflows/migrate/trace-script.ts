import { type Marks, withoutMarks } from './text-marks.ts';
import type { MigrationNote, OldCall } from './old-call.ts';
import { readRequest, requestOf } from './rest-call.ts';
import { shellCommands, type ShellCommand, type ShellWord } from './shell-commands.ts';
import { type CallOptions, type ReadCall, readSpx } from './spx-call.ts';

/** What is known while the scripts of a file are followed, from one to the next. */
export interface ScriptState {
  readonly file: string;
  readonly marks: Marks;
  /** Values of variables by name; texts may have marks. */
  readonly variables: Map<string, string>;
  /** What scripts have written into files, by their plain names. */
  readonly files: Map<string, string>;
  readonly calls: OldCall[];
  readonly notes: MigrationNote[];
  /** Where a rate is first read out of an evaluation. */
  gate?: number;
}

/**
 * Follows what a script would do, without doing it: which calls it makes, and where the ids that they give go. Both branches of a
 * condition are followed, and a loop once.
 */
export function traceScript(script: string, state: ScriptState, options: { readonly firstLine: number }): void {
  new Tracer(state).run(shellCommands(script, options));
}

/** Longer values become unknown: of two characters a script can make any number by doubling. */
const MAX_VALUE = 64 * 1024;
/** A script that people wrote needs a hundredth of it; what comes behind is not read. */
const MAX_EXPANDED = 16 * 1024 * 1024;
const assignment = /^(\w+)(\+?)=/;

class Tracer {
  readonly #state: ScriptState;
  /** How many conditions and loops are open. */
  #depth = 0;
  /** Characters of all words so far. */
  #expanded = 0;

  constructor(state: ScriptState) {
    this.#state = state;
  }

  /** Answers what the last command prints, as far as it matters. */
  run(commands: readonly ShellCommand[]): string {
    let printed = '';
    for (const command of commands) printed = this.#command(command, command.isPiped ? printed : '');
    return printed;
  }

  #command(command: ShellCommand, piped: string): string {
    const words = this.#withoutKeywords(command.words.map((word) => this.#expand(word)));
    const read = command.inputs.map(({ kind, word }) => {
      const text = this.#expand(word);
      return kind === 'text' ? text : (this.#fileText(text) ?? '');
    });
    const input = read.length > 0 ? read.join('\n') : piped;
    const output = this.#output(words, { input, line: command.line });
    for (const { file, isAppended } of command.outputs) this.#write(this.#expand(file), output, isAppended);
    return command.outputs.length > 0 ? '' : output;
  }

  #withoutKeywords(words: readonly string[]): readonly string[] {
    let at = 0;
    for (; at < words.length; at += 1) {
      const word = words[at] ?? '';
      if (/^(if|while|until|for|case|foreach)$/i.test(word)) {
        this.#depth += 1;
        // What follows is a name, and no command.
        if (/^(for|case|foreach)$/i.test(word)) return [];
      } else if (/^(fi|done|esac)$/.test(word)) this.#depth = Math.max(0, this.#depth - 1);
      else if (!/^(then|else|elif|do|!|\{|\}|time|sudo|command|exec|set|&)$/.test(word)) break;
    }
    return words.slice(at);
  }

  #output(words: readonly string[], { input, line }: { readonly input: string; readonly line: number }): string {
    if (words.some((word) => word.includes('wordErrorRate'))) this.#state.gate ??= line;
    const own = words.findIndex((word) => !assignment.test(word));
    const first = words[own] ?? '';
    const isDeclared = /^(export|local|readonly|declare|typeset)$/.test(first);
    for (const word of isDeclared ? words : words.slice(0, own < 0 ? undefined : own)) this.#assign(word);
    if (own < 0 || isDeclared) return '';
    const rest = words.slice(own);
    const name = first
      .replace(/^[^]*[/\\]/, '')
      .replace(/\.exe$/i, '')
      .toLowerCase();
    if (name === 'spx') return this.#call(rest, line, readSpx(rest, this.#options(line)));
    if (name === 'dotnet' && rest[1] === 'spx') return this.#output(rest.slice(1), { input, line });
    if (/^(curl|az|wget|invoke-restmethod|irm|http)$/.test(name)) {
      const request = requestOf(
        rest.slice(1).map((word) => (word === '@-' ? input : word)),
        this.#options(line),
      );
      if (request !== undefined) return this.#call(rest, line, readRequest(request, this.#options(line)));
      return '';
    }
    return this.#flow(name, rest, input);
  }

  #options(line: number): CallOptions {
    const { file, marks } = this.#state;
    return { place: { file, line }, marks, fileText: (name) => this.#fileText(name) };
  }

  #call(words: readonly string[], line: number, { call, notes, output, files = [] }: ReadCall): string {
    const { calls, file } = this.#state;
    this.#state.notes.push(...notes);
    if (call !== undefined) {
      calls.push(call);
      if (this.#depth > 0)
        this.#state.notes.push({
          file,
          line,
          outcome: 'left',
          what: `the condition or loop around the ${call.kind}`,
          why: 'it is not read: write it as `if` of the step, or as a matrix, where it still matters',
        });
    }
    for (const one of files) this.#write(one.file, output, one.isAppended);
    const at = words.findIndex((word) => /^(-o|--output|--output-file|-OutFile)$/.test(word));
    if (words[0]?.endsWith('spx') !== true && at > 0) this.#write(words[at + 1] ?? '', output, false);
    return output;
  }

  /** What a command that is no call passes on of what it is given. */
  #flow(name: string, words: readonly string[], input: string): string {
    const given = words.slice(1);
    if (name === 'echo' || name === 'printf' || name === 'write-output')
      return given.filter((word) => !/^-[neE]+$/.test(word)).join(' ');
    if (given.some((word) => word.includes('baseModel') || word.includes('models/base')))
      return this.#state.marks.text({ kind: 'base' });
    const text = given.map((word) => this.#fileText(word)).find((found) => found !== undefined) ?? input;
    const lines = text.trim().split('\n');
    if (name === 'cat' || name === 'tee') return text;
    if (name === 'tail') return lines.at(-1) ?? '';
    if (name === 'head') return lines[0] ?? '';
    const { marks } = this.#state;
    const marked = [...given, text].find((one) => marks.in(one).some(({ kind }) => kind !== 'unknown'));
    return marked ?? '';
  }

  #assign(word: string): void {
    const [whole = '', name = '', isAdded = ''] = assignment.exec(word) ?? [];
    if (name === '') return;
    const value = word.slice(whole.length);
    const before = isAdded === '' ? '' : (this.#state.variables.get(name) ?? '');
    this.#set(name, before + value);
  }

  #set(name: string, value: string): void {
    const { variables, marks } = this.#state;
    variables.set(name, value.length > MAX_VALUE ? marks.text({ kind: 'unknown', name }) : value);
  }

  #expand(word: ShellWord): string {
    let text = '';
    for (const part of word) {
      if (text.length > MAX_VALUE || this.#expanded > MAX_EXPANDED) break;
      if (part.kind === 'text') text += part.text;
      else if (part.kind === 'variable') text += this.#value(part.name);
      else {
        const printed = this.run(part.commands).trim();
        const [, name] = /^(\w+)=/.exec(text) ?? [];
        text += printed === '' ? this.#state.marks.text({ kind: 'unknown', name: name ?? '' }) : printed;
      }
    }
    this.#expanded += text.length;
    return text;
  }

  /** `NAME`, `NAME:-otherwise`, and `env.NAME` or `secrets.NAME` of GitHub. */
  #value(written: string): string {
    const [name = '', otherwise] = written.split(/:-([^]*)/);
    const { variables, marks } = this.#state;
    const known = variables.get(name.replace(/^env\./, ''));
    return known ?? otherwise ?? marks.text({ kind: 'unknown', name });
  }

  #fileText(name: string): string | undefined {
    return this.#state.files.get(plainName(name));
  }

  #write(name: string, text: string, isAppended: boolean): void {
    const unknown = this.#state.marks.in(name)[0];
    if (unknown?.kind === 'unknown' && /^(GITHUB_ENV|GITHUB_OUTPUT)$/.test(unknown.name)) {
      for (const line of text.split('\n')) this.#assign(line.trim());
      return;
    }
    if (withoutMarks(name).trim() === '') return;
    const key = plainName(name);
    const before = isAppended ? (this.#state.files.get(key) ?? '') : '';
    const whole = before === '' ? text : `${before}\n${text}`;
    if (whole.length <= MAX_VALUE) this.#state.files.set(key, whole);
  }
}

/** `@my.datasets`, `@@my.datasets`, `./my.datasets`: one file. */
function plainName(name: string): string {
  return name
    .trim()
    .replace(/^@+/, '')
    .replace(/^\.[/\\]/, '');
}
