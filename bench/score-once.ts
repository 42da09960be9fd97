import { readFileSync } from 'node:fs';
import path from 'node:path';
import { textbookAlignment } from '../test/workflows/scoring/alignment/textbook-alignment.ts';
import { Aligner } from '../workflows/scoring/alignment/aligner.ts';
import { type NormalisationProfile, normalisationProfiles } from '../workflows/scoring/normalise-text.ts';
import { scoreUtterances, type Utterance } from '../workflows/scoring/score-utterances.ts';
import { Vocabulary } from '../workflows/scoring/vocabulary.ts';
import { scoreSets, textsOf, type WordTexts } from './score-sets.ts';

/**
 * Scores one set in one way again and again, and prints the CPU of the quickest time in milliseconds and the peak memory of the process
 * in megabytes. `report` reads its texts from the files `reference.txt` and `hypothesis.txt` of a folder, and the process's memory is of that, too.
 * `node bench/score-once.ts a|b|c align|textbook [times]`, `node bench/score-once.ts FOLDER report [times] [profile]`
 */
const [of = 'a', way = 'align', times = '40', named = 'none'] = process.argv.slice(2);

const once = prepared();
let milliseconds = Infinity;
for (let time = 0; time < Number(times); time += 1) {
  const before = process.cpuUsage();
  once();
  const { user, system } = process.cpuUsage(before);
  milliseconds = Math.min(milliseconds, (user + system) / 1000);
}
console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 }));

function prepared(): () => void {
  if (way === 'report') {
    if (!isProfile(named)) throw new Error(`No such profile: ${named}`);
    return report(of, named);
  }
  if (!isSet(of)) throw new Error(`No such set: ${of}`);
  if (way === 'align') return align(textsOf(of));
  if (way === 'textbook') return textbook(textsOf(of));
  throw new Error(`No such way: ${way}`);
}

function isSet(name: string): name is keyof typeof scoreSets {
  return Object.hasOwn(scoreSets, name);
}

function isProfile(name: string): name is NormalisationProfile {
  return (normalisationProfiles as readonly string[]).includes(name);
}

/** From numbers to steps. */
function align(texts: readonly WordTexts[]): () => void {
  const vocabulary = new Vocabulary();
  const places = texts.map(({ reference, hypothesis }) => {
    const from = vocabulary.length;
    for (const word of reference) vocabulary.addWord(word);
    const middle = vocabulary.length;
    for (const word of hypothesis) vocabulary.addWord(word);
    return { from, middle, until: vocabulary.length };
  });
  const steps = new Uint8Array(vocabulary.length);
  const { numbers } = vocabulary;
  return () => {
    const aligner = new Aligner(vocabulary.words.length);
    for (const { from, middle, until } of places) {
      aligner.align(
        {
          reference: numbers,
          referenceFrom: from,
          referenceUntil: middle,
          hypothesis: numbers,
          hypothesisFrom: middle,
          hypothesisUntil: until,
        },
        steps,
        until,
      );
    }
  };
}

/** From strings to rates, counts and the steps of every utterance. */
function report(folder: string, profile: NormalisationProfile): () => void {
  const side = (name: string): readonly Utterance[] =>
    readFileSync(path.join(folder, name), 'utf8')
      .split('\n')
      .map((text, index) => ({ id: String(index), text }));
  const [references, hypotheses] = [side('reference.txt'), side('hypothesis.txt')];
  return () => {
    scoreUtterances({ references, hypotheses, profile, unit: 'word' });
  };
}

function textbook(texts: readonly WordTexts[]): () => void {
  return () => {
    for (const { reference, hypothesis } of texts) textbookAlignment(reference, hypothesis);
  };
}
