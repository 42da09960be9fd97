import type { Span } from '../diagnostics/diagnostics.ts';

/** Why a text is no YAML, in words for the person who wrote it. */
export interface YamlFault {
  readonly problem: string;
  readonly hint?: string;
  /** The text that is meant, where it is more than the place at which the parser stopped. */
  readonly span?: Span;
}

/**
 * What the parser found at an offset, told by what is written there: its own reasons name the rule of the grammar that was
 * not met, which is mostly "bad indentation", whatever the person did. Reads one line, of a long one both ends.
 */
export function explainYamlFault(
  text: string,
  { reason, at }: { readonly reason: string; readonly at: number },
): YamlFault {
  const line = text.lastIndexOf('\n', at - 1) + 1;
  const isLong = at - line > MOST;
  const before = isLong ? text.slice(line, line + MOST / 2) + text.slice(at - MOST / 2, at) : text.slice(line, at);
  const after = text.slice(at, at + MOST).split('\n', 1)[0] ?? '';
  if (before.endsWith('$') && after.startsWith('{{')) return unquotedExpression(text, { before, at });
  if (before.endsWith('\t')) return { problem: 'a tab is not allowed here', hint: 'Write spaces' };
  if (!misplaced.test(reason)) return byReason(reason);
  const fault = byPlace(before, after) ?? byReason(reason);
  return fault.hint === indentation ? { ...fault, hint: `${columns(text, line)}. ${indentation}` } : fault;
}

const MOST = 1000;

/** The reasons that the parser gives for something that it did not expect there. */
const misplaced = /^(?:bad indentation|end of the stream or|missed comma)/;

function byPlace(before: string, after: string): YamlFault | undefined {
  const begins = /^[ \t]*(?:- )?$|[:[{,?-][ \t]+$/.test(before);
  const [sign = ''] = after;
  if (/(?:^|[\s[{,])\*[^\s,[\]{}]*[ \t]+$/.test(before))
    return { problem: 'an alias is followed by other text', hint: 'Put a text that begins with `*` into quotes' };
  if (begins && /[@`%|>]/.test(sign)) return { problem: `a text cannot begin with ${shown(sign)}`, hint: quoteIt };
  if (/[\]}]/.test(sign) || (begins && sign === ','))
    return { problem: `there is a ${shown(sign)} too many`, hint: quoteIt };
  if (/["'][ \t]*$/.test(before) && sign !== ':')
    return { problem: 'there is more text behind the closing quote', hint: 'Put the whole text into quotes' };
  if (/[[{,][^,]*: [^,]*$/.test(before) && sign === ':')
    return { problem: 'a comma is missing, or a text with `: ` in it needs quotes' };
  if (/: [ \t]*\S/.test(before) && sign === ':')
    return { problem: 'a text with `: ` in it needs quotes', hint: 'Put the text behind the first `:` into quotes' };
  if (/: [ \t]*$/.test(before) && /^[-?][ \t]/.test(after))
    return { problem: 'a list begins on a line of its own', hint: 'Move it to the next line' };
  if (sign === ':')
    return { problem: 'this line is a key, and the line before it is a text that has not ended', hint: indentation };
  if (/^[ \t]*$/.test(before)) return { problem: 'this line belongs to nothing above it', hint: indentation };
  return undefined;
}

/** An expression that the parser takes for a mapping, since it is inside the brackets of another one. */
function unquotedExpression(text: string, { before, at }: { readonly before: string; readonly at: number }): YamlFault {
  const [, begun = '$'] = /(?:^|[[{,]|: )[ \t]*((?:(?!: )[^[\]{},])*\$)$/.exec(before.slice(-MOST / 2)) ?? [];
  const start = at - begun.length;
  const [rest = ''] = expressionAndText.exec(text.slice(at - 1, at - 1 + MOST)) ?? [];
  const written = text.slice(start, at - 1) + rest.trimEnd();
  const isShort = rest !== '' && written.length <= 80 && !/["\\]|:\/\//.test(written);
  return {
    problem: 'inside `{ }` and `[ ]` an expression needs quotes',
    hint: `Put the whole text into quotes: \`"${isShort ? written : '${{ … }}'}"\``,
    span: { start, end: rest === '' ? at + 1 : start + written.length },
  };
}

/** To the end of an entry inside brackets, on one line. */
const expressionAndText = /^(?:\$\{\{(?:'[^'\n]*'|(?!\}\})[^'\n])*\}\}|\$(?!\{\{)|[^$,[\]{}\n])+/;

/** Where a line begins, and where the keys and items above it do that it may belong to. */
function columns(text: string, start: number): string {
  const beginning = (line: string): readonly number[] => {
    const [indent = '', dashes = ''] = /^ *((?:- +)*)/.exec(line) ?? [];
    return [...dashes.matchAll(/- +/g)].map(({ index }) => indent.length - dashes.length + index).concat(indent.length);
  };
  const [own = 0] = beginning(text.slice(start, start + MOST));
  const above = text
    .slice(text.lastIndexOf('\n', start - 10 * MOST) + 1, start)
    .split('\n')
    .filter((line) => /^ *[^\s#]/.test(line))
    .toReversed();
  const open: number[] = [];
  for (const line of above)
    for (const column of beginning(line).toReversed()) if (column < (open[0] ?? Infinity)) open.unshift(column);
  return `It begins in column ${own + 1}, and what is above it in ${open.map((column) => column + 1).join(', ')}`;
}

const quoteIt = 'Put a text that begins with it into quotes';
const indentation = 'Begin the keys of one mapping in the same column, and write `: ` behind each';

function byReason(reason: string): YamlFault {
  for (const [pattern, fault] of reasons) if (pattern.test(reason)) return fault;
  return { problem: reason };
}

const reasons: readonly (readonly [RegExp, YamlFault])[] = [
  [/end of the (?:stream|document) within a double quoted/, { problem: 'a text in double quotes does not end' }],
  [/end of the (?:stream|document) within a single quoted/, { problem: 'a text in single quotes does not end' }],
  [/end of the stream within a flow collection/, { problem: 'a `[` or `{` is not closed' }],
  [/alias node must/, { problem: 'an alias has no name', hint: 'Put a text that begins with `*` into quotes' }],
  [
    /unknown escape|hexadecimal/,
    {
      problem: 'double quotes do not know this escape',
      hint: 'Write `\\\\`, or use single quotes, which have no escapes',
    },
  ],
  [/^missed comma/, { problem: 'a comma is missing between two entries' }],
  [/expected the node content/, { problem: 'there is a comma too many' }],
  [
    /^deficient indentation/,
    { problem: 'the text or the brackets that began above go on here', hint: 'Indent this line further' },
  ],
  [/^expected ':'/, { problem: 'a key has no `:` behind it' }],
  [/multiline key/, { problem: 'a key has no `:` behind it' }],
  [/^tab characters/, { problem: 'tabs are not allowed as indentation', hint: 'Indent with spaces' }],
  [/^end of the stream or/, { problem: 'there is more text behind the end of the document' }],
];

function shown(sign: string): string {
  return sign === '`' ? 'a backtick' : `\`${sign}\``;
}
