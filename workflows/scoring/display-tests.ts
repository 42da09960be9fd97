import { displayTokens } from './display-tokens.ts';
import { normaliseText } from './normalise-text.ts';
import type { DisplayedPhrase } from './readers/azure-results.ts';

/** Words that are spoken, and how they are to be displayed. */
export interface DisplayTest {
  readonly spoken: string;
  readonly display: string;
  /** The line of the table, counted from 1. */
  readonly line: number;
}

/** What came of a test. */
export interface DisplayOutcome {
  readonly test: DisplayTest;
  /** `passed` where every phrase with the spoken words shows them as wanted; `not heard` where there is no such phrase. */
  readonly outcome: 'passed' | 'failed' | 'not heard';
  /** The phrases with the spoken words that show them otherwise. */
  readonly wrong: readonly DisplayedPhrase[];
}

/**
 * The tests in a table, a line each: what is spoken, a tab, what is displayed; `#` begins a comment. Of a file of display formats, which has a
 * line `#test`, the lines behind that one, until the next one that begins with `#`. Or the first fault.
 */
export function readDisplayTests(
  text: string,
): { readonly tests: readonly DisplayTest[] } | { readonly line: number; readonly message: string } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const section = lines.findIndex((line) => /^#\s*test\s*$/i.test(line));
  const next = lines.findIndex((line, index) => index > section && line.startsWith('#'));
  const until = section === -1 || next === -1 ? lines.length : next;
  const tests: DisplayTest[] = [];
  for (let at = section + 1; at < until; at += 1) {
    const written = lines[at] ?? '';
    if (written.trim() === '' || written.startsWith('#')) continue;
    const line = at + 1;
    const [spoken = '', display = '', more] = written.split('\t').map((part) => part.trim());
    if (spoken === '' || display === '' || more !== undefined)
      return { line, message: 'Write what is spoken, one tab, and what is displayed' };
    if (wordsOf(spoken).length === 0) return { line, message: 'Write words: nothing is spoken here' };
    tests.push({ spoken, display, line });
  }
  return tests.length === 0 ? { line: 1, message: 'Give at least one line: there is none' } : { tests };
}

/**
 * Whether phrases show what was spoken in them as tests want it. A phrase counts for a test where the spoken words stand in its lexical text,
 * whatever their capitals; it passes where the wanted tokens stand in its display text, in one row and with their capitals and punctuation.
 */
export function checkDisplay(
  tests: readonly DisplayTest[],
  phrases: readonly DisplayedPhrase[],
): readonly DisplayOutcome[] {
  const known = phrases.map((phrase) => ({
    phrase,
    words: wordsOf(phrase.lexical),
    tokens: displayTokens(phrase.display),
  }));
  return tests.map((test) => {
    const [words, tokens] = [wordsOf(test.spoken), displayTokens(test.display)];
    const heard = known.filter((of) => hasRow(of.words, words));
    const wrong = heard.filter((of) => !hasRow(of.tokens, tokens)).map(({ phrase }) => phrase);
    const outcome = heard.length === 0 ? 'not heard' : wrong.length === 0 ? 'passed' : 'failed';
    return { test, outcome, wrong };
  });
}

function wordsOf(spoken: string): readonly string[] {
  return displayTokens(normaliseText(spoken, 'lexical'));
}

function hasRow(all: readonly string[], row: readonly string[]): boolean {
  return all.some((_, from) => row.every((token, index) => all[from + index] === token));
}
