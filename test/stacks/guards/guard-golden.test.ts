import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guards, guardWarnings, type GuardCode } from '../../../stacks/guards/guard-catalogue.ts';
import { build } from '../synthesise.ts';
import { guardCases } from './guard-cases.ts';
import { rawCases, soundAccount, synthesisErrors } from './raw-cases.ts';

/** `UPDATE_GOLDEN=1` rewrites the expected texts. */
const update = process.env['UPDATE_GOLDEN'] === '1';
const golden = new URL('../../golden/stacks/messages.txt', import.meta.url);
const told: string[] = [];

describe('guards of environment.yaml', () => {
  it.each(Object.entries(guardCases))('tells %s once, where it is written, and nothing else', (code, text) => {
    const { diagnostics, printed } = build(text);
    told.push(printed);
    expect(diagnostics.map((found) => found.code)).toEqual([code]);
    expect(diagnostics[0]?.severity).toBe(guardWarnings.has(code as GuardCode) ? 'warning' : 'error');
  });
});

describe('guards of resources that anybody adds', () => {
  it.each(rawCases)('tells $code of $name at synthesis', ({ code, add }) => {
    const errors = synthesisErrors(add);
    told.push(...errors.map((error) => `${error}\n`));
    expect(errors.map((error) => /\[([a-z-]+)\]$/.exec(error)?.[1])).toEqual([code]);
  });

  it('has no case for what is right', () => {
    expect(synthesisErrors(() => undefined)).toEqual([]);
    expect(synthesisErrors(soundAccount)).toEqual([]);
  });
});

it('has a case for every guard', () => {
  const codes = [...Object.keys(guardCases), ...rawCases.map(({ code }) => code)];
  expect([...new Set(codes)].toSorted()).toEqual(Object.keys(guards).toSorted());
});

it('tells all of it in the words of the golden file', () => {
  const text = told.join('\n');
  if (update) writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});
