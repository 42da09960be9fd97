import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type JsonSchema, type RulesDocument, rulesSchema } from '../../schemas/index.ts';
import { compileSchema } from '../document/compile-schema.ts';
import { createFindings, type Findings } from '../document/diagnostics.ts';
import { plainValue } from '../document/plain-value.ts';
import { quoteName } from '../document/quote-name.ts';
import { readDocument } from '../document/read-document.ts';
import { reportFaults } from '../document/report-faults.ts';
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
  const document = rulesIn(text, findings);
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

function rulesIn(text: string, findings: Findings): RulesDocument | undefined {
  const root = readDocument(text, findings);
  if (root?.kind !== 'map') return undefined;
  const plain = plainValue(root);
  const faults = compileSchema(rulesSchema as JsonSchema)(plain);
  const describe = (at: readonly string[]): string => (at.length === 0 ? 'the rules' : quoteName(at.join('.')));
  reportFaults(faults, { root, findings, renames: new Map(), describe });
  return faults.length === 0 ? (plain as unknown as RulesDocument) : undefined;
}
