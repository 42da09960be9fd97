import { tokenise, type Tokenisation } from '../tokenise.ts';

/** Which of sclite's marks are read. Those that are not are plain words. */
export interface Marks {
  /** `{ a / b c / @ }`: each is as good as the others, `@` is nothing at all. @default false */
  readonly alternations?: boolean;
  /** `(uh)`: correct where it is left out, and where it was recognised. sclite's `-D`. @default false */
  readonly optionalWords?: boolean;
  /** `go-` and `-ing`: correct with every word that begins or ends like that. sclite's `-F`. @default false */
  readonly fragments?: boolean;
}

/** A word of a text, nothing (`@`), or several ways of saying something, of which there is at least one. */
export type MarkedPart =
  | { readonly kind: 'word'; readonly text: string; readonly isOptional: boolean; readonly isFragment: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'either'; readonly ways: readonly (readonly MarkedPart[])[] };

/** Whether there is something in a text that the marks give a meaning to. */
export function hasMarks(text: string, marks: Marks): boolean {
  return (
    (marks.alternations === true && (/[{}]/.test(text) || /(?:^|[ \t])@(?:[ \t]|$)/.test(text))) ||
    (marks.optionalWords === true && /(?:^|[ \t])\([^ \t]+\)(?:[ \t]|$)/.test(text)) ||
    (marks.fragments === true && /(?:^|[ \t])-[^ \t-]|[^ \t-]-(?:[ \t]|$)/.test(text))
  );
}

/**
 * The parts of a text, first one first. Words between marks are normalised together and those of a mark by themselves, so that the
 * profile sees text without marks: `(five)` may become several optional words, and a way of which a profile leaves nothing is `@`. Throws a
 * RangeError where braces are not in pairs, and where alternations stand in each other too deep.
 */
export function readMarked(text: string, how: Tokenisation & { readonly marks: Marks }): readonly MarkedPart[] {
  return readParts(text, { ...how, depth: 0 });
}

/** People write two or three. Ways are read and joined by functions that call themselves, and the stack of a process has an end. */
const deepest = 100;

/** `depth`: in how many alternations the text stands. */
type Reading = Tokenisation & { readonly marks: Marks; readonly depth: number };

function readParts(text: string, how: Reading): readonly MarkedPart[] {
  const { marks } = how;
  if (how.depth > deepest) {
    throw new RangeError(
      `Write at most ${deepest} alternations in each other, as in { a / { b / c } }: there are more`,
    );
  }
  const parts: MarkedPart[] = [];
  let plain: string[] = [];
  const endPlain = (): void => {
    if (plain.length > 0) parts.push(...wordsOf(plain.join(' '), how));
    plain = [];
  };
  for (let at = 0; at < text.length;) {
    if (isSpace(text[at])) {
      at += 1;
      continue;
    }
    if (marks.alternations === true && text[at] === '{') {
      endPlain();
      const end = closingBrace(text, at);
      parts.push({ kind: 'either', ways: waysIn(text.slice(at + 1, end)).map((way) => readWay(way, how)) });
      at = end + 1;
      continue;
    }
    const from = at;
    while (at < text.length && !isSpace(text[at])) at += 1;
    const word = text.slice(from, at);
    const marked = readWord(word, how);
    if (marked === undefined) plain.push(word);
    else {
      endPlain();
      parts.push(...marked);
    }
  }
  endPlain();
  return parts;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function closingBrace(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new RangeError('Close the alternation with }, as in { a / b }: a { is not closed');
}

/** What stands between the slashes of an alternation that are in no other one. As in sclite, where nothing stands there is no way. */
function waysIn(text: string): readonly string[] {
  const ways = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === '/' && depth === 0) ways.push('');
    else ways.push((ways.pop() ?? '') + character);
  }
  const written = ways.filter((way) => /[^ \t]/.test(way));
  if (written.length > 0) return written;
  throw new RangeError('Write at least one way into the alternation, as in { a / b }, or @ for nothing: it is empty');
}

function readWay(text: string, how: Reading): readonly MarkedPart[] {
  const parts = readParts(text, { ...how, depth: how.depth + 1 });
  return parts.length > 0 ? parts : [{ kind: 'nothing' }];
}

/** The parts of a word that is marked; undefined for a plain one. */
function readWord(word: string, how: Reading): readonly MarkedPart[] | undefined {
  const { marks } = how;
  if (marks.alternations === true) {
    if (word === '@') return [{ kind: 'nothing' }];
    if (/[{}]/.test(word)) {
      throw new RangeError(
        `Write { and } in pairs and with a space before {, as in { a / b }: ${JSON.stringify(word)}`,
      );
    }
  }
  const isOptional = marks.optionalWords === true && /^\(.+\)$/.test(word);
  const text = isOptional ? word.slice(1, -1) : word;
  // In sclite an optional word is a fragment by its end alone.
  const isFragment = marks.fragments === true && (isOptional ? /[^-]-$/ : /^-[^-]|[^-]-$/).test(text);
  if (!isOptional && !isFragment) return undefined;
  return wordsOf(text, how, { isOptional, isFragment });
}

/** Normalised, a fragment without its hyphens, which a profile would take for punctuation. */
function wordsOf(
  text: string,
  how: Tokenisation,
  { isOptional, isFragment } = { isOptional: false, isFragment: false },
): readonly MarkedPart[] {
  const [, before = '', inner = '', behind = ''] = isFragment ? (/^(-?)(.*?)(-?)$/.exec(text) ?? []) : ['', '', text];
  const words = tokenise(inner, how);
  return words.map((word, index): MarkedPart => {
    const [isFirst, isLast] = [index === 0, index === words.length - 1];
    const written = `${isFirst ? before : ''}${word}${isLast ? behind : ''}`;
    return { kind: 'word', text: written, isOptional, isFragment: isFragment && written !== word };
  });
}
