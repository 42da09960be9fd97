import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';
import { mutants } from './mutants.ts';

const root = path.join(import.meta.dirname, '../..');

it('are all of today: each has one file, its text once, and tests', () => {
  const faults = mutants.flatMap(({ name, file, text, tests }) => {
    const found = globSync(`workflows/**/${file}`, { cwd: root });
    const times = found.map((one) => readFileSync(path.join(root, one), 'utf8').split(text).length - 1);
    const lost = tests.filter((test) => globSync(`test/workflows/**/${test}`, { cwd: root }).length !== 1);
    return [
      ...(found.length === 1 && times[0] === 1
        ? []
        : [`${name}: ${found.join(', ')} has its text ${times.join(', ')} times`]),
      ...lost.map((test) => `${name}: ${test}`),
    ];
  });
  expect(faults).toEqual([]);
});

it('leave sources that can be read', async () => {
  const faults: string[] = [];
  for (const { name, file, text, replacement } of mutants) {
    const [found = ''] = globSync(`workflows/**/${file}`, { cwd: root });
    const mutated = readFileSync(path.join(root, found), 'utf8').replace(text, () => replacement);
    await transform(mutated, { loader: 'ts', logLevel: 'silent' }).catch((error: unknown) =>
      faults.push(`${name}: ${String(error)}`),
    );
  }
  expect(faults).toEqual([]);
});
