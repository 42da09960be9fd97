import { Annotations } from 'cdktf';
import { Construct } from 'constructs';
import { escapeControls } from '../../workflows/document/quote-name.ts';
import { type Fault, tellFault } from './fault.ts';

/**
 * A construct that knows what is wrong with its properties. Synthesis fails with all faults of all constructs at once;
 * whoever knows where the properties were written can ask for them earlier.
 */
export abstract class GuardedConstruct extends Construct {
  readonly #faults: Fault[] = [];

  protected constructor(scope: Construct, id: string) {
    super(scope, id);
    this.node.addValidation({ validate: () => this.faults('error').map(textOf) });
  }

  /** Adds faults: the construct's own, or those that only show beside other constructs. */
  guard(faults: readonly Fault[]): void {
    this.#faults.push(...faults);
    for (const fault of faults) {
      if (tellFault(fault).severity === 'warning') Annotations.of(this).addWarning(textOf(fault));
    }
  }

  /** What was found, with or without what only warns. */
  faults(severity: 'error' | 'any' = 'any'): readonly Fault[] {
    return this.#faults.filter((fault) => severity === 'any' || tellFault(fault).severity === severity);
  }
}

function textOf(fault: Fault): string {
  const { message, hint, code } = tellFault(fault);
  return escapeControls(`${message}${hint === undefined ? '' : ` (${hint})`} [${code}]`);
}
