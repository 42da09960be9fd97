import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { coverageFile, coverageOf, type Definition, definitionFile } from '../../scripts/generate-coverage.ts';
import { faultsOf, hasDefinition } from './definition.ts';

describe('COVERAGE.md', () => {
  it.skipIf(!hasDefinition)('is what the definition and the served operations give', () => {
    const definition = JSON.parse(readFileSync(definitionFile, 'utf8')) as Definition;
    expect(readFileSync(coverageFile, 'utf8')).toBe(coverageOf(definition));
  });
});

describe('the check of answers against the definition', () => {
  const project = {
    self: 'http://127.0.0.1:1/speechtotext/projects/41dbf782-7d4c-4acb-ba62-998c340c10d8?api-version=2025-10-15',
    displayName: 'P',
    locale: 'en-US',
    createdDateTime: '2026-11-22T22:46:55Z',
  };
  const answer = { method: 'GET', path: '/projects/41dbf782-7d4c-4acb-ba62-998c340c10d8', status: 200, body: project };

  it.skipIf(!hasDefinition)('accepts what is declared', () => {
    expect(faultsOf(answer)).toEqual([]);
  });

  it.skipIf(!hasDefinition).each([
    { ...answer, body: { ...project, colour: 'red' } },
    { ...answer, body: { ...project, createdDateTime: 'yesterday' } },
    { ...answer, body: { ...project, displayName: undefined } },
    { ...answer, status: 202 },
    { ...answer, method: 'PUT' },
    { ...answer, status: 404, body: { code: 'Lost' } },
    { ...answer, path: '/nothing' },
  ])('refuses what is not: %j', (wrong) => {
    expect(faultsOf(wrong)).not.toEqual([]);
  });
});
