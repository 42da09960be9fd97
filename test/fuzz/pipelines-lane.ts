import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { documentSchema, type JsonSchema, stepSchemas } from '../../schemas/index.ts';
import { catalogue } from '../../workflows/document/diagnostics/diagnostic-catalogue.ts';
import { functions } from '../../workflows/expressions/expression-syntax.ts';
import { loadPipeline, type LoadOptions } from '../../workflows/language/load-pipeline.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText, smallerTexts, varyLines } from './mutate.ts';
import { faultsOfDiagnostics } from './sane-diagnostics.ts';

/**
 * Pipelines, whatever they say: reading one never throws, says the same twice, and gives a pipeline or diagnostics with sound
 * places, codes and words.
 */
export const fuzzPipelines: FuzzLane = async (options) =>
  await fuzzDocuments(
    { draw: drawPipeline, check, smaller: smallerTexts, show: (text) => JSON.stringify(text) },
    options,
  );

const root = path.join(import.meta.dirname, '..', '..');

/** The examples, and the texts of the golden cases, each of which is about one thing. */
const seeds = ['test/golden/lint/*/pipeline.yaml', 'examples/**/*.yaml']
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((file) => !file.endsWith('environment.yaml'))
  .toSorted()
  .map((file) => readFileSync(path.join(root, file), 'utf8'));

const pieces = [
  ...hostileTexts,
  ...[documentSchema, ...Object.values(stepSchemas)]
    .flatMap((schema) => keysOf(schema as JsonSchema))
    .map((key) => `${key}: `),
  ...[...functions.values()].map(({ name }) => `${name}(`),
  ...Object.keys(stepSchemas).map((kind) => `uses: ${kind}\n`),
  'needs: [a]\n',
  'if: ',
  '  - id: a\n',
  '    uses: ',
  'steps:\n',
  'finally:\n',
  'strategy: { matrix: { a: [1, 2] } }\n',
];

function keysOf({ properties = {}, $defs = {}, items }: JsonSchema): readonly string[] {
  const inner = [...Object.values(properties), ...Object.values($defs), ...(items === undefined ? [] : [items])];
  return [...Object.keys(properties), ...inner.flatMap(keysOf)];
}

function drawPipeline(draws: Draws): string {
  const seed = draws.pick(seeds);
  const how = draws.below(10);
  if (how < 4) return mutateText(seed, { draws, pieces });
  if (how < 8) return varyLines(seed, { draws, pieces });
  // Half of one and half of another, by lines.
  const [one, other] = [seed.split('\n'), draws.pick(seeds).split('\n')];
  const spliced = [...one.slice(0, draws.below(one.length + 1)), ...other.slice(draws.below(other.length + 1))].join(
    '\n',
  );
  return how === 8 ? spliced : mutateText(spliced, { draws, pieces });
}

const codes: ReadonlySet<string> = new Set(Object.keys(catalogue));
const given: LoadOptions = { path: 'p.yaml', fileKind: () => 'folder', inputs: {}, env: {} };

function check(text: string): string | undefined {
  const loaded = loadPipeline(text, given);
  const { diagnostics, pipeline } = loaded;
  if (JSON.stringify(loadPipeline(text, given)) !== JSON.stringify(loaded)) return 'another answer the second time';
  if (pipeline === undefined && diagnostics.length === 0) return 'neither a pipeline nor a word of what is wrong';
  return faultsOfDiagnostics(diagnostics, { text, path: given.path, codes });
}
