import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatDiagnostics } from '../../../workflows/language/format-diagnostics.ts';
import { guardCases } from '../guards/guard-cases.ts';
import { build } from '../synthesise.ts';

const example = readFileSync(new URL('../../../environment.yaml', import.meta.url), 'utf8');
const seeds = [example, example, example, ...Object.values(guardCases)];
const pieces = (
  '${|}|{|}|[|]|:|: |- |? |&a |*a|!!str |>-\n|\'|"|#|\\|%{|\n|\r\n|\t|  |\0|\u2028|\uFEFF|\uD800|😀|---\n|<<: *a\n|~|true|' +
  '.inf|1e999|__proto__|constructor|-1|/|//|extends: dev\n|enabled: false\n|storage: {}\n|byos-storage: {}\n|#{TfToken[1]}|' +
  '0.0.0.0/0|abstract: true\n|name: a\n|dev: |prod: '
).split('|');

it('environments never throw, whatever the text is, and positions are within it', { timeout: 120_000 }, () => {
  const random = mulberry32(20_260_404);
  for (let round = 0; round < 500; round += 1) {
    const seed = seeds[Math.floor(random() * seeds.length)] ?? '';
    const text = random() < 0.3 ? vary(seed, random) : mutate(seed, random);
    const { diagnostics, stacks } = build(text);
    const lines = text.replace(/^\uFEFF/, '').split('\n');
    for (const { line, column, message, hint = '' } of diagnostics) {
      const isInside = column >= 1 && column <= (lines[line - 1]?.length ?? -1) + 1;
      if (!isInside || /undefined|\[object/.test(message) || /\p{Cc}/u.test(message + hint)) {
        expect.fail(`round ${round}: ${line}:${column} ${message} in\n${JSON.stringify(text)}`);
      }
    }
    formatDiagnostics(diagnostics, { sources: { 'environment.yaml': text }, color: false });
    const isSilent = stacks.length === 0 && diagnostics.length === 0;
    if (isSilent && !/abstract|enabled/.test(text))
      expect.fail(`round ${round}: nothing said of\n${JSON.stringify(text)}`);
  }
});

it('a document without errors becomes stacks that synthesise', { timeout: 120_000 }, () => {
  const random = mulberry32(20_260_405);
  let synthesised = 0;
  for (let round = 0; round < 120; round += 1) {
    const text = vary(example, random);
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

/** Leaves out a line, or gives one key the value of another: what is said stays YAML and often means something. */
function vary(seed: string, random: () => number): string {
  const lines = seed.split('\n');
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let left = below(3); left >= 0; left -= 1) {
    const at = below(lines.length);
    const value = /:( .*)$/.exec(lines[below(lines.length)] ?? '')?.[1];
    if (value === undefined) lines.splice(at, 1);
    else lines[at] = (lines[at] ?? '').replace(/:( .+)$/, `:${value}`);
  }
  return lines.join('\n');
}

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
