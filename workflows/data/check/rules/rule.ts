/**
 * What it costs to break a rule: the service refuses the whole set, it rejects the line or recording and takes the others, it takes them
 * all and what is measured then is not true, or it takes them all and something is to be known.
 */
export type Cost = 'set' | 'line' | 'measurement' | 'nothing';

/** A rule for data: what it costs to break it, what is said of it in the documentation, and what is told where it is broken. */
export interface DataRule<Parameters> {
  readonly costs: Cost;
  /** Whether `speechops data fix` mends it: always, or where it is clear what is meant. @default never */
  readonly fixed?: 'always' | 'where-clear';
  /** What it means that the code is reported, in a sentence or two. */
  readonly means: string;
  /** What to do about it. */
  readonly advice: string;
  /** Where the rule is from: a page of Microsoft Learn by its name, or what was seen. */
  readonly source: string;
  /** The message says what the service does and what is there; the hint what to do. */
  readonly tell: (parameters: Parameters) => { readonly message: string; readonly hint?: string };
}

/** A rule of a catalogue, with the types of its parameters. */
export function rule<Parameters>(given: DataRule<Parameters>): DataRule<Parameters> {
  return given;
}

/** What is told of a warning that recordings of a set share. */
export interface SharedBy {
  readonly recordings: number;
  /** Of the first few. */
  readonly names: readonly string[];
  /** How bad the worst is, in the unit of the rule. */
  readonly worst: number;
}
