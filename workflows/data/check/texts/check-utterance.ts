import { CharacterChecks } from './check-characters.ts';
import type { DataFindings, DataPlace } from '../data-findings.ts';
import { Tally } from './tally.ts';
import { repetitionIn, wordsOf } from './utterance-words.ts';

/** What an utterance is part of. Transcripts say what was spoken, other texts what may be. */
export type UtteranceOf = 'transcript' | 'text';

/** Checks what is said in lines by the rules for transcripts and training text. */
export class UtteranceChecks {
  /** Of lines that are no utterances, too. */
  readonly characters: CharacterChecks;
  readonly #findings: DataFindings;
  readonly #language: string;
  readonly #of: UtteranceOf;
  readonly #unspoken = new Tally();
  readonly #special = new Tally();
  readonly #markup = new Tally();
  readonly #halfWidth = new Tally();
  readonly #long = new Tally();

  constructor(of: UtteranceOf, { findings, locale }: { readonly findings: DataFindings; readonly locale: string }) {
    this.#findings = findings;
    this.characters = new CharacterChecks(findings);
    this.#language = locale.slice(0, 2).toLowerCase();
    this.#of = of;
  }

  /** Whether the service takes the utterance, which begins at a column, from 1, of the whole line that `at` has. */
  check(utterance: string, at: DataPlace & { readonly column: number }): boolean {
    const place = (index: number, length: number): DataPlace & { readonly column: number } => {
      const column = at.column + index;
      return { ...at, column, endColumn: column + length };
    };
    const whole = place(0, utterance.length);
    const characters = this.characters.check(at);
    const hasFault = this.#faultIn(utterance, place);
    if (characters === 'none' || hasFault) return false;
    if (wordsOf(utterance).length === 0) {
      this.#findings.report('no-words', whole, { text: utterance });
      return false;
    }
    const repeated = repetitionIn(utterance);
    if (repeated !== undefined) {
      this.#findings.report('repetition', whole, { repeated });
      return false;
    }
    if (characters === 'text') this.#advise(utterance, place);
    return true;
  }

  /** Reports what is told once of the file. */
  close(): void {
    this.characters.close();
    const tallies = [
      ['not-spelled-out', this.#unspoken],
      ['special-characters', this.#special],
      ['markup', this.#markup],
      ['half-width-punctuation', this.#halfWidth],
      ['long-utterances', this.#long],
    ] as const;
    for (const [code, { first, tallied }] of tallies)
      if (first !== undefined) this.#findings.report(code, first, tallied);
  }

  #faultIn(utterance: string, place: Places): boolean {
    const uri = uriIn(utterance);
    if (uri !== undefined) {
      this.#findings.report('uri', place(uri.index, uri.length), {});
      return true;
    }
    const discarded = this.#language === 'de' ? discardedInGerman.exec(utterance) : null;
    if (discarded !== null) {
      this.#findings.report('discarded-symbol', place(discarded.index, 1), { symbol: discarded[0] });
      return true;
    }
    // The limit is one of transcripts: Microsoft's own samples of Japanese text have longer sentences.
    const long = this.#language === 'ja' && this.#of === 'transcript' ? longSentence(utterance) : undefined;
    if (long !== undefined) {
      this.#findings.report('long-sentence', place(long.index, long.length), {
        characters: long.characters,
        most: LONGEST_JAPANESE,
      });
      return true;
    }
    return false;
  }

  #advise(utterance: string, place: Places): void {
    const tally = (counted: Tally, found: RegExpExecArray | null): void => {
      if (found !== null)
        counted.add(place(found.index, found[0].length), { found: found[0], column: place(found.index, 0).column });
    };
    if (this.#of === 'transcript') {
      const other = this.#language === 'en' ? /[^\t\u0020-\u007E]/u.exec(utterance) : null;
      if (other !== null)
        this.#findings.report('not-ascii', place(other.index, other[0].length), { character: other[0] });
      tally(this.#unspoken, (this.#language === 'de' ? unspokenInGerman : unspoken).exec(utterance));
      if (this.#language === 'zh') tally(this.#halfWidth, /(?<=\p{sc=Han}\s?)[!"'(),.:;?]/u.exec(utterance));
      return;
    }
    tally(this.#markup, markup.exec(utterance));
    tally(this.#special, (this.#language === 'en' ? aboveA1 : symbols).exec(utterance));
    if (utterance.length > LONGEST_UTTERANCE)
      this.#long.add(place(LONGEST_UTTERANCE, 1), {
        found: `${utterance.slice(0, 20)}…`,
        column: place(LONGEST_UTTERANCE, 0).column,
      });
  }
}

type Places = (index: number, length: number) => DataPlace & { readonly column: number };

/** Found from its `://`, since a search for its first letter takes long in texts that are made for that. */
function uriIn(text: string): { readonly index: number; readonly length: number } | undefined {
  for (let at = text.indexOf('://'); at > 0; at = text.indexOf('://', at + 1)) {
    const scheme = /[a-z][a-z\d+.-]{0,19}$/i.exec(text.slice(Math.max(0, at - 20), at))?.[0];
    if (scheme !== undefined) return { index: at - scheme.length, length: lengthOfUri(text, at - scheme.length) };
  }
  const named = /(?<![\p{L}\p{N}])www\.[a-z\d-]{1,63}\./iu.exec(text);
  return named === null ? undefined : { index: named.index, length: lengthOfUri(text, named.index) };
}

function lengthOfUri(text: string, from: number): number {
  const end = text.slice(from, from + 2000).search(/\s/);
  return end < 0 ? Math.min(text.length - from, 2000) : end;
}

const LONGEST_JAPANESE = 90;
const LONGEST_UTTERANCE = 1000;

function longSentence(
  text: string,
): { readonly index: number; readonly length: number; readonly characters: number } | undefined {
  for (const { 0: sentence, index } of text.matchAll(/[^。．.！!？?\n]+/gu)) {
    const characters = sentence.length <= LONGEST_JAPANESE ? 0 : [...sentence].length;
    if (characters > LONGEST_JAPANESE) return { index, length: sentence.length, characters };
  }
  return undefined;
}

/** The service discards rows with these: Human-labeled transcriptions, de-DE. */
const discardedInGerman = /[¢¤¥¦§©ª¬®°±²µ×ÿØ]/u;
/** Figures, signs and short forms, which are read aloud in more than one way. */
const unspoken =
  /\p{Nd}|[#%&*+/<=>@^~$€£¥]|(?<![\p{L}\p{N}])(?:Dr|Mr|Mrs|Ms|St|No|vs|etc|e\.g|i\.e)\.(?![\p{L}\p{N}])/u;
const unspokenInGerman =
  /\p{Nd}|[#%&*+/<=>@^~$€£]|(?<![\p{L}\p{N}])(?:Dr|Nr|St|Str|ca|bzw|usw|z\.\s?B|d\.\s?h|u\.\s?a)\.(?![\p{L}\p{N}])/u;
/** Plain text has no characters above U+00A1 by Microsoft's page, whose samples for other languages have their letters. */
const aboveA1 = /[\u00A2-\u{10FFFF}]/u;
const symbols = /(?![$+<=>^`|~])[\p{S}\p{Co}\p{Cn}]/u;
const markup = /<\/?[a-z][^<>]{0,200}>|&(?:[a-z]{2,8}|#x?[\da-f]{1,6});|[{}]|\*\*|__|^#{1,6}\s|\]\(/i;
