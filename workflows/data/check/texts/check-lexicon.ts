import type { DataFindings, DataPlace } from '../data-findings.ts';
import { wordsOf } from './utterance-words.ts';

const MOST_ENTRIES = 15_000;
const MOST_OF_A_WORD = 2;

/** Checks entries `word/p h o n e s` of a phonetic lexicon. */
export class LexiconChecks {
  readonly #findings: DataFindings;
  readonly #phones: ReadonlySet<string> | undefined;
  readonly #locale: string;
  readonly #words = new Map<string, number>();
  #entries = 0;

  constructor({ findings, locale }: { readonly findings: DataFindings; readonly locale: string }) {
    this.#findings = findings;
    this.#locale = locale;
    this.#phones = phonesOf[locale.toLowerCase()];
  }

  check(entry: string, at: DataPlace & { readonly column: number }): void {
    this.#entries += 1;
    if (this.#entries > MOST_ENTRIES) {
      if (this.#entries === MOST_ENTRIES + 1)
        this.#findings.report('structured-limit', at, { what: 'entries of the lexicon', most: MOST_ENTRIES });
      return;
    }
    const slash = entry.lastIndexOf('/');
    const word = entry.slice(0, Math.max(slash, 0)).trim();
    const phones = entry.slice(slash + 1).trim();
    if (slash < 0 || wordsOf(word).length === 0 || phones === '') {
      this.#findings.report('lexicon-entry', at, {});
      return;
    }
    const count = (this.#words.get(word.toLowerCase()) ?? 0) + 1;
    this.#words.set(word.toLowerCase(), count);
    if (count > MOST_OF_A_WORD) this.#findings.report('third-pronunciation', at, { word, most: MOST_OF_A_WORD });
    for (const { 0: phone, index } of entry.slice(slash + 1).matchAll(/\S+/g)) {
      if (this.#isPhone(phone)) continue;
      const column = at.column + slash + 1 + index;
      const inLocale = this.#phones === undefined ? undefined : this.#locale;
      this.#findings.report(
        'unknown-phone',
        { ...at, column, endColumn: column + phone.length },
        { phone, ...(inLocale === undefined ? {} : { locale: inLocale }) },
      );
      return;
    }
  }

  /** Labels are ASCII; of which locale they are is known where Microsoft has published its set. */
  #isPhone(phone: string): boolean {
    return this.#phones === undefined ? /^[A-Z\d.+_-]{1,8}$/i.test(phone) : this.#phones.has(phone.toUpperCase());
  }
}

/** The Universal Phone Set by locale: Microsoft Learn, "Structured text phonetic pronunciation data", which has en-US alone. Stress and syllables may be marked. */
const phonesOf: Readonly<Record<string, ReadonlySet<string>>> = {
  'en-us': new Set(
    (
      'B CH D DH F G H JH K L M N NG P R S SH T TH V W J Z ZH ' +
      'AA AE AH AO AOX AU AX AI EH EHX ER EI IH I O OI OWX Q UH U UWX S1 S2 . -'
    ).split(' '),
  ),
};
