import type { DataFindings, DataPlace } from '../data-findings.ts';
import { Tally } from './tally.ts';

/** `doubtful` is text of which some is probably not as it was, `none` is rejected. */
export type CharactersAre = 'text' | 'doubtful' | 'none';

/** Checks the characters of lines, whatever the lines say. */
export class CharacterChecks {
  readonly #findings: DataFindings;
  readonly #decomposed = new Tally();

  constructor(findings: DataFindings) {
    this.#findings = findings;
  }

  /** What the line is to the service, of which `at` has the whole. */
  check(at: DataPlace): CharactersAre {
    const { text = '' } = at;
    if (!/[^\t\u0020-\u007E]/.test(text)) return 'text';
    const garbled = garbledPart.exec(text);
    if (garbled !== null) this.#report('garbled', at, garbled);
    const invisible = invisibleCharacter.exec(text);
    if (invisible !== null) this.#report('invisible-character', at, invisible);
    if (/\p{M}/u.test(text)) {
      const composed = text.normalize('NFC');
      if (composed.length < text.length) {
        const index = firstDifference(text, composed);
        this.#decomposed.add(at, { found: composed.slice(index, index + 1), column: index + 1 });
      }
    }
    const control = controlCharacter.exec(text);
    if (control !== null) this.#report('control-character', at, control);
    if (control !== null) return 'none';
    return garbled === null && invisible === null ? 'text' : 'doubtful';
  }

  /** Reports what is told once of the file. */
  close(): void {
    const { first, tallied } = this.#decomposed;
    if (first !== undefined) this.#findings.report('decomposed', first, tallied);
  }

  #report(
    code: 'garbled' | 'invisible-character' | 'control-character',
    at: DataPlace,
    { 0: found, index }: RegExpExecArray,
  ): void {
    this.#findings.report(code, { ...at, column: index + 1, endColumn: index + 1 + found.length }, { found });
  }
}

function firstDifference(a: string, b: string): number {
  let index = 0;
  while (index < b.length && a[index] === b[index]) index += 1;
  return Math.max(0, a[index] === undefined ? index - 1 : index);
}

const controlCharacter = /(?!\t)[\p{Cc}\uFFFE\uFFFF]/u;
/** Separators of lines that are none, marks of direction, joints and spaces of no width. Joiners are letters' own in some scripts. */
const invisibleCharacter = /[\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]|\u034F/;
/** Whether characters were lost, or read in the wrong encoding, before the text was saved. */
export function isGarbled(text: string): boolean {
  return garbledPart.test(text);
}

/** The sign for a character that was lost, and UTF-8 that was read as windows-1252 and written as UTF-8 again. */
const garbledPart =
  /\uFFFD|[\u00C2\u00C3][\u0080-\u00BF]|\u00E2\u20AC[\u0080-\u00BF\u0152\u0153\u02DC\u2013\u2014\u2018-\u2022\u2026\u2122]/;
