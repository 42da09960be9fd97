import { mendCharacters } from './mend-characters.ts';
import type { LineMender, MendedLine, Reason } from './mended-line.ts';

/** A recording as its file is called in the set that is written, and as it was called before. */
export interface RenamedRecording {
  readonly name: string;
  readonly before: string;
}

/** What a line says of which recording. */
export interface MendedUtterance extends MendedLine {
  /** Undefined where it is about no recording that is there. */
  readonly recording?: string;
  readonly said?: string;
}

/** Mends the lines of a transcript by the recordings that are there. What could be meant in two ways is left as it is. */
export class TranscriptMender implements LineMender {
  readonly #locale: string;
  /** By name and by name in lower case, with and without folders and ending: null where several are meant. */
  readonly #names = new Map<string, string | null>();
  readonly #exact: ReadonlySet<string>;
  /** What is said in recordings that have had their line. */
  readonly #said = new Map<string, string>();
  #isFirst = true;

  constructor(recordings: readonly RenamedRecording[], { locale }: { readonly locale: string }) {
    this.#locale = locale;
    this.#exact = new Set(recordings.map(({ name }) => name));
    for (const { name, before } of recordings) {
      const known = [before, before.slice(before.lastIndexOf('/') + 1), name].flatMap((one) => [
        one,
        withoutEnding(one),
      ]);
      for (const one of new Set(known.map(keyOf))) this.#names.set(one, this.#names.has(one) ? null : name);
    }
  }

  mend(line: string): MendedUtterance {
    const { text, reasons } = mendCharacters(line, { locale: this.#locale, of: 'other' });
    const isFirst = this.#isFirst && text.trim() !== '';
    if (isFirst) this.#isFirst = false;
    const tab = text.indexOf('\t');
    const field = tab < 0 ? '' : text.slice(0, tab).trim();
    if ((isFirst && this.#isHeading(text)) || this.#isComment(text, field))
      return { text: undefined, reasons: [isFirst ? 'header-line' : 'no-tab'] };
    if (tab < 0) return this.#withTab(text, reasons);
    return this.#named({ field, said: text.slice(tab + 1), text }, reasons);
  }

  #named(
    { field, said, text }: { readonly field: string; readonly said: string; readonly text: string },
    before: readonly Reason[],
  ): MendedUtterance {
    const recording = this.#exact.has(field) ? field : this.#names.get(keyOf(baseOf(field)));
    if (field === '' || recording === undefined || recording === null) return this.#others(text, before);
    const reasons = [...before];
    if (recording !== field) reasons.push(reasonOf(field, recording));
    const spoken = this.#spoken(said, reasons);
    const first = this.#said.get(recording);
    if (first === spoken.trim()) return { text: undefined, reasons: ['repeated-recording'] };
    if (first === undefined) this.#said.set(recording, spoken.trim());
    const isChanged = reasons.length > 0;
    const begin = recording === field ? text.slice(0, text.indexOf('\t')) : recording;
    return {
      text: isChanged ? `${begin}\t${spoken}` : text,
      reasons,
      ...(first === undefined ? { recording, said: spoken.trim() } : {}),
    };
  }

  /** What is said, by the rules of the locale; a tab within is a space. */
  #spoken(said: string, reasons: Reason[]): string {
    const begin = said.length - said.trimStart().length;
    const inner = said.slice(begin);
    const spaced = inner.replaceAll('\t', ' ');
    if (spaced !== inner) reasons.push('several-tabs');
    const mended = mendCharacters(spaced, { locale: this.#locale, of: 'transcript' });
    reasons.push(...mended.reasons);
    return said.slice(0, begin) + mended.text;
  }

  /** A line about no recording that is known: what its characters are is mended. */
  #others(text: string, reasons: readonly Reason[]): MendedUtterance {
    return { text, reasons };
  }

  /** A line without a tab, of which a recording is named before a comma, a semicolon, a bar or spaces. */
  #withTab(text: string, reasons: readonly Reason[]): MendedUtterance {
    const { name = '', said: given = '' } = (quoted.exec(text) ?? separated.exec(text))?.groups ?? {};
    const said = text.startsWith('"') ? given.replaceAll('""', '"') : given;
    const recording = this.#names.get(keyOf(baseOf(name)));
    if (recording === undefined || recording === null || this.#said.has(recording) || said === '')
      return this.#others(text, reasons);
    return this.#named({ field: name, said, text: `${name}\t${said}` }, [...reasons, 'no-tab']);
  }

  #isHeading(text: string): boolean {
    const [field = ''] = text.split(/[\t,;]/, 1);
    const name = field.trim();
    return (
      !this.#names.has(keyOf(name)) &&
      (/^(?:\/\/|#)/.test(name) ||
        /^"?(?:file|wav|audio|recording|path|name|id)(?:[ _-]?(?:file|name|path|id))?s?"?$/i.test(name))
    );
  }

  #isComment(text: string, field: string): boolean {
    return field === '' && /^\s*(?:#|\/\/)/.test(text) && !this.#names.has(keyOf(text.trim().split(/\s/, 1)[0] ?? ''));
  }
}

/** The name of a recording with its ending, and what is there in place of a tab. */
const separated = /^(?<name>[^\t,;|"]{1,200}?\.wav)(?:\s{0,99}[,;|]\s{0,99}|\s{1,99})(?<said>\S.*)$/iu;

/** Both fields in quotes, as in CSV. */
const quoted = /^"(?<name>[^\t"]{1,200}\.wav)"\s{0,9}[,;]\s{0,9}"(?<said>(?:[^"]|"")*)"$/iu;

function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function baseOf(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}

function withoutEnding(name: string): string {
  return name.replace(/\.\w{1,5}$/, '');
}

function reasonOf(written: string, is: string): Reason {
  if (baseOf(written) !== written) return 'path-in-name';
  if (written.toLowerCase() === is.toLowerCase()) return 'recording-case';
  return `${written}.wav`.toLowerCase() === is.toLowerCase() ? 'recording-ending' : 'missing-recording';
}
