import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definitionFile } from '../../../scripts/generate-coverage.ts';
import { callsOf } from '../../../workflows/plan/calls.ts';
import type { Effect } from '../../../workflows/plan/step-plan.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { hasDefinition } from '../../emulator/definition.ts';

const effects: readonly Effect[] = [...new Set(Object.values(stepKinds).flatMap((kind) => kind.effects))];

describe('the calls of a plan', () => {
  it('are those of the effects, each once', () => {
    expect(callsOf(['create-project', 'create-dataset', 'upload-content', 'create-project'])).toEqual([
      'POST /projects',
      'POST /datasets',
      'PUT /datasets/{id}/blocks',
      'POST /datasets/{id}/blocks:commit',
    ]);
    expect(callsOf([])).toEqual([]);
  });

  it.skipIf(!hasDefinition)('are operations of the API, for every effect of a step kind', () => {
    const { paths } = JSON.parse(readFileSync(definitionFile, 'utf8')) as {
      readonly paths: Readonly<Record<string, object>>;
    };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations).toEqual(expect.arrayContaining([...callsOf(effects)]));
    // A blob is no business of the API.
    const silent = [...effects].filter((effect) => callsOf([effect]).length === 0);
    expect(silent).toEqual(['store-content']);
  });
});
