import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatDiagnostics } from '../../../workflows/language/format-diagnostics.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

const golden = new URL('../../golden/lint/', import.meta.url);
const seeds = readdirSync(golden).map((code) => readFileSync(new URL(`${code}/pipeline.yaml`, golden), 'utf8'));
const pieces = (
  '${{|}}|{|}|[|]|:|: |- |? |&a |*a|!!str |>-\n|\'|"|#|\\|%|\n|\r\n|\t|  |\0|\u2028|\uFEFF|\uD800|😀|漢|---\n|...\n|<<: *a\n|' +
  '~|true|.inf|1e999|steps.|.outputs|inputs|fromJSON(|)|&&|==|__proto__|constructor|-1|needs: [a]|if: '
).split('|');

it('loadPipeline never throws, and its positions are within the text', { timeout: 60_000 }, () => {
  const random = mulberry32(20_260_102);
  for (let round = 0; round < 4000; round += 1) {
    const text = mutate(seeds[Math.floor(random() * seeds.length)] ?? '', random);
    const { diagnostics, pipeline } = loadPipeline(text, {
      path: 'p.yaml',
      fileKind: () => 'folder',
      inputs: {},
      env: {},
    });
    const lines = text.replace(/^\uFEFF/, '').split('\n');
    for (const { line, column, endLine, endColumn, message, hint = '' } of diagnostics) {
      const isInside =
        lines[line - 1] !== undefined &&
        column >= 1 &&
        column <= (lines[line - 1]?.length ?? 0) + 1 &&
        lines[endLine - 1] !== undefined &&
        endColumn <= (lines[endLine - 1]?.length ?? 0) + 1 &&
        (endLine > line || (endLine === line && endColumn >= column));
      if (!isInside || message.includes('undefined') || /\p{Cc}/u.test(message + hint)) {
        expect.fail(`round ${round}: ${line}:${column}-${endLine}:${endColumn} ${message} in\n${JSON.stringify(text)}`);
      }
    }
    if (pipeline === undefined && diagnostics.length === 0) expect.fail(`round ${round}: nothing said of\n${text}`);
    if (pipeline !== undefined) JSON.stringify(pipeline);
    formatDiagnostics(diagnostics, { sources: { 'p.yaml': text }, color: false });
  }
});

function mutate(seed: string, random: () => number): string {
  let text = seed;
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(text.length + 1);
    const length = below(12);
    const piece = pieces[below(pieces.length)] ?? '';
    const kind = below(5);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + length);
    else if (kind === 1) text = text.slice(0, at) + piece + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + piece + text.slice(at + length);
    else if (kind === 3) text = text.slice(0, at) + text.slice(at, at + length * 8) + text.slice(at);
    else text = text.slice(0, at) + String.fromCharCode(below(0x3_00)) + text.slice(at + 1);
  }
  return text;
}

/** A small generator of numbers that are the same every time. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
