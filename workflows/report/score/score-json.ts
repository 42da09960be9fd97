import { jsonText } from '../../document/json-text.ts';
import type { Significance } from '../../scoring/compare-scores.ts';
import { errorPatterns } from '../../scoring/error-patterns.ts';
import type { Score, UtteranceScore } from '../../scoring/score-utterances.ts';
import { shownInterval } from '../../scoring/significance/few-utterances.ts';
import type { Estimate } from '../../scoring/significance/paired-bootstrap.ts';
import { serviceRate, tokenErrors } from '../../scoring/token-errors.ts';
import type { TermScores } from '../../scoring/terms.ts';
import { isWithinBound, type ScoreReport } from './score-report.ts';

/** The report for programs, with every utterance, every pair of words and every term; rates are fractions. */
export function scoreJson(report: ScoreReport): string {
  const { score, interval, maxWer, groups, terms, againstTerms, comparison, files } = report;
  const { confusions, missed, inserted } = errorPatterns(score.utterances);
  const document = {
    ...summaryOf(score),
    ...(interval === undefined ? {} : { interval }),
    missing: score.missing,
    unmatched: score.unmatched,
    ...(maxWer === undefined ? {} : { maxWer, withinMaxWer: isWithinBound(report) }),
    ...(groups === undefined ? {} : { groupedBy: groups.by, groups: groups.groups }),
    ...(terms === undefined ? {} : { terms: termsOf(terms, againstTerms) }),
    ...(comparison === undefined
      ? {}
      : {
          against: {
            file: files.against,
            ...summaryOf(comparison.against),
            missing: comparison.against.missing,
            unmatched: comparison.against.unmatched,
            better: comparison.better.map(({ id }) => id),
            worse: comparison.worse.map(({ id }) => id),
            ...(comparison.significance === undefined
              ? {}
              : { significance: shownSignificance(comparison.significance) }),
            details: detailsOf(comparison.against),
          },
        }),
    ...(score.unit === 'token'
      ? { tokenErrors: tokenErrors(score.utterances), tokenErrorRate: serviceRate(score) }
      : {}),
    confusions,
    missedWords: missed,
    insertedWords: inserted,
    details: detailsOf(score),
  };
  return jsonText(document);
}

function termsOf({ terms, total, termErrorRate }: TermScores, against: TermScores | undefined): object {
  const all = { ...total, termErrorRate };
  if (against === undefined) return { ...all, each: terms };
  return {
    ...all,
    against: { ...against.total, termErrorRate: against.termErrorRate },
    each: terms.map((term, index) => {
      const { hits, misses, falseAlarms } = against.terms[index]!;
      return { ...term, against: { hits, misses, falseAlarms } };
    }),
  };
}

/** Without the intervals of too few utterances. */
function shownSignificance(significance: Significance): object {
  const { before, after, delta, utterances } = significance;
  const shown = (estimate: Estimate): object => ({ value: estimate.value, ...shownInterval(estimate, utterances) });
  return { ...significance, before: shown(before), after: shown(after), delta: shown(delta) };
}

function summaryOf(score: Score): object {
  const { profile, profileVersion, rules, mergeCompounds, marks, unit, counts } = score;
  const { utterances, words, errors, wordErrorRate, sentenceErrorRate } = score;
  const own = rules === undefined ? {} : { rules };
  const by = { profile, profileVersion, ...own, mergeCompounds, ...(marks === undefined ? {} : { marks }), unit };
  return { ...by, utterances: utterances.length, words, ...counts, errors, wordErrorRate, sentenceErrorRate };
}

/** The texts as they were compared: words with spaces between them, or characters. */
function detailsOf({ utterances, unit }: Score): readonly object[] {
  const between = unit === 'char' ? '' : ' ';
  return utterances.map(({ id, counts, operations, reference, hypothesis }: UtteranceScore) => ({
    id,
    ...counts,
    operations,
    // Beside an optional word that was left out there is an empty one.
    reference: reference.filter((word) => word !== '').join(between),
    hypothesis: hypothesis.filter((word) => word !== '').join(between),
  }));
}
