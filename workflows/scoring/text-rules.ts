import { createHash } from 'node:crypto';
import { type NormalisationProfile, normaliseText } from './normalise-text.ts';

/** Rules of one's own, which come behind those of the profile that they extend. */
export interface TextRules {
  readonly extends: NormalisationProfile;
  /** Words and the words that count for them, in the order in which they were written. */
  readonly replace: readonly (readonly [from: string, to: string])[];
  /** Words that do not count. */
  readonly fillers: readonly string[];
}

/** What names the rules of a score. */
export interface RulesName {
  readonly name: string;
  /** The first 12 digits of the SHA-256 of what they say: other rules have another one, another order or comment of the file does not. */
  readonly digest: string;
}

/**
 * A function from a text to its form in the rules' profile, with words replaced and fillers left out. What the rules say is written
 * in the profile's form first, so that `Dr.` is found where the profile makes `dr` of it. Every place is replaced at most once: the
 * longest of the words that begin there; what was put in is not looked at again.
 */
export function textNormaliserOf(rules: TextRules): (text: string) => string {
  const wordsIn = (text: string): readonly string[] =>
    normaliseText(text, rules.extends)
      .split(/[ \t]+/)
      .filter(Boolean);
  const replacements = new Map<string, readonly string[]>();
  let longest = 1;
  for (const [from, to] of [...rules.replace, ...rules.fillers.map((filler) => [filler, ''] as const)]) {
    const words = wordsIn(from);
    const key = words.join(' ');
    if (key === '' || replacements.has(key)) continue;
    replacements.set(key, wordsIn(to));
    longest = Math.max(longest, words.length);
  }
  const firsts = new Set([...replacements.keys()].map((key) => key.split(' ')[0]));
  return (text) => {
    const words = wordsIn(text);
    const written: string[] = [];
    for (let at = 0; at < words.length;) {
      const most = firsts.has(words[at]) ? Math.min(longest, words.length - at) : 0;
      let length = most;
      while (length > 0 && !replacements.has(words.slice(at, at + length).join(' '))) length -= 1;
      if (length === 0) written.push(words[at]!);
      else written.push(...replacements.get(words.slice(at, at + length).join(' '))!);
      at += Math.max(1, length);
    }
    return written.join(' ');
  };
}

/** The digest of what rules say, see {@link RulesName}. */
export function digestOfRules(rules: TextRules): string {
  const said = JSON.stringify([rules.extends, rules.replace, rules.fillers.toSorted()]);
  return createHash('sha256').update(said).digest('hex').slice(0, 12);
}
