import { setImmediate } from 'node:timers/promises';
import { createDraws, type Draws } from './draws.ts';

/** One lane: many documents of one sort against the part of the program that reads them. Answers what went wrong. */
export type FuzzLane = (options: LaneOptions) => Promise<readonly FuzzFailure[]>;

export interface LaneOptions {
  /** Document n is drawn from `seed + n`, so that one document is repeated by its own seed and a count of 1. */
  readonly seed: number;
  readonly count: number;
  readonly signal: AbortSignal;
  /** Told after each document how long it took. */
  readonly onDocument?: (milliseconds: number) => void;
}

export interface FuzzFailure {
  readonly seed: number;
  /** So many documents from that seed on lead to it again. @default 1 */
  readonly count?: number;
  /** The smallest input that was found to go wrong. */
  readonly input: string;
  /** What happened. */
  readonly problem: string;
}

export interface Documents<Input> {
  draw(draws: Draws): Input;
  /** What is wrong with how the program took the input; undefined when it is right. What it throws is wrong, too. */
  check(input: Input): Promise<string | undefined> | string | undefined;
  /** Smaller inputs, to be tried in the place of one that goes wrong. @default none */
  smaller?(input: Input): Iterable<Input>;
  /** The input for a person. */
  show(input: Input): string;
}

/** Draws documents and checks them one after the other; stops early after five that go wrong, or when it is told to. */
export async function fuzzDocuments<Input>(
  documents: Documents<Input>,
  { seed, count, signal, onDocument }: LaneOptions,
): Promise<readonly FuzzFailure[]> {
  const failures: FuzzFailure[] = [];
  for (let index = 0; index < count && failures.length < mostFailures && !signal.aborted; index += 1) {
    // The event loop gets a turn, so that the abort signal and the memory samples of main.ts are handled.
    if (index % 32 === 0) await setImmediate();
    const input = documents.draw(createDraws(seed + index));
    const start = performance.now();
    const problem = await problemWith(input, documents);
    onDocument?.(performance.now() - start);
    if (problem === undefined) continue;
    const smallest = await shrink({ input, problem }, documents);
    failures.push({ seed: seed + index, input: documents.show(smallest.input), problem: smallest.problem });
  }
  return failures;
}

const mostFailures = 5;
const mostShrinks = 3000;

async function problemWith<Input>(input: Input, { check }: Documents<Input>): Promise<string | undefined> {
  try {
    return await check(input);
  } catch (error) {
    return `it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

/** Takes any smaller input that goes wrong as well, until none does or enough were tried. */
async function shrink<Input>(
  found: { readonly input: Input; readonly problem: string },
  documents: Documents<Input>,
): Promise<{ readonly input: Input; readonly problem: string }> {
  let smallest = found;
  let left = mostShrinks;
  for (let isSmaller = true; isSmaller && left > 0;) {
    isSmaller = false;
    for (const input of documents.smaller?.(smallest.input) ?? []) {
      left -= 1;
      const problem = await problemWith(input, documents);
      if (problem !== undefined) {
        smallest = { input, problem };
        isSmaller = true;
        break;
      }
      if (left <= 0) break;
    }
  }
  return smallest;
}
