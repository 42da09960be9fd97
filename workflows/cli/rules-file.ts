import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { rulesSchema } from '../../schemas/documents.ts';
import type { JsonSchema, RulesDocument } from '../../schemas/index.ts';
import { createFindings } from '../document/diagnostics/diagnostics.ts';
import { readBySchema } from '../document/schema/read-by-schema.ts';
import { digestOfRules, type RulesName, type TextRules } from '../scoring/text-rules.ts';
import { UsageError } from './session.ts';

/**
 * The rules that a file of one's own says, with the file's name and a digest; `schemas/rules.schema.json` describes it. Refuses one
 * with faults, each with its place.
 */
export async function readRules(
  file: string,
  { cwd }: { readonly cwd: string },
): Promise<TextRules & { readonly named: RulesName }> {
  const text = await readFile(path.resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new UsageError(`Give the path of a file of rules: ${file} cannot be read`, { cause: error });
  });
  const findings = createFindings(file, text);
  const read = readBySchema<RulesDocument>(text, {
    schema: rulesSchema as JsonSchema,
    what: 'the rules',
    findings,
  });
  const document = read?.document;
  const faults = findings.diagnostics();
  if (document === undefined || faults.length > 0) {
    const said = faults.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    throw new UsageError(said.length > 0 ? said : `${file}:1:1: Write \`extends: lexical\` and rules under it`);
  }
  const { replace = [], fillers = [], spellings = {} } = document;
  const pairs = [...replace, ...Object.entries(spellings)].map(([from = '', to = '']) => [from, to] as const);
  const rules: TextRules = { extends: document.extends, replace: pairs, fillers };
  return { ...rules, named: { name: path.basename(file), digest: digestOfRules(rules) } };
}
