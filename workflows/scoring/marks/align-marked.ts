import type { MarkedPart } from './marked-text.ts';

/** An alignment of marked texts: what was chosen of both, one word of each for every step but deletions and insertions. */
export interface MarkedAlignment {
  /** One letter a step, as in `Alignment`. An optional word that one side leaves out is `C`, against an empty word. */
  readonly operations: string;
  readonly reference: readonly string[];
  readonly hypothesis: readonly string[];
}

/**
 * The alignment of two marked texts that sclite chooses: the cheapest over all ways through both, where a substitution costs 4, a
 * deletion or an insertion 3, leaving an optional word out 2, and nothing (`@`) next to nothing; of equally cheap ones the same one.
 *
 * This is the textbook's table, with an arc of a network in place of each word. It takes time and memory by the product of the lengths, and
 * throws a RangeError above about 7,000 words against 7,000, or where thousands of ways stand next to thousands of others.
 */
export function alignMarked(reference: readonly MarkedPart[], hypothesis: readonly MarkedPart[]): MarkedAlignment {
  const table = new Table(networkOf(reference), networkOf(hypothesis));
  return table.align();
}

type Token = Exclude<MarkedPart, { readonly kind: 'either' }>;

/** A word on the way from one node to the next one. */
interface Arc {
  /** Undefined at the beginning, where no word was taken yet. */
  readonly token: Token | undefined;
  /** The arcs that may stand right before it, by their places in the network. */
  readonly before: readonly number[];
}

/** All ways through a text: arcs in such an order that each stands behind those before it, the first one without a word. */
interface Network {
  readonly arcs: readonly Arc[];
  /** The arcs with which a way may end. */
  readonly last: readonly number[];
}

/**
 * The network of a text. The order of arcs decides between equally cheap ways. It is sclite's: nodes are visited when all arcs into them
 * have been seen, and the arcs of a node stand in the order of the text.
 */
function networkOf(parts: readonly MarkedPart[]): Network {
  const links: { readonly from: number; readonly to: number; readonly token: Token }[] = [];
  let nodes = 1;
  const add = (sequence: readonly MarkedPart[], from: number, end: number | undefined): number => {
    let at = from;
    for (const [index, part] of sequence.entries()) {
      const to = end !== undefined && index === sequence.length - 1 ? end : nodes++;
      if (part.kind === 'either') for (const way of part.ways) add(way, at, to);
      else links.push({ from: at, to, token: part });
      at = to;
    }
    return at;
  };
  const stop = add(parts, 0, undefined);

  const outOf = Map.groupBy(links, ({ from }) => from);
  const into = Map.groupBy(links, ({ to }) => to);
  const unseen = new Map([...into].map(([node, entering]) => [node, entering.length]));
  const places = new Map<object, number>();
  const queue = [0];
  for (const node of queue) {
    for (const link of outOf.get(node) ?? []) {
      places.set(link, places.size + 1);
      const left = unseen.get(link.to)! - 1;
      unseen.set(link.to, left);
      if (left === 0) queue.push(link.to);
    }
  }
  const enter = (node: number): readonly number[] => (into.get(node) ?? []).map((link) => places.get(link)!);
  const before = (node: number): readonly number[] => (node === 0 ? [0] : enter(node));
  const arcs = [...places.keys()].map((link): Arc => {
    const { token, from } = link as (typeof links)[number];
    return { token, before: before(from) };
  });
  return { arcs: [{ token: undefined, before: [] }, ...arcs], last: before(stop) };
}

/** Pairs of words of one table: 200 megabytes. */
const mostCells = 5e7;
/** Pairs of words right before a pair, in all cells: some minutes at most. A text has a few a cell, unless it has very many ways in one place. */
const mostLooks = 2e10;

/** How many arcs stand right before arcs of a network, in all. */
function looksInto({ arcs }: Network): number {
  return arcs.reduce((sum, { before }) => sum + before.length, 0);
}

class Table {
  readonly #a: readonly Arc[];
  readonly #b: readonly Arc[];
  readonly #lastA: readonly number[];
  readonly #lastB: readonly number[];
  readonly #width: number;
  /** Of 32 bits, as in sclite: the thousandths that `@` costs are rounded alike, and decide between ways. */
  readonly #costs: Float32Array;
  /** Of the cell that was looked at last: what it costs, and the cell before it on the way. */
  #cost = 0;
  #beforeA = 0;
  #beforeB = 0;

  constructor(a: Network, b: Network) {
    this.#a = a.arcs;
    this.#b = b.arcs;
    this.#lastA = a.last;
    this.#lastB = b.last;
    this.#width = b.arcs.length;
    if (a.arcs.length * b.arcs.length > mostCells || looksInto(a) * looksInto(b) > mostLooks) {
      throw new RangeError(
        `Split the text into shorter utterances: ${a.arcs.length - 1} words and ${b.arcs.length - 1} words with marks among them take too long to align`,
      );
    }
    this.#costs = new Float32Array(a.arcs.length * b.arcs.length);
  }

  align(): MarkedAlignment {
    for (let a = 0; a < this.#a.length; a += 1) {
      for (let b = 0; b < this.#width; b += 1) {
        this.#look(a, b);
        this.#costs[a * this.#width + b] = this.#cost;
      }
    }
    return this.#walkBack();
  }

  /** Looks at a cell whose earlier ones are filled: finds its cost and where it comes from. */
  #look(a: number, b: number): void {
    this.#cost = 0;
    this.#beforeA = a;
    this.#beforeB = b;
    if (a === 0 && b === 0) return;
    const [one, other] = [this.#a[a]!, this.#b[b]!];
    let inserted = Infinity;
    let deleted = Infinity;
    let diagonal = Infinity;
    let insertedFrom = b;
    let deletedFrom = a;
    let diagonalA = a;
    let diagonalB = b;
    for (const before of other.before) {
      const cost = this.#costs[a * this.#width + before]!;
      if (cost < inserted) [inserted, insertedFrom] = [cost, before];
    }
    for (const before of one.before) {
      const cost = this.#costs[before * this.#width + b]!;
      if (cost < deleted) [deleted, deletedFrom] = [cost, before];
      for (const beside of other.before) {
        const both = this.#costs[before * this.#width + beside]!;
        if (both < diagonal) [diagonal, diagonalA, diagonalB] = [both, before, beside];
      }
    }
    inserted = Math.fround(inserted + gapCost(other.token));
    deleted = Math.fround(deleted + gapCost(one.token));
    diagonal = Math.fround(diagonal + pairCost(one.token, other.token));
    if (diagonal <= deleted && diagonal <= inserted) {
      [this.#cost, this.#beforeA, this.#beforeB] = [diagonal, diagonalA, diagonalB];
    } else if (deleted < inserted) [this.#cost, this.#beforeA] = [deleted, deletedFrom];
    else [this.#cost, this.#beforeB] = [inserted, insertedFrom];
  }

  #walkBack(): MarkedAlignment {
    let [a, b] = this.#end();
    const [operations, reference, hypothesis]: [string[], string[], string[]] = [[], [], []];
    while (a > 0 || b > 0) {
      this.#look(a, b);
      const said = this.#beforeA === a ? undefined : this.#a[a]!.token;
      const heard = this.#beforeB === b ? undefined : this.#b[b]!.token;
      [a, b] = [this.#beforeA, this.#beforeB];
      if ((said ?? heard)?.kind !== 'word') continue;
      const isOmission = said === undefined || heard === undefined;
      if (isOmission && isOptional(said ?? heard)) {
        // The word shows by its mark why it counts as correct.
        operations.push('C');
        reference.push(said === undefined ? '' : `(${textOf(said)})`);
        hypothesis.push(heard === undefined ? '' : `(${textOf(heard)})`);
        continue;
      }
      operations.push(said === undefined ? 'I' : heard === undefined ? 'D' : areSame(said, heard) ? 'C' : 'S');
      if (said !== undefined) reference.push(textOf(said));
      if (heard !== undefined) hypothesis.push(textOf(heard));
    }
    return {
      operations: operations.toReversed().join(''),
      reference: reference.toReversed(),
      hypothesis: hypothesis.toReversed(),
    };
  }

  /** The cheapest of the cells in which both texts end, of equally cheap ones the first. */
  #end(): [number, number] {
    let found: [number, number] = [0, 0];
    let least = Infinity;
    for (const a of this.#lastA) {
      for (const b of this.#lastB) {
        const cost = this.#costs[a * this.#width + b]!;
        if (cost < least) [least, found] = [cost, [a, b]];
      }
    }
    return found;
  }
}

const nextToNothing = Math.fround(0.001);

function gapCost(token: Token | undefined): number {
  if (token?.kind === 'nothing') return nextToNothing;
  return isOptional(token) ? 2 : 3;
}

function pairCost(said: Token | undefined, heard: Token | undefined): number {
  if (said?.kind === 'nothing' && heard?.kind === 'nothing') return 1;
  return said !== undefined && heard !== undefined && areSame(said, heard) ? 0 : 4;
}

function isOptional(token: Token | undefined): boolean {
  return token?.kind === 'word' && token.isOptional;
}

function textOf(token: Token): string {
  return token.kind === 'word' ? token.text : '@';
}

/** Whether the words are the same; beside a fragment, whether one begins or ends as the other one says. */
function areSame(said: Token, heard: Token): boolean {
  if (said.kind !== 'word' || heard.kind !== 'word') return false;
  if (!said.isFragment && !heard.isFragment) return said.text === heard.text;
  return fragmentFits(said.text, heard.text) ?? fragmentFits(heard.text, said.text) ?? said.text === heard.text;
}

/** Undefined where the first one is no fragment. */
function fragmentFits(fragment: string, word: string): boolean | undefined {
  if (fragment.length > 1 && fragment.startsWith('-')) return word.endsWith(fragment.slice(1));
  if (fragment.length > 1 && fragment.endsWith('-')) return word.startsWith(fragment.slice(0, -1));
  return undefined;
}
