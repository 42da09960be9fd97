import { readFile } from 'node:fs/promises';
import { settingsSchema } from '../../../schemas/documents.ts';
import type { JsonSchema, SettingsDocument } from '../../../schemas/index.ts';
import { createFindings } from '../../document/diagnostics/diagnostics.ts';
import { readBySchema } from '../../document/schema/read-by-schema.ts';
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
  const read = readBySchema<SettingsDocument>(text, {
    schema: settingsSchema as JsonSchema,
    what: 'the settings',
    findings,
  });
  const document = read?.document;
  const [first] = findings.diagnostics();
  if (document !== undefined && first === undefined) return { allowEnv: document['allow-env'] };
  // An empty document, or one that is no mapping.
  const isNothing = first === undefined || first.code === 'empty-document';
  const { line = 1, column = 1 } = first ?? {};
  const message = isNothing ? 'Write `allow-env: [NAME]`: the settings say nothing' : first.message;
  throw new UsageError(`${file}:${line}:${column}: ${message}`);
}
