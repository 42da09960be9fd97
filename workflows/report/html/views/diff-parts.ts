import type { ResultsRecognised, ResultsSet } from '../../../../schemas/types.gen.ts';
import { counted } from './figures.ts';

/** A part of the difference between what was said and what was recognised. */
export type DiffPart =
  /** What both have, and what is left out of a long text. */
  | { readonly kind: 'same' | 'gap'; readonly text: string }
  | { readonly kind: 'deleted'; readonly said: string }
  | { readonly kind: 'inserted'; readonly heard: string }
  | { readonly kind: 'substituted'; readonly said: string; readonly heard: string };

/**
 * The difference step by step, to the reference that the recognised text was aligned with. Of a long passage without errors only what stands next to an error is left, and behind so many
 * errors the rest is only counted.
 */
export function diffParts(
  { reference, recognised }: { readonly reference: string; readonly recognised: ResultsRecognised },
  unit: ResultsSet['unit'],
): readonly DiffPart[] {
  const said = unitsOf(recognised.reference ?? reference, unit);
  const heard = unitsOf(recognised.text, unit);
  const between = unit === 'char' ? '' : ' ';
  const context = unit === 'char' ? 36 : 12;
  const parts: DiffPart[] = [];
  let same: string[] = [];
  let errors = 0;
  let left = 0;
  const endSame = (isLast: boolean): void => {
    // A text without an error has no place at which to begin.
    const before = parts.length === 0 && !(isLast && errors === 0) ? 0 : context;
    const behind = isLast ? 0 : context;
    if (same.length > before + behind + context) {
      if (before > 0) parts.push({ kind: 'same', text: same.slice(0, before).join(between) });
      parts.push({ kind: 'gap', text: `… ${same.length - before - behind} …` });
      if (behind > 0) parts.push({ kind: 'same', text: same.slice(-behind).join(between) });
    } else if (same.length > 0) parts.push({ kind: 'same', text: same.join(between) });
    same = [];
  };
  let [spoken, recognisedAt] = [0, 0];
  for (const operation of recognised.operations) {
    const word = operation === 'I' ? '' : (said[spoken++] ?? '');
    const other = operation === 'D' ? '' : (heard[recognisedAt++] ?? '');
    if (operation !== 'C') errors += 1;
    if (errors > mostErrors) {
      left += operation === 'C' ? 0 : 1;
      continue;
    }
    if (operation === 'C') {
      // An optional word may stand on one side alone.
      same.push(word || other);
      continue;
    }
    endSame(false);
    if (operation === 'S') parts.push({ kind: 'substituted', said: word, heard: other });
    else parts.push(operation === 'D' ? { kind: 'deleted', said: word } : { kind: 'inserted', heard: other });
  }
  endSame(true);
  if (left > 0) parts.push({ kind: 'gap', text: `… and ${counted(left, 'more error')}` });
  return parts;
}

/** More than a person compares in one utterance. */
const mostErrors = 60;

function unitsOf(text: string, unit: ResultsSet['unit']): readonly string[] {
  // An optional word that is left out is an empty one, and has a step of its own.
  if (unit !== 'char') return text.split(' ');
  return Array.from(
    new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text),
    ({ segment }) => segment,
  ).filter((character) => character !== ' ' && character !== '\t');
}
