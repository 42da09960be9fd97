import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreUtterances } from '../../../../workflows/scoring/score-utterances.ts';
import { matchedPairs } from '../../../../workflows/scoring/significance/matched-pairs.ts';
import { skipWithout } from '../../../skip-without.ts';
import { randomNumbers } from '../random-numbers.ts';

/** Where Debian's package sctk puts its programs. */
const sctk = '/usr/lib/sctk/bin';
const withoutSctk = skipWithout({
  isThere: existsSync(path.join(sctk, 'sc_stats')),
  name: path.join(sctk, 'sc_stats'),
  install: "Install Debian's package sctk",
});
if (withoutSctk !== undefined) console.warn(withoutSctk);

describe('matchedPairs', () => {
  it('ends a segment after two words that both have right, which no insertion parts', () => {
    const segmentsOf = (before: string, after: string): number => matchedPairs([{ before, after }]).segments;
    expect(segmentsOf('SCCS', 'CCCC')).toBe(2);
    expect(segmentsOf('SCS', 'CCC')).toBe(1);
    expect(segmentsOf('SCICS', 'CCCC')).toBe(1);
    expect(segmentsOf('CCCC', 'CCCC')).toBe(0);
    expect(segmentsOf('CCI', 'CC')).toBe(1);
    // Other ways through an alternation.
    expect(matchedPairs([{ before: 'SCCS', after: 'CCCCCI' }])).toMatchObject({ segments: 1, mean: 1 });
    expect(segmentsOf('CC', 'CCC')).toBe(0);
    expect(matchedPairs([])).toEqual({ segments: 0, mean: 0, z: 0, pValue: 1 });
  });
});

describe.skipIf(withoutSctk !== undefined)('matchedPairs beside sc_stats', () => {
  it('gives the probability that sc_stats prints', { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = randomNumbers(seed);
      const references = Array.from({ length: 40 }, () => [...random.words({ longest: 27, vocabulary: 50 }), 'end']);
      // The second is the first, changed once more, in every other set.
      const first = references.map((words) => random.changed(words, { vocabulary: 50 }));
      const second = (seed % 2 === 0 ? first : references).map((words) => random.changed(words, { vocabulary: 50 }));
      const { z } = matchedPairs(alignmentsOf(references, first, second));
      // sc_stats looks the probability up for z with two decimals, cut off.
      const cut = Math.trunc(Math.abs(z) * 100) / 100;
      const ours = Math.max(0.001, 2 * (1 - normalBelow(cut)));
      expect(probabilityOfScStats({ references, first, second })).toBeCloseTo(ours, 2.9);
    }
  });
});

type Texts = readonly (readonly string[])[];

function alignmentsOf(references: Texts, first: Texts, second: Texts) {
  const scored = (texts: Texts) =>
    scoreUtterances({ references: withIds(references), hypotheses: withIds(texts), profile: 'none', unit: 'word' });
  const [before, after] = [scored(first), scored(second)];
  return before.utterances.map(({ operations }, index) => ({
    before: operations,
    after: after.utterances[index]!.operations,
  }));
}

function withIds(texts: Texts) {
  return texts.map((words, index) => ({ id: String(index), text: words.join(' ') }));
}

/** By Simpson's rule. */
function normalBelow(z: number): number {
  const steps = 2000;
  const density = (x: number): number => Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(z);
  for (let step = 1; step < steps; step += 1) sum += (step % 2 === 0 ? 2 : 4) * density((z * step) / steps);
  return 0.5 + (sum * z) / steps / 3;
}

function probabilityOfScStats(texts: {
  readonly references: Texts;
  readonly first: Texts;
  readonly second: Texts;
}): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'sc-stats-'));
  const run = (program: string, args: readonly string[], input?: string): string =>
    execFileSync(path.join(sctk, program), args, {
      cwd: folder,
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  try {
    for (const [name, all] of Object.entries(texts))
      writeFileSync(
        path.join(folder, `${name}.trn`),
        all.map((words, index) => `${words.join(' ')} (s_${index})\n`).join(''),
      );
    const reports = ['first', 'second'].map((name) =>
      run('sclite', [
        '-r',
        'references.trn',
        'trn',
        '-h',
        `${name}.trn`,
        'trn',
        name,
        '-i',
        'spu_id',
        '-s',
        '-o',
        'sgml',
        'stdout',
      ]),
    );
    run('sc_stats', ['-p', '-t', 'mapsswe', '-u', '-n', 'out'], reports.join(''));
    const unified = readFileSync(path.join(folder, 'out.stats.unified'), 'utf8');
    const [, probability] = /\| +MP +\|\| +first +\|.*\| +\S+ +(?:<? ?)([\d.]+)/.exec(unified) ?? [];
    return Number(probability);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
