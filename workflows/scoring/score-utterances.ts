import { alignTexts, type AlignmentCounts, type PairPlace } from './alignment/align-texts.ts';
import { type NormalisationProfile } from './normalise-text.ts';
import { addTokens, type ScoringUnit, type Tokenisation } from './tokenise.ts';
import { Vocabulary } from './vocabulary.ts';

/** One utterance's text: what was said, or what was recognised. An id occurs once among the references and once among the hypotheses. */
export interface Utterance {
  readonly id: string;
  readonly text: string;
}

export interface UtteranceScore {
  readonly id: string;
  readonly counts: AlignmentCounts;
  /** One letter a step of the alignment, first word first: `C` correct, `S` substituted, `D` deleted, `I` inserted. */
  readonly operations: string;
  /** The units that were aligned: words or characters, after normalisation. */
  readonly reference: readonly string[];
  readonly hypothesis: readonly string[];
}

export interface Score {
  readonly profile: NormalisationProfile;
  readonly unit: ScoringUnit;
  /** One for each reference, in the order of the references. */
  readonly utterances: readonly UtteranceScore[];
  readonly counts: AlignmentCounts;
  /** Words (or characters) of all references: correct + substitutions + deletions. */
  readonly words: number;
  /** Substitutions + deletions + insertions. */
  readonly errors: number;
  /** Errors for each word of the references, 0 or more (above 1 where much was inserted); null without any word. */
  readonly wordErrorRate: number | null;
  /** Share of utterances with at least one error, 0 to 1; null without any utterance. */
  readonly sentenceErrorRate: number | null;
  /** References without a hypothesis, in order: each of their words is counted as deleted. */
  readonly missing: readonly string[];
  /** Hypotheses without a reference, in order: none of their words is counted. */
  readonly unmatched: readonly string[];
}

/**
 * The word error rate of hypotheses against references, with the counts and alignments it is made of (the character error
 * rate with unit `char`). Pairs by id, aligns as sclite does, and computes each rate once, from sums over all utterances.
 *
 * Nothing is dropped silently: an id on one side only is reported, and a missing hypothesis is an empty one.
 * Throws a RangeError when an id occurs twice on one side.
 */
export function scoreUtterances(
  task: Tokenisation & {
    readonly references: Iterable<Utterance>;
    readonly hypotheses: Iterable<Utterance>;
  },
): Score {
  const references = textsById(task.references, 'references');
  const hypotheses = textsById(task.hypotheses, 'hypotheses');
  const vocabulary = new Vocabulary();
  const places = Array.from(references, ([id, text]): PairPlace => {
    const from = vocabulary.length;
    addTokens(vocabulary, text, task);
    const middle = vocabulary.length;
    addTokens(vocabulary, hypotheses.get(id) ?? '', task);
    return { from, middle, until: vocabulary.length };
  });
  const ids = [...references.keys()];
  const utterances = alignTexts(vocabulary, places).map(({ counts, operations }, index): UtteranceScore => {
    const { from, middle, until } = places[index]!;
    return {
      id: ids[index]!,
      counts,
      operations,
      // Made when they are asked for: most of those who score ask for counts alone.
      get reference() {
        return vocabulary.wordsAt(from, middle);
      },
      get hypothesis() {
        return vocabulary.wordsAt(middle, until);
      },
    };
  });
  return {
    profile: task.profile,
    unit: task.unit,
    utterances,
    ...totals(utterances),
    missing: [...references.keys()].filter((id) => !hypotheses.has(id)),
    unmatched: [...hypotheses.keys()].filter((id) => !references.has(id)),
  };
}

function textsById(utterances: Iterable<Utterance>, side: 'references' | 'hypotheses'): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { id, text } of utterances) {
    if (texts.has(id)) throw new RangeError(`Give each utterance once: id "${id}" occurs twice in the ${side}`);
    texts.set(id, text);
  }
  return texts;
}

function totals(
  utterances: readonly UtteranceScore[],
): Pick<Score, 'counts' | 'words' | 'errors' | 'wordErrorRate' | 'sentenceErrorRate'> {
  const counts = { correct: 0, substitutions: 0, deletions: 0, insertions: 0 };
  let wrongUtterances = 0;
  for (const utterance of utterances) {
    counts.correct += utterance.counts.correct;
    counts.substitutions += utterance.counts.substitutions;
    counts.deletions += utterance.counts.deletions;
    counts.insertions += utterance.counts.insertions;
    if (errorsOf(utterance.counts) > 0) wrongUtterances += 1;
  }
  const words = counts.correct + counts.substitutions + counts.deletions;
  const errors = errorsOf(counts);
  return {
    counts,
    words,
    errors,
    wordErrorRate: words === 0 ? null : errors / words,
    sentenceErrorRate: utterances.length === 0 ? null : wrongUtterances / utterances.length,
  };
}

function errorsOf(counts: AlignmentCounts): number {
  return counts.substitutions + counts.deletions + counts.insertions;
}
