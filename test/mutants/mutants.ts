import { alignmentMutants } from './rooms/alignment.ts';
import { blockMutants } from './rooms/blocks.ts';
import { dataMutants } from './rooms/data.ts';
import { documentMutants } from './rooms/document.ts';
import { engineMutants } from './rooms/engine.ts';
import { evaluateMutants } from './rooms/evaluate.ts';
import { expressionMutants } from './rooms/expressions.ts';
import { languageMutants } from './rooms/language.ts';
import { planMutants } from './rooms/plan.ts';
import { readerMutants } from './rooms/readers.ts';
import { recognitionMutants } from './rooms/recognition.ts';
import { scoreMutants } from './rooms/score.ts';
import { scoringMutants } from './rooms/scoring.ts';
import { speechMutants } from './rooms/speech.ts';
import { stepMutants } from './rooms/steps.ts';
import { swapMutants } from './rooms/swap.ts';
import { uploadMutants } from './rooms/upload.ts';
import type { Mutant } from './run-mutants.ts';

/**
 * Chosen by hand: each is a mistake that a developer could make, and that would harm a user. They stand by the room of
 * `workflows/` in which they are made, a file each.
 */
export const mutants: readonly Mutant[] = [
  ...planMutants,
  ...stepMutants,
  ...uploadMutants,
  ...swapMutants,
  ...recognitionMutants,
  ...scoringMutants,
  ...evaluateMutants,
  ...documentMutants,
  ...languageMutants,
  ...alignmentMutants,
  ...speechMutants,
  ...blockMutants,
  ...expressionMutants,
  ...dataMutants,
  ...engineMutants,
  ...readerMutants,
  ...scoreMutants,
];
