import type { ResultsRecognised, ResultsUtterance } from '../../../../schemas/types.gen.ts';

/** The kinds of errors, by the letter of a step of the alignment. */
export type ErrorKind = 'S' | 'D' | 'I';

export const errorKinds: Readonly<Record<ErrorKind, string>> = { S: 'substituted', D: 'deleted', I: 'inserted' };

/** An utterance as a list has it: with its place in the document and its errors counted. */
export interface ListedUtterance extends ResultsUtterance {
  readonly index: number;
  readonly errors: number;
  /** Those of the other model; absent without another model. */
  readonly againstErrors?: number;
  /** What further models recognised. */
  readonly others?: readonly ResultsRecognised[];
  /** How much models and reference differ, 0 to 1 and above; absent where nobody has computed it. */
  readonly uncertainty?: number;
}

/** The utterances of a set with their errors counted, in their order. */
export function listUtterances(utterances: readonly ResultsUtterance[]): readonly ListedUtterance[] {
  return utterances.map((utterance, index) => ({
    ...utterance,
    index,
    errors: errorsOf(utterance.recognised),
    ...(utterance.against === undefined ? {} : { againstErrors: errorsOf(utterance.against) }),
  }));
}

function errorsOf({ operations }: ResultsRecognised): number {
  let errors = 0;
  for (const operation of operations) if (operation !== 'C') errors += 1;
  return errors;
}
