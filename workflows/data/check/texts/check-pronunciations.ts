import { CharacterChecks } from './check-characters.ts';
import type { CheckContext } from '../check-context.ts';
import type { DataFile } from '../reading/data-file.ts';
import { readText } from '../reading/read-text.ts';
import { wordsOf } from './utterance-words.ts';

/** Checks lines of a displayed form, a tab and a spoken form, and answers how many there are. */
export async function checkPronunciations(file: DataFile, context: CheckContext): Promise<number> {
  const { findings, locale } = context;
  const characters = new CharacterChecks(findings);
  /** What a form is spoken as, and where that is said: the file has at most a megabyte. */
  const known = new Map<string, { readonly spoken: string; readonly line: number }>();
  let lines = 0;
  const options = { ...context, takes: 'one text file', takesAnsi: /^en\b/i.test(locale) };
  for await (const { number, text } of readText(file, options)) {
    if (text.trim() === '') continue;
    lines += 1;
    const at = { path: file.path, line: number, text };
    if (characters.check(at) === 'none') continue;
    const why = faultIn(text);
    if (why !== undefined) {
      findings.report('pronunciation-line', at, why);
      continue;
    }
    const tab = text.indexOf('\t');
    const display = text.slice(0, tab).trim();
    const spoken = text.slice(tab + 1).trim();
    const column = text.indexOf(spoken, tab + 1) + 1;
    const unspoken = /\p{Nd}|[^\p{L}\p{M}\p{N}\s'’.-]|(?<![\p{L}\p{M}])\p{Lu}{2,}(?![\p{L}\p{M}])/u.exec(spoken);
    if (unspoken !== null) {
      const from = column + unspoken.index;
      findings.report(
        'spoken-form',
        { ...at, column: from, endColumn: from + unspoken[0].length },
        { found: unspoken[0] },
      );
    }
    const before = known.get(display);
    if (before !== undefined && before.spoken !== spoken.toLowerCase())
      findings.report('other-pronunciation', at, { display, spoken: before.spoken, line: before.line });
    known.set(display, { spoken: spoken.toLowerCase(), line: number });
  }
  characters.close();
  return lines;
}

function faultIn(text: string): { readonly why: string; readonly hint: string } | undefined {
  const [display = '', spoken, ...more] = text.split('\t', 4);
  const hint = 'Write the displayed form, a tab, and the spoken form';
  if (spoken === undefined) {
    const isSpaced = /^\s*\S+ {2,}\S/.test(text.slice(0, 200));
    return { why: 'it has no tab between its two forms', hint: isSpaced ? 'Write a tab in place of the spaces' : hint };
  }
  if (more.length > 0) return { why: 'it has more than one tab', hint };
  if (wordsOf(display).length === 0) return { why: 'its displayed form is empty', hint };
  return wordsOf(spoken).length === 0 ? { why: 'its spoken form is empty', hint } : undefined;
}
