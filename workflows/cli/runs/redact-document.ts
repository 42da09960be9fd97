import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { redactForms } from '../../speech/redaction.ts';

/** The evidence without secrets: those that `mask` knows, and what looks like one wherever it is not what was said. */
export function redactDocument(document: ResultsDocument, mask: (text: string) => string): ResultsDocument {
  const clean = (text: string): string => mask(redactForms(text));
  const { sets, ...rest } = document;
  return {
    ...document,
    ...textsIn(rest, clean),
    // What was said is no message of a service, and its words have to stay those that were counted.
    sets: sets.map((set) => {
      const { title, model, against, incomplete } = set;
      return {
        ...textsIn(set, mask),
        title: clean(title),
        model: clean(model),
        ...(against === undefined ? {} : { against: clean(against) }),
        ...(incomplete === undefined ? {} : { incomplete: clean(incomplete) }),
      };
    }),
  };
}

/** The same with every text in it changed. */
function textsIn<T>(value: T, change: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) => (typeof part === 'string' ? change(part) : part)) as T;
}
