import type { SyntaxFault } from '../../expressions/expression-syntax.ts';

/** What to write instead of what other languages, and GitHub's own files, have and expressions here do not. */
export function hintForFault(
  { kind, found, symbol }: SyntaxFault,
  isStep: (name: string) => boolean = () => false,
): string | undefined {
  if (kind === 'unknown-function') return functions.get(found.toLowerCase());
  if (kind === 'unknown-context') {
    if (isStep(found)) return `Write \`steps.${found}.outputs.<name>\` for an output of the step`;
    return contexts.get(found.toLowerCase());
  }
  return kind === 'syntax' && symbol !== undefined ? symbols.find(([pattern]) => pattern.test(symbol))?.[1] : undefined;
}

const rates = 'Rates in expressions are fractions: write 0.15 for 15%';
const calculated = (name: string): string => `Write \`${name}(a, b)\`: expressions calculate with functions`;

const symbols: readonly (readonly [RegExp, string])[] = [
  [/^=$/, 'Write `==` to compare'],
  [/^=~$/, 'Write `contains(…)`, `startsWith(…)` or `endsWith(…)`'],
  [/^&$/, 'Write `&&`'],
  [/^\|$/, 'Write `||`'],
  [/^[\d.]*%$/, rates],
  [/^\?$/, 'Write `case(condition, value, otherwise)`'],
  [/^"/, "Strings in expressions have single quotes: 'text'"],
  [/^-/, calculated('sub')],
  [/^\+/, calculated('add')],
  [/^\*/, calculated('mul')],
  [/^\//, calculated('div')],
];

const ends = 'A step that is done in every outcome stands under `finally`';
const capitals = 'Leave it out: comparisons take no notice of capitals';
const asText = "Write format('{0}', …)";

/** By names in lower case. */
const functions: ReadonlyMap<string, string> = new Map([
  ['always', `${ends}, and needs no condition`],
  ['success', 'Leave it out: a step runs when all that it waits for has succeeded. Under `finally` write `run.status`'],
  ['failure', `${ends}; there \`if: run.status == 'failed'\` makes it the one for failures`],
  ['cancelled', `${ends}; there \`if: run.status == 'cancelled'\` makes it the one for cancelled runs`],
  ['hashfiles', 'Leave it out: steps compare the contents of files themselves'],
  ['lower', capitals],
  ['upper', capitals],
  ['tolower', capitals],
  ['toupper', capitals],
  ['str', asText],
  ['string', asText],
  ['tostring', asText],
]);

const given = 'Declare it as an input and write `inputs.<name>`, or as an environment variable and write `env.<NAME>`';

const contexts: ReadonlyMap<string, string> = new Map([
  ['and', 'Write `&&`'],
  ['or', 'Write `||`'],
  ['not', 'Write `!`'],
  ['yes', 'Write `true`'],
  ['no', 'Write `false`'],
  ['github', given],
  ['vars', given],
  ['secrets', 'Declare `env: { NAME: { secret: true } }` at the top of the pipeline, and write `env.NAME`'],
  ['needs', 'Write `steps.<id>.outputs.<name>`'],
  ['outputs', 'Write `steps.<id>.outputs.<name>`'],
  ['job', 'Write `run.status`, in a step under `finally`'],
  ['strategy', 'Write `matrix.<name>`'],
]);
