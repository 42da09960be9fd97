import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failuresFile, failuresPage } from '../../../scripts/generate-data-checks.ts';
import { cureOf, failuresByMessage } from '../../../workflows/engine/service-failures.ts';

describe('what to do about the reasons of the service', () => {
  it('is known by their codes, whatever the words', () => {
    expect(cureOf({ code: 'NoUtf8WithBom', message: 'x' })).toBe('save the text as UTF-8 with byte order mark');
    expect(cureOf({ code: 'constructor', message: 'x' })).toBeUndefined();
  });

  it.each(failuresByMessage)('is known by the words "$example"', ({ example, cure }) => {
    expect(cureOf({ message: example })).toBe(cure);
  });

  it('is not made up for other words', () => {
    expect(cureOf({ message: 'something went wrong' })).toBeUndefined();
  });

  it('is described in docs/failures.md', () => {
    const page = readFileSync(failuresFile, 'utf8');
    expect(page, 'run `npm run diagnostics`').toBe(failuresPage(page));
  });
});
