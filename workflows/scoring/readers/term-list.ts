/** A term whose recognition is counted by itself: a name, a drug, a call sign. */
export interface Term {
  /** As the list has it first. */
  readonly name: string;
  /** All ways in which it may be written, `name` among them. */
  readonly variants: readonly string[];
  /** The line of the list, counted from 1. */
  readonly line: number;
}

/** The terms in a list: one a line, its variants separated by `|`; `#` begins a line that is a comment. Or the first fault. */
export function readTerms(
  text: string,
): { readonly terms: readonly Term[] } | { readonly line: number; readonly message: string } {
  const terms: Term[] = [];
  const lineOfVariant = new Map<string, number>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const written = raw.trim();
    if (written === '' || written.startsWith('#')) continue;
    const line = index + 1;
    const variants = written.split('|').map((variant) => variant.trim().replaceAll(/\s+/g, ' '));
    if (variants.includes(''))
      return { line, message: 'Write a spelling on each side of |: there is none on one side' };
    for (const variant of variants) {
      const earlier = lineOfVariant.get(variant);
      if (earlier !== undefined)
        return { line, message: `Give each spelling once: "${variant}" is also on line ${earlier}` };
      lineOfVariant.set(variant, line);
    }
    terms.push({ name: variants[0] ?? written, variants, line });
  }
  if (terms.length === 0) return { line: 1, message: 'Give at least one term: there is none' };
  return { terms };
}
