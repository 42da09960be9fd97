import { compareRates, type PairedUtterance } from '../workflows/scoring/significance/compare-rates.ts';
import { matchedPairs } from '../workflows/scoring/significance/matched-pairs.ts';
import { RandomDraws } from '../workflows/scoring/significance/random-draws.ts';

/**
 * How often the gate is wrong, by simulation: test sets are drawn whose true rates are known, with errors that come together in utterances.
 * Coverage: how often the 95 % interval of a difference contains the true one. False alarms: how often two equal models are told apart.
 * Power: how often a true gain of about two points is found. Prints a Markdown table. `node bench/gate.ts [test sets of each size]`
 */
const sets = Number(process.argv[2] ?? 1000);
const sizes = [10, 50, 100, 200, 400, 1000];
const draws = 2000;
/** Of a word of usual difficulty after a right one: with those that follow errors 15.1 %. */
const base = 0.12;

const lower = 0.855;
const truly = truthOf(lower);
console.log('| utterances (words) | coverage | false alarms: bootstrap / permutation / both / MAPSSWE | power: both |');
console.log('|---|---|---|---|');
for (const size of sizes) {
  const equal = simulate(size, { factor: 1, truth: 0 });
  const better = simulate(size, { factor: lower, truth: truly });
  const share = (count: number): string => (count / sets).toFixed(3).replace(/^0/, '');
  const { bootstrap, permutation, both, nist } = equal;
  console.log(
    `| ${size} (${Math.round(equal.words / sets)}) | ${share(better.covered)} | ${[bootstrap, permutation, both, nist].map(share).join(' / ')} | ${share(better.both)} |`,
  );
}

interface Counts {
  words: number;
  covered: number;
  bootstrap: number;
  permutation: number;
  both: number;
  nist: number;
}

/** The true difference, from very many utterances. */
function truthOf(factor: number): number {
  const random = new RandomDraws(5);
  let words = 0;
  let more = 0;
  for (let utterance = 0; utterance < 300_000; utterance += 1) {
    const { paired } = drawUtterance(random, factor);
    words += paired.words;
    more += paired.errorsAfter - paired.errorsBefore;
  }
  return more / words;
}

function simulate(size: number, { factor, truth }: { readonly factor: number; readonly truth: number }): Counts {
  const counts = { words: 0, covered: 0, bootstrap: 0, permutation: 0, both: 0, nist: 0 };
  for (let set = 0; set < sets; set += 1) {
    const random = new RandomDraws(1000 * size + set + (factor === 1 ? 0 : 77_777_777));
    const drawn = Array.from({ length: size }, () => drawUtterance(random, factor));
    const result = compareRates(
      drawn.map(({ paired }) => paired),
      { seed: set, draws, minWords: 0 },
    );
    if (result === undefined) continue;
    const { delta, pValue, words } = result;
    counts.words += words;
    counts.covered += Number(delta.low <= truth && truth <= delta.high);
    const isBelow = delta.high < 0;
    const isApart = isBelow || delta.low > 0;
    counts.bootstrap += Number(isApart);
    counts.permutation += Number(pValue < 0.05);
    counts.both += Number(factor === 1 ? isApart && pValue < 0.05 : isBelow && pValue < 0.05);
    counts.nist += Number(matchedPairs(drawn.map(({ operations }) => operations)).pValue < 0.05);
  }
  return counts;
}

/** One utterance of 5 to 23 words, of its own difficulty; errors follow errors, and about half of those of both models have one reason. */
function drawUtterance(
  random: RandomDraws,
  factor: number,
): { readonly paired: PairedUtterance; readonly operations: { readonly before: string; readonly after: string } } {
  const uniform = (): number => random.below(2 ** 20) / 2 ** 20;
  const words = 5 + random.below(19);
  // Of mean 1, and often far from it.
  const difficulty = -Math.log((1 + random.below(2 ** 20)) / 2 ** 20) * 0.7 + 0.3;
  const sides = { before: '', after: '' };
  const errors = { before: 0, after: 0 };
  const wasWrong = { before: false, after: false };
  for (let word = 0; word < words; word += 1) {
    const shared = uniform() < 0.5 ? uniform() : undefined;
    for (const [side, rate] of [
      ['before', base],
      ['after', base * factor],
    ] as const) {
      const chance = Math.min(0.9, rate * difficulty * (wasWrong[side] ? 2.5 : 1));
      const isWrong = (shared ?? uniform()) < chance;
      wasWrong[side] = isWrong;
      if (isWrong) errors[side] += 1;
      const kind = uniform();
      sides[side] += isWrong ? (kind < 0.6 ? 'S' : kind < 0.8 ? 'D' : 'IC') : 'C';
    }
  }
  return {
    paired: { words, errorsBefore: errors.before, errorsAfter: errors.after },
    operations: sides,
  };
}
