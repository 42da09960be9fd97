import type { Pronunciation } from '../recognition/dataset-content.ts';
import { lexicalWords } from '../recognition/lexical-words.ts';
import { checkLine, holdsControls } from './check-line.ts';
import { type ImportedDataset, type ImportOptions, ImportRefusal } from './imported-dataset.ts';
import { LineReport } from './line-report.ts';
import { readLines } from './read-lines.ts';

/**
 * Imports structured text: lists (`@ list name =`), a phonetic lexicon (`@ speech:phoneticlexicon`) and sections of
 * sentences (`#Name`) that may refer to lists (`{@name}`); lines that begin with `//` are comments. A sentence becomes as
 * many as its longest list has items, so that each item is used in it; where all of that would be too much, the sentences of a list share
 * its items. Format and limits: Microsoft Learn, "Training and
 * testing datasets".
 */
export async function importLanguageMarkdown(path: string, options: ImportOptions): Promise<ImportedDataset> {
  const document = await readDocument(path);
  const report = new LineReport();
  const lists = new Map<string, string[]>();
  for (const item of document.items) {
    const checked = checkLine(item.text, options);
    if (checked.kind === 'rejected') {
      report.reject(item.place, item.text, checked.reason);
      continue;
    }
    report.accept();
    const list = lists.get(item.list);
    if (list === undefined) lists.set(item.list, [checked.text]);
    else list.push(checked.text);
  }
  const pronunciations: Pronunciation[] = [];
  for (const entry of document.lexicon) {
    const [display = '', spoken = ''] = entry.text.split('/').map((part) => part.trim());
    const isWhole = lexicalWords(display).length > 0 && spoken !== '';
    if (!isWhole || holdsControls(entry.text)) {
      const fault = isWhole
        ? 'the line holds control characters'
        : 'a lexicon entry needs a word, a slash and its phones';
      report.reject(entry.place, entry.text, fault);
      continue;
    }
    report.accept();
    pronunciations.push({ display, spoken });
  }
  if (document.sentences.length > MOST_SENTENCES) {
    throw new ImportRefusal(`Cannot import the file: it has more than ${MOST_SENTENCES} sentences.`);
  }
  const sentences: string[] = [];
  const turns = turnsOf(document.sentences, lists);
  for (const sentence of document.sentences) {
    const expanded = expand(sentence.text, lists, turns(sentence.text)).map((text) => checkLine(text, options));
    const texts = expanded.flatMap((line) => (line.kind === 'accepted' ? [line.text] : []));
    const fault = expanded.find((line) => line.kind === 'rejected');
    if (texts.length === 0) {
      report.reject(sentence.place, sentence.text, fault?.reason ?? unknownList(sentence.text, lists));
      continue;
    }
    report.accept();
    for (const text of texts) sentences.push(text);
  }
  for (const { place, text } of document.strays) report.reject(place, text, 'the line is in no list and no section');
  return report.imported({ sentences, clips: [], pronunciations });
}

const MOST_BYTES = 209_715_200;
const MOST_LISTS = 20;
const MOST_ITEMS = 35_000;
const MOST_LEXICON_ENTRIES = 15_000;
/** Before lists are filled in. */
const MOST_SENTENCES = 50_000;
/** As many filled-in sentences are kept, and one for each item where the lists are longer: more teach a model nothing. */
const MOST_FILLED_IN = 250_000;

interface Line {
  readonly place: string;
  readonly text: string;
}

interface Document {
  readonly items: (Line & { readonly list: string })[];
  readonly lexicon: Line[];
  readonly sentences: Line[];
  readonly strays: Line[];
}

const LIST = /^@\s*list\s+(?<name>[\p{L}\p{N}_-]+)\s*=?$/iu;
const LEXICON = /^@\s*speech\s*:\s*phoneticlexicon\s*=?$/iu;
const SECTION = /^#\s*[\p{L}\p{N}_]+$/u;

async function readDocument(path: string): Promise<Document> {
  const document: Document = { items: [], lexicon: [], sentences: [], strays: [] };
  const lists = new Map<string, number>();
  let add: (line: Line) => void = (line) => document.strays.push(line);
  for await (const { number, text: raw } of readLines(path, MOST_BYTES)) {
    const line = raw.trim();
    const list = LIST.exec(line)?.groups?.['name']?.toLowerCase();
    if (line.startsWith('//')) continue;
    if (list !== undefined) {
      lists.set(list, lists.get(list) ?? 0);
      refuseAbove(lists.size, { most: MOST_LISTS, what: 'lists' });
      add = (item) => {
        const count = (lists.get(list) as number) + 1;
        refuseAbove(count, { most: MOST_ITEMS, what: `items in the list "${list}"` });
        lists.set(list, count);
        document.items.push({ ...item, list });
      };
    } else if (LEXICON.test(line)) {
      add = (entry) =>
        refuseAbove(document.lexicon.push(entry), { most: MOST_LEXICON_ENTRIES, what: 'lexicon entries' });
    } else if (SECTION.test(line)) {
      add = (sentence) => document.sentences.push(sentence);
    } else if (line.startsWith('-')) {
      add({ place: `line ${number}`, text: line.slice(1).trim() });
    } else {
      document.strays.push({ place: `line ${number}`, text: line });
    }
  }
  return document;
}

function refuseAbove(count: number, limit: { readonly most: number; readonly what: string }): void {
  if (count > limit.most) {
    throw new ImportRefusal(`Cannot import the file: it has more than ${limit.most} ${limit.what}.`);
  }
}

const REFERENCE = /\{@\s*([^{}]*?)\s*\}/gu;

/** Empty when the text refers to a list that does not exist or has no items. */
function expand(
  text: string,
  lists: ReadonlyMap<string, readonly string[]>,
  { first, step }: Turns,
): readonly string[] {
  const names = referredLists(text);
  if (names.length === 0) return [text];
  const lengths = names.map((name) => lists.get(name)?.length ?? 0);
  if (lengths.includes(0)) return [];
  const longest = Math.max(...lengths);
  return Array.from({ length: Math.ceil((longest - (first % longest)) / step) }, (_, index) =>
    text.replace(REFERENCE, (_reference, name: string) => {
      const items = lists.get(name.toLowerCase()) as readonly string[];
      return items[((first % longest) + index * step) % items.length] as string;
    }),
  );
}

/** Which items of its longest list a sentence gets: from `first` on each `step`th. */
interface Turns {
  readonly first: number;
  readonly step: number;
}

/** Gives each sentence all items where that is not too much, else those that the sentences before it with the same list left. */
function turnsOf(
  sentences: readonly Line[],
  lists: ReadonlyMap<string, readonly string[]>,
): (sentence: string) => Turns {
  const longestOf = (text: string): string =>
    referredLists(text).toSorted((a, b) => (lists.get(b)?.length ?? 0) - (lists.get(a)?.length ?? 0))[0] ?? '';
  const filledIn = sentences.reduce((sum, { text }) => sum + (lists.get(longestOf(text))?.length ?? 1), 0);
  if (filledIn <= MOST_FILLED_IN) return () => ({ first: 0, step: 1 });
  const users = new Map<string, number>();
  for (const { text } of sentences) users.set(longestOf(text), (users.get(longestOf(text)) ?? 0) + 1);
  const used = new Map<string, number>();
  return (text) => {
    const list = longestOf(text);
    const first = used.get(list) ?? 0;
    used.set(list, first + 1);
    return { first, step: users.get(list) ?? 1 };
  };
}

function unknownList(text: string, lists: ReadonlyMap<string, readonly string[]>): string {
  const missing = referredLists(text).find((name) => !lists.has(name));
  return missing === undefined ? 'a list it refers to has no items' : `the list "${missing}" is not defined`;
}

function referredLists(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, name = '']) => name.toLowerCase());
}
