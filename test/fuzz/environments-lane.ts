import { readFileSync } from 'node:fs';
import { environmentSchema } from '../../schemas/documents.ts';
import type { JsonSchema } from '../../schemas/index.ts';
import { guards } from '../../stacks/guards/guard-catalogue.ts';
import { catalogue } from '../../workflows/document/diagnostics/diagnostic-catalogue.ts';
import { guardCases } from '../stacks/guards/guard-cases.ts';
import { build } from '../stacks/synthesise.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText, smallerTexts, varyLines } from './mutate.ts';
import { faultsOfDiagnostics } from './sane-diagnostics.ts';

/**
 * Environments, whatever they say: making their stacks never throws, says the same twice, diagnostics are sound,
 * and without an error the stacks synthesise.
 */
export const fuzzEnvironments: FuzzLane = async (options) =>
  await fuzzDocuments(
    { draw: drawDocument, check, smaller: smallerTexts, show: (text) => JSON.stringify(text) },
    options,
  );

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const example = read('environment.yaml');
const seeds = [
  example,
  example,
  example,
  read('examples/hospital-ward/environment.yaml'),
  ...Object.values(guardCases),
];

const pieces = [
  ...hostileTexts,
  ...keysOf(environmentSchema as JsonSchema).map((key) => `${key}: `),
  'extends: dev\n',
  'enabled: false\n',
  'storage: {}\n',
  'byos-storage: {}\n',
  '#{TfToken[1]}',
  '${TfToken[TOKEN.1]}',
  '0.0.0.0/0',
  '::/0',
  'abstract: true\n',
  'name: a\n',
  'dev: ',
  'prod: ',
  '/subscriptions/',
  '%{',
  '/',
  '//',
];

function keysOf({ properties = {}, $defs = {} }: JsonSchema): readonly string[] {
  return [...Object.keys(properties), ...[...Object.values(properties), ...Object.values($defs)].flatMap(keysOf)];
}

function drawDocument(draws: Draws): string {
  const seed = draws.pick(seeds);
  return draws.chance(0.4) ? varyLines(seed, { draws, pieces }) : mutateText(seed, { draws, pieces });
}

const codes: ReadonlySet<string> = new Set([...Object.keys(catalogue), ...Object.keys(guards)]);

function check(text: string): string | undefined {
  const { diagnostics, stacks } = build(text);
  const again = build(text);
  const saysTheSame = JSON.stringify(again.diagnostics) === JSON.stringify(diagnostics);
  if (!saysTheSame || again.stacks.length !== stacks.length) return 'another answer the second time';
  const isSilent = stacks.length === 0 && diagnostics.length === 0;
  if (isSilent && !/abstract|enabled/.test(text)) return 'neither stacks nor a word of what is wrong';
  if (diagnostics.every(({ severity }) => severity !== 'error')) {
    for (const stack of stacks) {
      const faults = stack.node.findAll().flatMap((construct) => construct.node.validate());
      if (faults.length > 0) return `no error, and a stack that is refused: ${faults.join('; ')}`;
      stack.toTerraform();
    }
  }
  return faultsOfDiagnostics(diagnostics, { text, path: 'environment.yaml', codes });
}
