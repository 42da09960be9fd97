import { nearestName } from '../../document/nearest-name.ts';
import { DataError } from '../../engine/ports.ts';
import { readTerms } from '../../scoring/readers/term-list.ts';
import { partsOfTemplate, StructuredLines, type TemplatePart } from '../structured-text.ts';

/** A sentence with places for items of lists. */
export interface Template {
  /** As it was written, and where. */
  readonly text: string;
  readonly line: number;
  readonly parts: readonly TemplatePart[];
}

export interface Templates {
  readonly templates: readonly Template[];
  /** The items of each list, by its name in small letters, each once. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

/** A list of terms, one a line, for the places of that name. */
export interface TermsText {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Reads templates: structured text as the service takes it (`@ list name =`, `#Section`, `- sentence with {@name}`), or a sentence a
 * line with places `{name}`, of which blank lines and those that begin with `//` or `#` are left out. `terms` are further lists. A list
 * that a sentence names and nobody gives, or that is given twice, is a DataError with the line.
 */
export function readTemplates(
  text: string,
  { path, terms }: { readonly path: string; readonly terms: readonly TermsText[] },
): Templates {
  const { lists, templates } = isStructured(text) ? readStructured(text) : readPlain(text);
  for (const { name, path: file, text: listed } of terms) {
    if (lists.has(name.toLowerCase())) throw new DataError(`Give the list ${name} once: ${file} is another one`);
    const read = readTerms(listed);
    if (!('terms' in read)) throw new DataError(`Correct ${file}:${read.line}: ${read.message}`);
    lists.set(
      name.toLowerCase(),
      read.terms.map((term) => term.name),
    );
  }
  if (templates.length === 0) throw new DataError(`Write a sentence into ${path}: there is none`);
  for (const { line, parts, text: said } of templates) {
    const at = `${path}:${line}`;
    if (/[{}]/.test(parts.filter((part) => typeof part === 'string').join('')))
      throw new DataError(`Close each place of ${at} as {name}: ${JSON.stringify(said.slice(0, 80))}`);
    for (const part of parts) {
      if (typeof part === 'string') continue;
      const items = lists.get(part.list);
      if (items === undefined) throw new DataError(`${unknownList(part.list, { at, known: [...lists.keys()] })}`);
      if (items.length === 0) throw new DataError(`Give the list ${part.list} an item: ${at} takes one of it`);
    }
  }
  const used = new Set(
    templates.flatMap(({ parts }) => parts.flatMap((part) => (typeof part === 'string' ? [] : part.list))),
  );
  const unused = terms.find(({ name }) => !used.has(name.toLowerCase()))?.name;
  if (unused !== undefined)
    throw new DataError(`Write {${unused}} into a sentence of ${path}, or leave out its --terms: no sentence has it`);
  return { templates, lists: new Map([...lists].map(([name, items]) => [name, [...new Set(items)]])) };
}

interface Read {
  readonly lists: Map<string, string[]>;
  readonly templates: Template[];
}

function isStructured(text: string): boolean {
  const lines = linesOf(text)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.some(
    (line, index) =>
      /^@\s*list\s/iu.test(line) || (/^#\s*\w+$/u.test(line) && lines[index + 1]?.startsWith('-') === true),
  );
}

function readStructured(text: string): Read {
  const lists = new Map<string, string[]>();
  const templates: Template[] = [];
  const lines = new StructuredLines();
  for (const raw of linesOf(text)) {
    const found = lines.take(raw);
    if (found.kind === 'list') lists.set(found.name, lists.get(found.name) ?? []);
    else if (found.kind === 'item' && found.text !== '') lists.get(found.list)?.push(tidy(found.text));
    else if (found.kind === 'sentence' && found.text !== '') templates.push(templateOf(found.text, found.line));
  }
  return { lists, templates };
}

function readPlain(text: string): Read {
  const templates = linesOf(text).flatMap((raw, index) => {
    const said = raw.trim();
    return said === '' || said.startsWith('//') || said.startsWith('#') ? [] : templateOf(said, index + 1);
  });
  return { lists: new Map(), templates };
}

function templateOf(text: string, line: number): Template {
  return { text, line, parts: partsOfTemplate(text, { isLoose: true }) };
}

function linesOf(text: string): readonly string[] {
  return text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
}

/** What would end a line or a field of a transcript is a space. */
function tidy(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}

function unknownList(name: string, { at, known }: { readonly at: string; readonly known: readonly string[] }): string {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `--terms ${name}=FILE gives it` : `did you mean {${nearest}}?`;
  return `Give the list ${JSON.stringify(name)}, which ${at} takes an item of: there is none; ${hint}`;
}
