import { readFile } from 'node:fs/promises';
import { type JsonSchema, type SettingsDocument, settingsSchema } from '../../../schemas/index.ts';
import { reportFaults } from '../../document/report-faults.ts';
import { createFindings, type Findings } from '../../document/diagnostics.ts';
import { plainValue } from '../../document/plain-value.ts';
import { quoteName } from '../../document/quote-name.ts';
import { readDocument } from '../../document/read-document.ts';
import { compileSchema } from '../../document/compile-schema.ts';
import { UsageError } from '../session.ts';

/** The permissions that a settings file gives. */
export interface Settings {
  readonly allowEnv: readonly string[];
}

/** Reads a settings file; `schemas/settings.schema.json` describes it. Refuses one with a fault, with its place. */
export async function readSettings(file: string): Promise<Settings> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`Give the path of a settings file: ${file} cannot be read`, { cause: error });
  });
  const findings = createFindings(file, text);
  const document = settingsIn(text, findings);
  const [first] = findings.diagnostics();
  if (document !== undefined && first === undefined) return { allowEnv: document['allow-env'] };
  // An empty document, or one that is no mapping.
  const isNothing = first === undefined || first.code === 'empty-document';
  const { line = 1, column = 1 } = first ?? {};
  const message = isNothing ? 'Write `allow-env: [NAME]`: the settings say nothing' : first.message;
  throw new UsageError(`${file}:${line}:${column}: ${message}`);
}

function settingsIn(text: string, findings: Findings): SettingsDocument | undefined {
  const root = readDocument(text, findings);
  if (root?.kind !== 'map') return undefined;
  const plain = plainValue(root);
  const faults = compileSchema(settingsSchema as JsonSchema)(plain);
  const describe = (path: readonly string[]): string =>
    path.length === 0 ? 'the settings' : quoteName(path.join('.'));
  reportFaults(faults, { root, findings, renames: new Map(), describe });
  return faults.length === 0 ? (plain as unknown as SettingsDocument) : undefined;
}
