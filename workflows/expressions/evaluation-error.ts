/** A template of the language: it could not be read, or its functions refused their arguments. */
export class EvaluationError extends Error {
  override readonly name: string = 'EvaluationError';
}

/** An expression asks for more than any may have, or all together for more than a pipeline may have. */
export class BoundExceeded extends EvaluationError {
  override readonly name = 'BoundExceeded';
  /** Whose bound it is. */
  readonly of: 'expression' | 'pipeline';
  /** What is too much, as the end of a sentence. */
  readonly problem: string;

  constructor(
    problem: string,
    { of, message = problem }: { readonly of: BoundExceeded['of']; readonly message?: string },
  ) {
    super(message);
    this.problem = problem;
    this.of = of;
  }
}
