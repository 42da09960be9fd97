import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

describe('what expressions do not have', () => {
  it.each([
    ['steps.a.outputs.wer = 0.1', 'Write `==` to compare'],
    ['steps.a.outputs.wer === 0.1', 'Write `==` to compare'],
    ['steps.a.outputs.wer > 15%', 'Rates in expressions are fractions: write 0.15 for 15%'],
    ['steps.a.outputs.wer > 15 %', 'Rates in expressions are fractions: write 0.15 for 15%'],
    ['inputs.x & inputs.x', 'Write `&&`'],
    ['inputs.x | inputs.x', 'Write `||`'],
    ['inputs.x and inputs.x', 'Write `&&`'],
    ['not inputs.x', 'Write `!`'],
    ['inputs.x == "y"', "Strings in expressions have single quotes: 'text'"],
    ['inputs.x =~ 1', 'Write `contains(…)`, `startsWith(…)` or `endsWith(…)`'],
    ['steps.a.outputs.wer * 2 > 1', 'Write `mul(a, b)`: expressions calculate with functions'],
    ['steps.a.outputs.wer / 2 > 1', 'Write `div(a, b)`: expressions calculate with functions'],
    ['steps.a.outputs.wer - 2 > 1', 'Write `sub(a, b)`: expressions calculate with functions'],
    ['steps.a.outputs.wer + 2 > 1', 'Write `add(a, b)`: expressions calculate with functions'],
    ['steps.a.outputs.wer +2 > 1', 'Write `add(a, b)`: expressions calculate with functions'],
    ['always()', 'A step that is done in every outcome stands under `finally`, and needs no condition'],
    ['Failure()', expect.stringContaining("`if: run.status == 'failed'`")],
    ['success()', expect.stringMatching(/^Leave it out: a step runs when all that it waits for has succeeded/)],
    ["lower(inputs.x) == 'y'", 'Leave it out: comparisons take no notice of capitals'],
    ['startWith(inputs.x, 1)', 'Did you mean `startsWith`?'],
    ["github.ref == 'main'", expect.stringContaining('write `inputs.<name>`')],
    ['secrets.SAS', expect.stringContaining('`env.NAME`')],
    ['a.outputs.wer > 0.1', 'Write `steps.a.outputs.<name>` for an output of the step'],
    ['input.x', 'Did you mean `inputs`?'],
    ['nothing.like.it', undefined],
    ['inputs.x ) 1', undefined],
  ])('%s gets its own hint', (condition, hint) => {
    const { diagnostics } = loadPipeline(
      `name: x
locale: en-US
inputs: { x: { type: string, default: y } }
steps:
  - { id: d, uses: upload, with: { kind: Acoustic, from: "data-\${{ inputs.x }}" } }
  - { id: a, uses: evaluate, with: { dataset: "\${{ steps.d.outputs.dataset }}", model: base } }
  - id: b
    uses: approve
    with: { message: Go on? }
    if: ${condition}
`,
      { path: 'p.yaml' },
    );
    expect(diagnostics.map((one) => one.hint)).toEqual([hint]);
  });
});
