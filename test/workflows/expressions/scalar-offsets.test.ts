import { expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

it.each([
  ['plain', "${{ bad('x') }}"],
  ['single-quoted', "'it''s ${{ bad(''x'') }}'"],
  ['double-quoted', '"\\t\\u00e9\\U0001F600\\x20 \\" ${{ bad(1) }}"'],
  ['double-quoted over lines', '"a \\\n          b\n\n          ${{ bad(1) }}"'],
  ['plain over lines', 'a\n          b ${{ 1 &&\n          bad(1) }}'],
  ['literal block', '| # comment\n          a\n\n            ${{ 1 &&\n            bad(1) }}\n'],
  ['folded block', '>-\n          a\n          b ${{\n          bad(1) }}\n'],
  ['block with CRLF', '|\r\n          a\r\n          ${{ bad(1) }}\r\n'],
])('a fault in an expression is told at its place in a %s scalar', (_, scalar) => {
  const text = `name: x\nlocale: en-US\nsteps:\n  - id: a\n    uses: upload\n    with:\n        kind: Language\n        from: a\n        name: ${scalar}\n`;
  const { diagnostics } = loadPipeline(text, { path: 'p.yaml' });
  const [{ code, line, column, endColumn } = { code: '', line: 0, column: 0, endColumn: 0 }] = diagnostics;
  expect(code).toBe('unknown-function');
  expect(text.split('\n')[line - 1]?.slice(column - 1, endColumn - 1)).toBe('bad');
});
