import { type Fingerprint, likeness, sameRecording } from '../sound/fingerprint.ts';
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
  readonly #byDigest = new Map<string, ComparedRecording>();
  readonly #recordings: ComparedRecording[] = [];
  /** By the words of their fingerprints. */
  readonly #byWord = new Map<number, Set<number>>();

  constructor({ locale }: { readonly locale: string }) {
    this.#said = new SaidInTests(locale);
  }

  add(set: {
    readonly recordings: readonly ComparedRecording[];
    readonly spoken: readonly (TestUtterance & { readonly text: string })[];
  }): void {
    for (const one of set.spoken) this.#said.add(one.text, one);
    for (const recording of set.recordings) {
      if (recording.heard === undefined) continue;
      this.#remember(recording, recording.heard.fingerprint);
      this.#byDigest.set(recording.heard.digest, recording);
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
    const same = this.#byDigest.get(heard.digest);
    if (same !== undefined) return { name: same.name, path: same.path, isSame: true };
    const alike = this.#likely(heard.fingerprint).find(
      (one) =>
        Math.abs(one.seconds - seconds) <= mostSecondsApart &&
        one.heard !== undefined &&
        likeness(one.heard.fingerprint, heard.fingerprint) >= sameRecording,
    );
    return alike && { name: alike.name, path: alike.path, isSame: false };
  }

  #remember(recording: ComparedRecording, fingerprint: Fingerprint): void {
    const index = this.#recordings.push(recording) - 1;
    for (const word of fingerprint) {
      if (word === 0) continue;
      const known = this.#byWord.get(word);
      if (known === undefined) this.#byWord.set(word, new Set([index]));
      else known.add(index);
    }
  }

  /** The few recordings that have most words of their fingerprints in common with one. */
  #likely(fingerprint: Fingerprint): readonly ComparedRecording[] {
    const counts = new Map<number, number>();
    for (const word of new Set(fingerprint))
      for (const index of this.#byWord.get(word) ?? []) counts.set(index, (counts.get(index) ?? 0) + 1);
    return [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, mostCompared)
      .flatMap(([index]) => this.#recordings[index] ?? []);
  }
}

/** What is cut off at both ends of a recording. */
const mostSecondsApart = 2;
const mostCompared = 10;
