import { nearestName } from '../../../document/nearest-name.ts';
import type { CheckContext } from '../check-context.ts';
import { UtteranceChecks } from './check-utterance.ts';
import type { DataFile } from '../reading/data-file.ts';
import type { DataFindings, DataPlace } from '../data-findings.ts';
import { LexiconChecks } from './check-lexicon.ts';
import { readText } from '../reading/read-text.ts';
import { reportSaid } from '../report-leaks.ts';
import type { TemplatesInTests } from '../../compare/templates-in-tests.ts';

const MOST_LISTS = 20;
const MOST_ITEMS = 35_000;
const MOST_SENTENCES = 50_000;
/** By another table of the same page. */
const ADVISED_LISTS = 10;
const ADVISED_ITEMS = 4000;

/** Checks lists, a phonetic lexicon and sections of sentences, and answers how many items, entries and sentences there are. */
export async function checkStructuredText(file: DataFile, context: CheckContext): Promise<number> {
  const { findings } = context;
  const text = new StructuredText(file.path, context);
  let lines = 0;
  for await (const line of readText(file, { ...context, takes: 'one text file' })) {
    if (line.text.trim() === '' || line.text.trimStart().startsWith('//')) continue;
    if (text.take({ path: file.path, line: line.number, text: line.text })) lines += 1;
  }
  text.reportLeaks();
  // What is used of a text is not known from its beginning.
  if (context.depth === 'whole') text.close(findings);
  return lines;
}

interface Line extends DataPlace {
  readonly line: number;
  readonly text: string;
}

interface List {
  readonly name: string;
  readonly at: Line;
  items: number;
  isUsed: boolean;
}

/** A sentence that names a list before it is known whether that has items. */
interface Waiting {
  readonly at: Line;
  readonly references: readonly Reference[];
}

interface Reference {
  readonly name: string;
  readonly index: number;
  readonly length: number;
}

/** What the items below a heading are. `unknown` follows a heading that is none: it is the fault, and they are not. */
type Part =
  | { readonly kind: 'list'; readonly list: List }
  | { readonly kind: 'lexicon' | 'sentences' | 'none' | 'unknown' };

const listHeading = /^@\s*list\s+(?<name>[\p{L}\p{N}_-]+)\s*=?$/iu;
const lexiconHeading = /^@\s*speech\s*:\s*phoneticlexicon\s*=?$/iu;
const sectionHeading = /^#\s*\w+$/;

class StructuredText {
  readonly #findings: DataFindings;
  readonly #words: CheckContext['words'];
  readonly #path: string;
  readonly #utterances: UtteranceChecks;
  readonly #lexicon: LexiconChecks;
  /** Undefined where there are no test sets to compare with. */
  readonly #inTests: TemplatesInTests<Line> | undefined;
  readonly #lists = new Map<string, List>();
  readonly #waiting: Waiting[] = [];
  #part: Part = { kind: 'none' };
  #sentences = 0;

  constructor(path: string, context: CheckContext) {
    this.#path = path;
    this.#findings = context.findings;
    this.#words = context.words;
    this.#inTests = context.tests?.templates();
    this.#utterances = new UtteranceChecks('text', context);
    this.#lexicon = new LexiconChecks(context);
  }

  /** Whether it is one of the lines that the service counts, rather than a heading that it knows. */
  take(at: Line): boolean {
    const line = at.text.trim();
    if (line.startsWith('@')) {
      this.#part = this.#declared(line, at);
      return this.#part.kind === 'unknown';
    }
    if (line.startsWith('#')) {
      const isName = sectionHeading.test(line);
      if (!isName) this.#findings.report('section-name', at, { name: line.slice(1).trim() });
      this.#part = { kind: 'sentences' };
      return !isName;
    }
    if (this.#part.kind === 'unknown') return false;
    if (!line.startsWith('-') || this.#part.kind === 'none') {
      const hint = line.startsWith('-')
        ? 'Write a heading before it: @ list name =, or #Section'
        : 'Begin it with a hyphen, or with // if it is a comment';
      this.#findings.report('stray-line', at, { where: 'no list and no section', hint });
      return true;
    }
    const said = line.slice(1).trim();
    const hyphen = at.text.indexOf('-');
    const column = hyphen + 2 + (at.text.slice(hyphen + 1).length - at.text.slice(hyphen + 1).trimStart().length);
    this.#takeItem(said, { ...at, column });
    return true;
  }

  /** Reports the sentences that say what test sets say, once lists are filled in. */
  reportLeaks(): void {
    for (const { at, said, sentence } of this.#inTests?.found() ?? [])
      reportSaid(said, { at, findings: this.#findings, sentence });
  }

  close(findings: DataFindings): void {
    const lists = [...this.#lists.values()];
    for (const waiting of this.#waiting) this.#resolve(waiting);
    for (const list of lists) {
      if (!list.isUsed) findings.report('unused-list', list.at, { name: list.name, isEmpty: list.items === 0 });
      if (list.items > ADVISED_ITEMS && list.items <= MOST_ITEMS)
        findings.report('large-lists', list.at, {
          what: `items in the list \`${list.name}\``,
          count: list.items,
          advised: ADVISED_ITEMS,
          most: MOST_ITEMS,
        });
    }
    if (lists.length > ADVISED_LISTS && lists.length <= MOST_LISTS)
      findings.report(
        'large-lists',
        { path: this.#path },
        { what: 'lists', count: lists.length, advised: ADVISED_LISTS, most: MOST_LISTS },
      );
    this.#utterances.close();
  }

  #declared(line: string, at: Line): Part {
    const name = listHeading.exec(line)?.groups?.['name'];
    if (name !== undefined) return { kind: 'list', list: this.#listOf(name, at) };
    if (lexiconHeading.test(line)) return { kind: 'lexicon' };
    this.#findings.report('declaration', at, { is: line.slice(0, 80) });
    return { kind: 'unknown' };
  }

  #listOf(name: string, at: Line): List {
    const known = this.#lists.get(name.toLowerCase());
    if (known !== undefined) return known;
    const list: List = { name, at: { ...at, text: at.text.slice(0, 200) }, items: 0, isUsed: false };
    if (this.#lists.size === MOST_LISTS)
      this.#findings.report('structured-limit', at, { what: 'lists', most: MOST_LISTS });
    // More than that are refused: the others need not be known.
    if (this.#lists.size < MOST_LISTS * 10) this.#lists.set(name.toLowerCase(), list);
    return list;
  }

  #takeItem(said: string, at: Line & { readonly column: number }): void {
    const part = this.#part;
    if (part.kind === 'lexicon') {
      if (this.#utterances.characters.check(at) !== 'none') this.#lexicon.check(said, at);
      return;
    }
    if (part.kind === 'list') {
      if (!this.#utterances.check(said, at)) return;
      this.#words?.add(said);
      this.#inTests?.addItem(part.list.name, said);
      part.list.items += 1;
      if (part.list.items === MOST_ITEMS + 1)
        this.#findings.report('structured-limit', at, {
          what: `items in the list \`${part.list.name}\``,
          most: MOST_ITEMS,
        });
      return;
    }
    this.#sentences += 1;
    if (this.#sentences === MOST_SENTENCES + 1)
      this.#findings.report('structured-limit', at, { what: 'sentences', most: MOST_SENTENCES });
    this.#takeSentence(said, at);
  }

  #takeSentence(said: string, at: Line & { readonly column: number }): void {
    const references: Reference[] = [];
    // The name stands for an item, in the same columns.
    const filled = said.replaceAll(/\{@\s*([^{}]{0,200}?)\s*\}/gu, (whole: string, name: string, index: number) => {
      references.push({ name, index: at.column - 1 + index, length: whole.length });
      return `  ${name.padEnd(whole.length - 3)} `;
    });
    const open = filled.indexOf('{@');
    if (open >= 0) {
      const column = at.column + open;
      this.#findings.report('open-reference', { ...at, column, endColumn: column + 2 }, {});
    }
    if (!this.#utterances.check(filled.replaceAll('{@', '  '), at)) return;
    const leak = this.#inTests?.addSentence(said, { ...at, text: at.text.slice(0, 2000) });
    if (leak !== undefined) reportSaid(leak, { at, findings: this.#findings });
    // The words of a list are counted where they stand.
    this.#words?.add(said.replaceAll(/\{@[^{}]*\}/gu, ' '));
    if (references.length === 0) return;
    const waiting: Waiting = { at, references };
    const isKnown = references.every(({ name }) => (this.#lists.get(name.toLowerCase())?.items ?? 0) > 0);
    if (isKnown) this.#resolve(waiting);
    else if (this.#waiting.length < MOST_SENTENCES)
      this.#waiting.push({ at: { ...at, text: at.text.slice(0, 2000) }, references });
  }

  /** Says which lists of a sentence there are not, and marks the others as used. */
  #resolve({ at, references }: Waiting): void {
    for (const { name, index, length } of references) {
      const list = this.#lists.get(name.toLowerCase());
      if (list !== undefined) list.isUsed = true;
      const place = { ...at, column: index + 1, endColumn: index + 1 + length };
      if (list === undefined)
        this.#findings.report('unknown-list', place, () => {
          const names = [...this.#lists.values()].map((known) => known.name);
          const nearest = nearestName(name, names);
          return { name, ...(nearest === undefined ? {} : { nearest }) };
        });
      else if (list.items === 0) this.#findings.report('empty-list', place, { name });
    }
  }
}
