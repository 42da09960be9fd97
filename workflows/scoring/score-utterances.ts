import { alignTexts, type AlignmentCounts, namingFaults, type PairPlace } from './alignment/align-texts.ts';
import { type NormalisationProfile, profileVersion } from './normalise-text.ts';
import { pairTokens } from './display-tokens.ts';
import { alignMarked, type MarkedAlignment } from './marks/align-marked.ts';
import { hasMarks, type MarkedPart, type Marks, readMarked } from './marks/marked-text.ts';
import { mergeCompounds } from './merge-compounds.ts';
import { type RulesName, textNormaliserOf, type TextRules } from './text-rules.ts';
import { addTokens, type ScoringUnit, tokenise, type Tokenisation } from './tokenise.ts';
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
  /**
   * The units that were aligned: words or characters, after normalisation. Of an alternation these are the words that were chosen; an
   * optional word that one side leaves out is an empty word there, and has its parentheses on the other side.
   */
  readonly reference: readonly string[];
  readonly hypothesis: readonly string[];
}

export interface Score {
  readonly profile: NormalisationProfile;
  /** Of the profile's rules. Rates of another profile or of another version cannot be compared with these. */
  readonly profileVersion: number;
  /** The rules of one's own behind the profile's; undefined without any. */
  readonly rules?: RulesName;
  /** Whether compounds that are only split or joined otherwise were counted as correct. */
  readonly mergeCompounds: boolean;
  /** Which of sclite's marks were read; undefined where no text has any. */
  readonly marks?: Marks;
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
 * Throws a RangeError when an id occurs twice on one side, for marks that cannot be read, and for an utterance that is too long to align.
 */
export function scoreUtterances(
  task: Tokenisation & {
    readonly references: Iterable<Utterance>;
    readonly hypotheses: Iterable<Utterance>;
    /** Rules of one's own, whose profile is then the score's. */
    readonly rules?: OwnRules;
    /** Whether a compound that one side writes as several words is no error, see {@link mergeCompounds}. @default false */
    readonly mergeCompounds?: boolean;
    /** Which of sclite's marks have a meaning, in references and hypotheses; words alone have marks. @default none */
    readonly marks?: Marks;
  },
): Score {
  const { references, recognised, missing, unmatched } = paired(task);
  const { rules } = task;
  const how = tokenisationOf(task);
  const vocabulary = new Vocabulary();
  const marked = new Map<number, MarkedAlignment>();
  const places = references.map(({ id, text }, index): PairPlace => {
    const from = vocabulary.length;
    const heard = recognised[index] ?? '';
    const { marks } = task;
    if (marks !== undefined && (hasMarks(text, marks) || hasMarks(heard, marks))) {
      marked.set(index, alignWithMarks({ id, text, heard }, { ...how, marks, mergeCompounds: task.mergeCompounds }));
      return { id, from, middle: from, until: from };
    }
    addTokens(vocabulary, text, how);
    const middle = vocabulary.length;
    if (task.mergeCompounds === true) {
      const said = vocabulary.wordsAt(from, middle);
      for (const word of mergeCompounds(said, tokenise(heard, how))) vocabulary.addWord(word);
    } else addTokens(vocabulary, heard, how);
    return { id, from, middle, until: vocabulary.length };
  });
  const utterances = alignTexts(vocabulary, places).map(({ counts, operations }, index): UtteranceScore => {
    const { from, middle, until } = places[index]!;
    const withMarks = marked.get(index);
    if (withMarks !== undefined) {
      return { id: references[index]!.id, counts: countOperations(withMarks.operations), ...withMarks };
    }
    return {
      id: references[index]!.id,
      counts,
      operations:
        task.unit === 'token'
          ? pairTokens({
              operations,
              reference: vocabulary.wordsAt(from, middle),
              hypothesis: vocabulary.wordsAt(middle, until),
            })
          : operations,
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
    profile: how.profile,
    profileVersion: profileVersion(how.profile),
    ...(rules === undefined ? {} : { rules: rules.named }),
    mergeCompounds: task.mergeCompounds ?? false,
    ...(marked.size > 0 && task.marks !== undefined ? { marks: task.marks } : {}),
    unit: task.unit,
    utterances,
    ...totalOf(utterances),
    missing,
    unmatched,
  };
}

/** An utterance in which something has a mark. Throws a RangeError that names it where that cannot be scored. */
function alignWithMarks(
  { id, text, heard }: { readonly id: string; readonly text: string; readonly heard: string },
  how: Tokenisation & { readonly marks: Marks; readonly mergeCompounds: boolean | undefined },
): MarkedAlignment {
  if (how.unit !== 'word') {
    throw new RangeError(`Count words: utterance "${id}" has alternations or other marks, which words alone have`);
  }
  if (how.mergeCompounds === true) {
    throw new RangeError(`Leave compounds as they are: utterance "${id}" has alternations or other marks`);
  }
  const parts = (side: string, written: string): readonly MarkedPart[] =>
    namingFaults(`${side} of "${id}"`, () => readMarked(written, how));
  const [said, recognised] = [parts('reference', text), parts('hypothesis', heard)];
  return namingFaults(`utterance "${id}"`, () => alignMarked(said, recognised));
}

function countOperations(operations: string): AlignmentCounts {
  const count = (letter: string): number => operations.split(letter).length - 1;
  return { correct: count('C'), substitutions: count('S'), deletions: count('D'), insertions: count('I') };
}

type OwnRules = TextRules & { readonly named: RulesName };

/** How texts become units where rules of one's own stand beside the profile: for what is compared with a score later. */
export function tokenisationOf(how: Tokenisation & { readonly rules?: OwnRules }): Tokenisation {
  const { rules, profile, unit } = how;
  return rules === undefined ? { profile, unit } : { profile: rules.extends, unit, normalise: textNormaliserOf(rules) };
}

/** The references in their order, what was recognised of each, and the ids that only one side has. */
function paired(task: { readonly references: Iterable<Utterance>; readonly hypotheses: Iterable<Utterance> }): {
  readonly references: readonly Utterance[];
  readonly recognised: readonly (string | undefined)[];
  readonly missing: readonly string[];
  readonly unmatched: readonly string[];
} {
  const references = [...task.references];
  const places = new Map<string, number>();
  for (const [index, { id }] of references.entries()) {
    if (places.has(id)) throw twice(id, 'references');
    places.set(id, index);
  }
  const recognised: (string | undefined)[] = Array.from({ length: references.length });
  const unmatched = new Set<string>();
  let next = 0;
  for (const { id, text } of task.hypotheses) {
    // Both sides often have one order, which spares looking every id up.
    const index = references[next]?.id === id ? next : places.get(id);
    next += 1;
    if (index === undefined ? unmatched.has(id) : recognised[index] !== undefined) throw twice(id, 'hypotheses');
    if (index === undefined) unmatched.add(id);
    else recognised[index] = text;
  }
  const missing = references.filter((_, index) => recognised[index] === undefined).map(({ id }) => id);
  return { references, recognised, missing, unmatched: [...unmatched] };
}

function twice(id: string, side: 'references' | 'hypotheses'): RangeError {
  return new RangeError(`Give each utterance once: id "${id}" occurs twice in the ${side}`);
}

/** What the counts of utterances come to, with rates from their sums. */
export function totalOf(
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
