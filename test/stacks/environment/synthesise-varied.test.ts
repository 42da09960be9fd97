import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createDraws } from '../../fuzz/draws.ts';
import { hostileTexts } from '../../fuzz/hostile-texts.ts';
import { varyLines } from '../../fuzz/mutate.ts';
import { build } from '../synthesise.ts';

const example = readFileSync(new URL('../../../environment.yaml', import.meta.url), 'utf8');

it('a document without errors becomes stacks that synthesise', { timeout: 300_000 }, () => {
  const draws = createDraws(20_260_405);
  let synthesised = 0;
  for (let round = 0; round < 120; round += 1) {
    const text = varyLines(example, { draws, pieces: hostileTexts });
    const { diagnostics, stacks } = build(text);
    if (diagnostics.some(({ severity }) => severity === 'error')) continue;
    for (const stack of stacks) {
      const faults = stack.node.findAll().flatMap((construct) => construct.node.validate());
      if (faults.length > 0) expect.fail(`round ${round}: ${faults.join('\n')} in\n${JSON.stringify(text)}`);
      expect(stack.toTerraform()).toHaveProperty('resource');
      synthesised += 1;
    }
  }
  expect(synthesised).toBeGreaterThan(10);
});
