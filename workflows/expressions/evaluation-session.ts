import { BoundExceeded } from './evaluation-error.ts';
import { contextNames, parseTemplate, type Template } from './expression-syntax.ts';

/** The longest text, in UTF-16 code units, that an expression or the setting that it stands in may give, on the way too. */
const MAX_RESULT = 65_536;
const MAX_STEPS = 100_000;
const MAX_PIPELINE_STEPS = 1_000_000;
const MAX_PIPELINE_CHARACTERS = 4_194_304;
/** Trees take about a hundred times the memory of their texts: of more than this they are made anew when they are needed. */
const MAX_KEPT_CHARACTERS = 131_072;

/**
 * The evaluations that belong together: those of one pipeline while it is checked or planned, or of one run. Together they
 * may take 1,000,000 steps and give 4,194,304 characters; each may take 100,000 steps and give 65,536 characters. A step is a
 * name, an operator or a call that is evaluated, 64 characters that a function reads, or 8 that are parsed.
 */
export class EvaluationSession {
  readonly #contexts: readonly string[];
  #steps = 0;
  #before = 0;
  #characters = 0;
  readonly #templates = new Map<string, { readonly template: Template; readonly isCounted: boolean }>();
  #kept = 0;

  /** `contexts` are the names that templates may read. @default those of pipelines */
  constructor({ contexts = contextNames }: { readonly contexts?: readonly string[] } = {}) {
    this.#contexts = contexts;
  }

  /** Whether nothing more can be evaluated. */
  get isSpent(): boolean {
    return this.#steps > MAX_PIPELINE_STEPS || this.#characters > MAX_PIPELINE_CHARACTERS;
  }

  /** The parts of a template that is to be evaluated, which is parsed once when it comes again and again. */
  read(text: string): Template {
    const known = this.#templates.get(text);
    if (known?.isCounted === true) return known.template;
    this.takeTogether(text.length >> 3);
    const template = this.look(text);
    if (text.length <= MAX_KEPT_CHARACTERS) this.#templates.set(text, { template, isCounted: true });
    return template;
  }

  /** The same of one that is only looked at: that is no step. */
  look(text: string): Template {
    const known = this.#templates.get(text);
    if (known !== undefined) return known.template;
    const template = parseTemplate(text, this.#contexts);
    if (text.length > MAX_KEPT_CHARACTERS) return template;
    this.#kept += text.length;
    if (this.#kept > MAX_KEPT_CHARACTERS) {
      this.#templates.clear();
      this.#kept = text.length;
    }
    this.#templates.set(text, { template, isCounted: false });
    return template;
  }

  /** The steps of the next expression are counted from here. */
  begin(): void {
    this.#before = this.#steps;
  }

  /** Is told of steps of an expression before they are done. Throws a {@link BoundExceeded}. */
  take(steps: number): void {
    if (this.#steps + steps - this.#before > MAX_STEPS)
      throw new BoundExceeded(`it takes more than ${count(MAX_STEPS)} steps to evaluate`, { of: 'expression' });
    this.takeTogether(steps);
  }

  /** Is told of steps that are no expression's own before they are done. Throws a {@link BoundExceeded}. */
  takeTogether(steps: number): void {
    this.#steps += steps;
    if (this.#steps <= MAX_PIPELINE_STEPS) return;
    const problem = `all expressions together take more than ${count(MAX_PIPELINE_STEPS)} steps to evaluate`;
    throw new BoundExceeded(problem, { of: 'pipeline' });
  }

  /** Is told of a text that stays before it is made. Throws a {@link BoundExceeded}. */
  make(characters: number): void {
    assertSize(characters);
    this.#characters += characters;
    if (this.#characters <= MAX_PIPELINE_CHARACTERS) return;
    const problem = `all expressions together give more than ${count(MAX_PIPELINE_CHARACTERS)} characters`;
    throw new BoundExceeded(problem, { of: 'pipeline' });
  }
}

/** Refuses a text before it is made. */
export function assertSize(characters: number): void {
  if (characters <= MAX_RESULT) return;
  throw new BoundExceeded(`it gives a text of more than ${count(MAX_RESULT)} characters`, { of: 'expression' });
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
