import type { ResultsDocument } from '../../../../schemas/types.gen.ts';
import { scoreResults } from '../../../../workflows/evidence/score-results.ts';
import { compareScores } from '../../../../workflows/scoring/compare-scores.ts';
import { type Score, scoreUtterances } from '../../../../workflows/scoring/score-utterances.ts';

/** Two models that take other ways through an alternation, and leave an optional word out. */
export function alternatingResults(): ResultsDocument {
  const score = (text: string): Score =>
    scoreUtterances({
      references: [{ id: 'home', text: 'now { I am / we } (uh) home again' }],
      hypotheses: [{ id: 'home', text }],
      profile: 'none',
      unit: 'word',
      marks: { alternations: true, optionalWords: true },
    });
  const [model, against] = [score('now I am hone again'), score('now we home us again')];
  return scoreResults(
    {
      score: model,
      files: { references: 'said.trn', hypotheses: 'new.trn', against: 'old.trn' },
      comparison: compareScores(model, against, { seed: 1 }),
    },
    { made: { finishedAt: '2026-01-02T03:24:10.000Z', program: 'speechops 0.1.0' } },
  );
}
