import { createHash } from 'node:crypto';
import { TestSets } from '../compare/test-sets.ts';
import type { CheckedRecording } from '../check/checked-set.ts';

/** A recording with what decides on which side it is. */
export interface DividedRecording extends CheckedRecording {
  readonly text?: string | undefined;
  /** Those who speak: their recordings are on one side. */
  readonly speakers: readonly string[];
  /** Part of the set of which a share is in the test. */
  readonly slice: string;
}

export interface DivideSetOptions {
  /** How much of the sound is to test with, 0..1. */
  readonly test: number;
  readonly seed: string;
  readonly locale: string;
}

export interface DividedSet {
  readonly test: ReadonlySet<string>;
  /** How many groups there are whose recordings have to be on one side. */
  readonly groups: number;
}

/**
 * Chooses recordings to test with. What is said on one side is not said on the other, and nobody speaks on both; of each slice, and of short
 * and long recordings, about the same share is chosen. The same recordings and seed give the same answer.
 */
export function divideSet(recordings: readonly DividedRecording[], options: DivideSetOptions): DividedSet {
  const groups = new Groups(recordings);
  for (;;) {
    const all = groups.all();
    const test = choose(all, options);
    // What is alike without being the same is found by what a check of the training would say of it, and is put together then.
    if (!groups.joinLeaks(test, options.locale)) return { test, groups: all.length };
  }
}

interface Group {
  readonly recordings: readonly DividedRecording[];
  readonly seconds: number;
}

/** Recordings that have to be on one side. */
class Groups {
  readonly #recordings: readonly DividedRecording[];
  readonly #byName: ReadonlyMap<string, DividedRecording>;
  readonly #parents = new Map<string, string>();

  constructor(recordings: readonly DividedRecording[]) {
    this.#recordings = recordings;
    this.#byName = new Map(recordings.map((recording) => [recording.name, recording]));
    const first = new Map<string, string>();
    for (const { name, text, speakers, heard } of recordings) {
      const said = wordsOf(text);
      const keys = [
        ...(said === '' ? [] : [`said ${said}`]),
        ...(heard === undefined ? [] : [`sounds ${heard.digest}`]),
        ...speakers.map((speaker) => `spoken ${speaker}`),
      ];
      for (const key of keys) {
        const other = first.get(key);
        if (other === undefined) first.set(key, name);
        else this.#join(other, name);
      }
    }
  }

  all(): readonly Group[] {
    const byRoot = Map.groupBy(this.#recordings, ({ name }) => this.#rootOf(name));
    return [...byRoot.values()].map((recordings) => ({
      recordings,
      seconds: recordings.reduce((sum, { seconds }) => sum + seconds, 0),
    }));
  }

  /** Whether something on one side is like something on the other, which is then in one group. */
  joinLeaks(test: ReadonlySet<string>, locale: string): boolean {
    const tests = new TestSets({ locale });
    const of = (isTest: boolean): readonly DividedRecording[] =>
      this.#recordings.filter(({ name }) => test.has(name) === isTest);
    tests.add({
      recordings: of(true),
      spoken: of(true).map(({ name, path, text = '' }) => ({ recording: name, path, line: 0, text })),
    });
    let hasLeak = false;
    for (const recording of of(false)) {
      const leaks = [tests.said(recording.text ?? '')?.recording, tests.heard(recording)?.name];
      for (const leak of leaks) {
        if (leak === undefined || !this.#byName.has(leak)) continue;
        this.#join(recording.name, leak);
        hasLeak = true;
      }
    }
    return hasLeak;
  }

  #join(a: string, b: string): void {
    const [rootA, rootB] = [this.#rootOf(a), this.#rootOf(b)];
    if (rootA !== rootB) this.#parents.set(rootB, rootA);
  }

  #rootOf(name: string): string {
    let root = name;
    for (let up = this.#parents.get(root); up !== undefined; up = this.#parents.get(root)) root = up;
    // What is looked up again is found at once.
    for (let at = name; at !== root;) {
      const up = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = up;
    }
    return root;
  }
}

function wordsOf(text = ''): string {
  return (text.toLowerCase().match(/[\p{L}\p{M}\p{N}']+/gu) ?? []).join(' ');
}

/** Of each stratum as many groups as come nearest to the share; what is too little of one is made up for by the next. */
function choose(groups: readonly Group[], { test: share, seed }: DivideSetOptions): ReadonlySet<string> {
  const bounds = thirdsOf(groups.flatMap(({ recordings }) => recordings.map(({ seconds }) => seconds)));
  const stratumOf = ({ recordings, seconds }: Group): string => {
    const mean = seconds / recordings.length;
    return `${mostFrequent(recordings.map(({ slice }) => slice))}\0${bounds.filter((bound) => mean > bound).length}`;
  };
  const strata = [...Map.groupBy(groups, stratumOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const chosen = new Set<string>();
  let wanted = 0;
  for (const [, stratum] of strata) {
    wanted += share * stratum.reduce((sum, { seconds }) => sum + seconds, 0);
    for (const { recordings, seconds } of inOrder(stratum, seed)) {
      // More than half of it would be too much.
      if (seconds > 2 * wanted) continue;
      wanted -= seconds;
      for (const { name } of recordings) chosen.add(name);
    }
  }
  return chosen;
}

/** In an order by chance, which is that of the seed and stays when other groups come or go. */
function inOrder(groups: readonly Group[], seed: string): readonly Group[] {
  const keyOf = ({ recordings }: Group): string => {
    const names = recordings.map(({ name }) => name).toSorted();
    return createHash('sha256')
      .update(`${seed}\0${names[0] ?? ''}`)
      .digest('hex');
  };
  return groups
    .map((group) => [keyOf(group), group] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group);
}

function thirdsOf(seconds: readonly number[]): readonly number[] {
  const sorted = seconds.toSorted((a, b) => a - b);
  return [1 / 3, 2 / 3].map((share) => sorted[Math.floor(share * sorted.length)] ?? 0);
}

function mostFrequent(values: readonly string[]): string {
  const counts = [...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length] as const);
  return counts.toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))[0]?.[0] ?? '';
}
