/** What is wrong with a pattern, and where in it. */
export interface PatternFault {
  readonly index: number;
  readonly length: number;
  readonly why: string;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const classes = new Set('dlua');
const escaped = new Set('\\(){}[]|+?*');

/**
 * The first fault of a pattern for inverse text normalisation, such as `(AB|CD)-(\d)+` or `{zippy>ZPI}-\d\d`, by Microsoft Learn,
 * "How to prepare display text format training data": phrases `(...)`, ranges `[...]`, replacements `{spoken>written}`, the classes
 * `\d` `\l` `\u` `\a`, and `?` `+` `*` behind phrases alone. Undefined where there is none.
 */
export function itnFault(pattern: string): PatternFault | undefined {
  const open: { readonly sign: string; readonly index: number }[] = [];
  let before = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const sign = pattern[index] ?? '';
    if (sign === '\\') {
      const next = pattern[index + 1] ?? '';
      if (!classes.has(next) && !escaped.has(next))
        return { index, length: 2, why: `\`\\${next}\` is no class and no escape` };
      index += 1;
      before = '\\';
      continue;
    }
    const innermost = open.at(-1);
    // Within a range and a replacement all other signs stand for themselves.
    const isLiteral = innermost?.sign === '[' || innermost?.sign === '{';
    if (innermost !== undefined && sign === closing[innermost.sign]) open.pop();
    else if (!isLiteral && closing[sign] !== undefined) open.push({ sign, index });
    else if (!isLiteral && /[)\]}]/.test(sign)) return { index, length: 1, why: `\`${sign}\` closes nothing` };
    else if (!isLiteral && /[?+*]/.test(sign) && before !== ')')
      return { index, length: 1, why: `\`${sign}\` stands behind a phrase in parentheses alone` };
    before = sign;
  }
  const [left] = open;
  return left === undefined ? undefined : { index: left.index, length: 1, why: `\`${left.sign}\` is not closed` };
}
