import { type Fingerprint, likeness, sameRecording } from '../sound/fingerprint.ts';
import { Fingerprints } from './fingerprints.ts';
import { SaidInTests, type TestUtterance } from './said-in-tests.ts';
import { TemplatesInTests } from './templates-in-tests.ts';

/** A recording as it is compared with others. */
export interface ComparedRecording {
  readonly name: string;
  readonly path: string;
  readonly seconds: number;
  readonly heard?: { readonly digest: string; readonly fingerprint: Fingerprint };
}

/** A recording of a test set that one of the training is, or sounds as. */
export interface TestRecording {
  readonly name: string;
  readonly path: string;
  readonly isSame: boolean;
}

/** The test sets that models are measured with, to be looked up for training data. */
export class TestSets {
  readonly #said: SaidInTests;
  /** The numbers of recordings by their digests. */
  readonly #byDigest = new Map<string, number>();
  /** Without what was heard in them. */
  readonly #recordings: Pick<ComparedRecording, 'name' | 'path' | 'seconds'>[] = [];
  readonly #fingerprints = new Fingerprints();

  constructor({ locale }: { readonly locale: string }) {
    this.#said = new SaidInTests(locale);
  }

  add(set: {
    readonly recordings: readonly ComparedRecording[];
    readonly spoken: readonly (TestUtterance & { readonly text: string })[];
  }): void {
    for (const one of set.spoken) this.#said.add(one.text, one);
    for (const { name, path, seconds, heard } of set.recordings) {
      if (heard === undefined) continue;
      const recording = this.#fingerprints.add(heard.fingerprint);
      this.#recordings[recording] = { name, path, seconds };
      this.#byDigest.set(heard.digest, recording);
    }
  }

  /** What looks up sentences with places for the items of lists. */
  templates<Place>(): TemplatesInTests<Place> {
    return new TemplatesInTests(this.#said);
  }

  /** The utterance of a test set that a line of training text says; undefined where it says none. */
  said(line: string): TestUtterance | undefined {
    return this.#said.find(line);
  }

  /** The recording of a test set that one is, or sounds as; undefined where it is like none, or was not heard. */
  heard({ seconds, heard }: ComparedRecording): TestRecording | undefined {
    if (heard === undefined) return undefined;
    const { digest, fingerprint } = heard;
    const same = this.#recordings[this.#byDigest.get(digest) ?? -1];
    if (same !== undefined) return { name: same.name, path: same.path, isSame: true };
    for (const index of this.#fingerprints.likely(fingerprint, mostCompared)) {
      const { name, path, seconds: its } = this.#recordings[index]!;
      if (Math.abs(its - seconds) > mostSecondsApart) continue;
      if (likeness(this.#fingerprints.of(index), fingerprint) >= sameRecording) return { name, path, isSame: false };
    }
    return undefined;
  }
}

/** What is cut off at both ends of a recording. */
const mostSecondsApart = 2;
const mostCompared = 10;
