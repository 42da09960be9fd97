import { nearestName } from '../../../document/nearest-name.ts';
import type { CheckContext } from '../check-context.ts';
import { UtteranceChecks } from './check-utterance.ts';
import type { SpokenLine } from '../checked-set.ts';
import type { DataFile } from '../reading/data-file.ts';
import type { DataPlace } from '../data-findings.ts';
import { readText } from '../reading/read-text.ts';
import { spokenWords } from './utterance-words.ts';

export interface TranscriptContext extends CheckContext {
  /** All recordings beside the transcript, by name. */
  readonly files: readonly DataFile[];
  /** How long those are that the service takes. */
  readonly seconds: ReadonlyMap<string, number>;
  /** Whether the archive is sent as it is; of a folder the transcript is packed with a byte order mark. */
  readonly isSentAsItIs: boolean;
}

/** Checks the lines of a transcript, and answers those that the service takes, which say something of a recording that is there. */
export async function checkTranscript(
  file: DataFile,
  context: TranscriptContext,
): Promise<{ readonly lines: number; readonly spoken: readonly SpokenLine[] }> {
  const { findings, locale, isSentAsItIs, files } = context;
  const isEnglish = /^en\b/i.test(locale);
  const utterances = new UtteranceChecks('transcript', context);
  const names = new RecordingNames(files);
  const spoken: SpokenLine[] = [];
  const takes = 'a transcript that is plain text';
  let lines = 0;
  let before = '';
  for await (const { number, text } of readText(file, { ...context, takes, needsMark: isSentAsItIs && !isEnglish })) {
    if (text.trim() === '') continue;
    lines += 1;
    const line: Line = { path: file.path, line: number, text };
    const named = names.of(line, { before, isFirst: lines === 1, findings });
    before = text;
    if (named === undefined) {
      utterances.characters.check(line);
      continue;
    }
    const { recording, from } = named;
    const at = { ...line, unit: recording };
    const said = text.slice(from).trim();
    const column = from + 1 + (text.slice(from).length - text.slice(from).trimStart().length);
    const isTaken = utterances.check(said, { ...at, column });
    if (said.includes('\t')) {
      const tab = column + said.indexOf('\t');
      findings.report('several-tabs', { ...at, column: tab, endColumn: tab + 1 }, {});
    }
    if (!isTaken) continue;
    checkPace(said, { at, context });
    context.words?.add(said);
    spoken.push({ recording, text: said, path: file.path, line: number });
  }
  utterances.close();
  if (lines === 0 && !findings.found().isRefused)
    findings.report('no-data', { path: file.path }, { what: 'no line of the transcript has text' });
  // Of a transcript that could not be read, or was not read to its end, that is not known.
  if (lines > 0 && context.depth === 'whole')
    for (const { name, path } of names.withoutLine()) findings.report('recording-without-line', { path }, { name });
  return { lines, spoken };
}

interface Line extends DataPlace {
  readonly line: number;
  readonly text: string;
}

const MOST_WORDS_A_SECOND = 8;
const MOST_SECONDS_A_WORD = 30;

/** Faster than anybody speaks, or slower: the text is of another recording, or a part of it. */
function checkPace(
  said: string,
  { at, context }: { readonly at: Line & DataPlace; readonly context: TranscriptContext },
): void {
  const seconds = context.seconds.get(at.unit ?? '');
  if (seconds === undefined || seconds <= 0) return;
  const words = spokenWords(said);
  if (words / seconds > MOST_WORDS_A_SECOND || seconds / words > MOST_SECONDS_A_WORD)
    context.findings.report('pace', at, { words: Math.round(words), seconds });
}

/** Which recording a line is about. */
class RecordingNames {
  readonly #files: readonly DataFile[];
  readonly #names: ReadonlySet<string>;
  readonly #byLowerCase: ReadonlyMap<string, string>;
  /** Files in folders of an archive, by what is behind the last `/` where that is one file. */
  readonly #byBaseName: ReadonlyMap<string, string>;
  /** The line that named a recording first. */
  readonly #lines = new Map<string, number>();
  readonly #mentioned = new Set<string>();

  constructor(files: readonly DataFile[]) {
    this.#files = files;
    this.#names = new Set(files.map(({ name }) => name));
    this.#byLowerCase = new Map(files.map(({ name }) => [name.toLowerCase(), name]));
    const groups = Map.groupBy(files, ({ name }) => baseName(name));
    this.#byBaseName = new Map(
      [...groups].flatMap(([base, [first, ...others]]) =>
        first === undefined || others.length > 0 ? [] : [[base, first.name]],
      ),
    );
  }

  /** The recording, and where its text begins; undefined where the line is rejected for its name, which is reported. */
  of(
    line: Line,
    {
      before,
      isFirst,
      findings,
    }: { readonly before: string; readonly isFirst: boolean; readonly findings: TranscriptContext['findings'] },
  ): { readonly recording: string; readonly from: number } | undefined {
    const { text } = line;
    const tab = text.indexOf('\t');
    if (isFirst && this.#isHeader(text)) {
      findings.report('header-line', line, {});
      return undefined;
    }
    if (tab < 0 || text.slice(0, tab).trim() === '') {
      findings.report('no-tab', line, { ...this.#withoutTab(text, before) });
      return undefined;
    }
    const name = text.slice(0, tab).trim();
    const column = text.indexOf(name) + 1;
    const at = { ...line, column, endColumn: column + name.length };
    const recording = this.#names.has(name) ? name : this.#byBaseName.get(name);
    if (recording === undefined) {
      this.#reportMissing(name, { at, findings });
      return undefined;
    }
    const first = this.#lines.get(recording);
    if (first !== undefined) {
      findings.report('repeated-recording', at, { name, first });
      return undefined;
    }
    this.#lines.set(recording, line.line);
    return { recording, from: tab + 1 };
  }

  withoutLine(): readonly DataFile[] {
    return this.#files.filter(({ name }) => !this.#lines.has(name) && !this.#mentioned.has(name));
  }

  #mention(name: string | undefined): void {
    if (name !== undefined) this.#mentioned.add(name);
  }

  #isHeader(text: string): boolean {
    const [field = ''] = text.split(/[\t,;]/, 1);
    const name = field.trim();
    return (
      !this.#names.has(name) &&
      (/^(?:\/\/|#)/.test(name) ||
        /^"?(?:file|wav|audio|recording|path|name|id)(?:[ _-]?(?:file|name|path|id))?s?"?$/i.test(name))
    );
  }

  /** What a line without a tab probably is. */
  #withoutTab(
    text: string,
    before: string,
  ):
    | { readonly is: 'comment' | 'wrapped' | 'other' }
    | { readonly is: 'separator'; readonly separator: string; readonly name: string } {
    const { name, separator } = (separated.exec(text) ?? firstWord.exec(text))?.groups ?? {};
    const there = this.#byLowerCase.get(`${name}`.toLowerCase()) ?? this.#byLowerCase.get(`${name}.wav`.toLowerCase());
    // A word may be called as a recording that has its line.
    const isNew = there !== undefined && !this.#lines.has(there);
    if (isNew) this.#mention(there);
    if (name !== undefined && separator !== undefined && (isNew || /\.wav$/i.test(name)))
      return { is: 'separator', separator: /[,;|]/.exec(separator)?.[0] ?? ' ', name };
    if (/^\s*(?:#|\/\/)/.test(text)) return { is: 'comment' };
    const isEnded = /[.!?。！？]["'”’)\]]*\s*$/u.test(before.slice(-40));
    return { is: before.includes('\t') && !isEnded ? 'wrapped' : 'other' };
  }

  #reportMissing(
    name: string,
    { at, findings }: { readonly at: Line; readonly findings: TranscriptContext['findings'] },
  ): void {
    const otherCase = this.#byLowerCase.get(name.toLowerCase());
    const withEnding = this.#byLowerCase.get(`${name}.wav`.toLowerCase());
    const base = baseName(name);
    const inFolder = base === name ? undefined : this.#byLowerCase.get(base.toLowerCase());
    // Such a recording has a line, with a fault of its own.
    this.#mention(otherCase ?? withEnding ?? inFolder);
    if (otherCase !== undefined) findings.report('recording-case', at, { name, is: otherCase });
    else if (withEnding !== undefined) findings.report('recording-ending', at, { name, is: withEnding });
    else if (inFolder !== undefined) findings.report('path-in-name', at, { name, is: inFolder });
    else {
      findings.report('missing-recording', at, () => {
        // Those that have their line are not meant.
        const nearest = nearestName(
          name,
          this.withoutLine().map((file) => file.name),
        );
        return { name, ...(nearest === undefined ? {} : { nearest }) };
      });
    }
  }
}

/** The name of a recording, quoted as in CSV or not, and what is there in place of a tab. */
const separated = /^"?(?<name>[^\t,;|]{1,200}?\.wav)"?(?<separator>\s{0,99}[,;|]|\s)/i;
const firstWord = /^"?(?<name>[^\s,;|"]{1,200})"?(?<separator>\s{0,99}[,;|]|\s)/;

function baseName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
}
