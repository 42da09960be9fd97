import { bytesShown } from '../../../document/bytes-shown.ts';
import { quoteName } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';

/** Bytes as text, and lines of text: of transcripts and of training text alike. */
export const textRules = {
  encoding: rule<{ is: string; byte?: number }>({
    costs: 'set',
    fixed: 'where-clear',
    means: 'The text is not UTF-8, which is the one encoding that the service takes.',
    advice: 'Save it as UTF-8; an upload puts the byte order mark before it.',
    source: datasets,
    tell: (p) => ({
      message: `Cannot read this as UTF-8: it is ${p.is}${p.byte === undefined ? '' : ` (byte 0x${p.byte.toString(16).toUpperCase()})`}`,
      hint: 'Save it as UTF-8',
    }),
  }),
  'not-fetched': rule<{ tool: string; command: string }>({
    costs: 'set',
    means: 'The file is a pointer of Git LFS or DVC: the text itself has not been fetched.',
    advice: 'Fetch it with `git lfs pull` or `dvc pull`; in CI, let the checkout do so.',
    source: 'seen',
    tell: (p) => ({
      message: `Cannot read the text: this is a pointer of ${p.tool}, and the file itself is not here`,
      hint: `Fetch it: ${p.command}`,
    }),
  }),
  'line-ends': rule<Record<never, never>>({
    costs: 'set',
    fixed: 'always',
    means: 'Lines end as on a Macintosh before 2001, in a carriage return alone: to the service it is one line.',
    advice: 'Save it with line feeds (LF), or both (CRLF).',
    source: 'seen',
    tell: () => ({
      message: 'Cannot find a second line: the lines end in carriage returns (CR) without line feeds',
      hint: 'Save it with the line ends LF or CRLF',
    }),
  }),
  'long-line': rule<{ most: number }>({
    costs: 'set',
    means: 'A line has more characters than a text has: line ends are missing, or it is another format.',
    advice: 'Write an utterance a line.',
    source: 'seen',
    tell: (p) => ({
      message: `Cannot take this as a text: a line has over ${p.most.toLocaleString('en-US')} characters`,
      hint: 'Write an utterance a line',
    }),
  }),
  'text-too-large': rule<{ bytes: number; most: number; kind: string; tier: 'S0' | 'F0'; free?: number }>({
    costs: 'set',
    means:
      'The file is larger than the service takes of this kind: 1.5 GB of plain text, 200 MB of structured text, 1 MB of pronunciations, 10 MB of display formats. The free tier, `--tier F0`, takes 200 MB of plain text and 1 KB of pronunciations.',
    advice: 'Split it into several datasets. A model takes several of plain text.',
    source: `${datasets}; Quotas and limits`,
    tell: (p) => ({
      message: `Cannot take ${bytesShown(p.bytes)} as a dataset of kind ${p.kind}: at most ${bytesShown(p.most)} are allowed${p.tier === 'F0' ? ' on the free tier' : ''}${p.free === undefined ? '' : ` (${bytesShown(p.free)} on the free tier)`}`,
      hint: p.tier === 'F0' ? 'Take a resource of the tier S0, or leave something out' : 'Split it into several',
    }),
  }),
  'large-text': rule<{ bytes: number }>({
    costs: 'nothing',
    means:
      "Microsoft's pages contradict each other: plain text has at most 200 MB by one, and at most 1.5 GB on S0 by the other.",
    advice: 'Split it into datasets of less than 200 MB, which are right by both.',
    source: `${datasets}; Quotas and limits`,
    tell: (p) => ({
      message: `This has ${bytesShown(p.bytes)}: one page of Microsoft allows 200 MB, another 1.5 GB`,
      hint: 'Split it into datasets of less than 200 MB to be sure',
    }),
  }),
  'control-character': rule<{ found: string }>({
    costs: 'line',
    fixed: 'always',
    means: 'A line has a control character, which no text has: something else has got into it.',
    advice: 'Remove it.',
    source: 'seen',
    tell: (p) => ({
      message: `The service rejects this line: it has the control character ${codePoint(p.found)}`,
      hint: 'Remove it',
    }),
  }),
  'invisible-character': rule<{ found: string }>({
    costs: 'nothing',
    fixed: 'where-clear',
    means:
      'A line has a character that nobody sees: a line separator, a byte order mark within the text, a space of no width, a mark of direction, a soft hyphen. To the service it may end a word, or be part of one.',
    advice: 'Remove it. Such characters come from web pages and word processors.',
    source: datasets,
    tell: (p) => ({
      message: `There is an invisible character, ${codePoint(p.found)}${named(p.found)}`,
      hint: 'Remove it',
    }),
  }),
  garbled: rule<{ found: string }>({
    costs: 'nothing',
    means:
      'Characters were lost, or read in the wrong encoding, before the text was saved: `Ã©` in place of `é`, or U+FFFD.',
    advice: 'Take the text from where it came again, and read it in its own encoding.',
    source: datasets,
    tell: (p) => ({
      message:
        p.found === '\uFFFD'
          ? 'A character was lost here before the text was saved'
          : `${quoteName(p.found)} is probably another character, read in the wrong encoding`,
      hint: 'Convert the text from where it came again',
    }),
  }),
  decomposed: rule<{ lines: number; examples: readonly string[] }>({
    costs: 'nothing',
    fixed: 'always',
    means:
      'Letters and their accents are characters of their own (NFD, as macOS writes names), so that equal words may differ.',
    advice: 'Normalise the text to NFC.',
    source: 'seen',
    tell: (p) => ({
      message: `Letters are apart from their accents in ${linesShown(p.lines)}, such as ${p.examples.map((one) => quoteName(one)).join(', ')}`,
      hint: 'Normalise the text to NFC',
    }),
  }),
} as const;

/** A character by its number. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function named(character: string): string {
  const name = names[character];
  return name === undefined ? '' : ` (${name})`;
}

const names: Readonly<Record<string, string>> = {
  '\u00AD': 'soft hyphen',
  '\u200B': 'zero width space',
  '\u200E': 'left-to-right mark',
  '\u200F': 'right-to-left mark',
  '\u2028': 'line separator',
  '\u2029': 'paragraph separator',
  '\u2060': 'word joiner',
  '\uFEFF': 'byte order mark within the text',
};

/** So many lines, in words. */
export function linesShown(lines: number): string {
  return lines === 1 ? 'a line' : `${lines.toLocaleString('en-US')} lines`;
}
