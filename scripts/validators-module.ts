import standalone from 'ajv/dist/standalone/index.js';
import { documentSchema, type JsonSchema, stepSchemas } from '../schemas/index.ts';
import { resolvedSchema } from '../schemas/resolved-schema.ts';
import { newAjv } from '../workflows/document/schema/compile-schema.ts';

/**
 * The schemas of pipelines as compiled functions, in a module without ajv: to load and run the compiler would be a third of a short
 * command's time. Exports `document`, and for each step kind `KIND` (the settings as written) and `KINDSettled` (as a step gets
 * them).
 */
export function validatorsModule(): string {
  // The settings refer to it.
  const ajv = newAjv({ code: { source: true, esm: true } }).addSchema(documentSchema);
  // For every reference a validator copies the faults that it has found so far: in place there is none.
  ajv.addSchema({ ...(inPlace(documentSchema) as object), $id: '/document-in-place' }, 'document');
  for (const [kind, schema] of Object.entries(stepSchemas) as readonly (readonly [string, JsonSchema])[]) {
    ajv.addSchema(schema, kind);
    ajv.addSchema(resolvedSchema(schema), `${kind}Settled`);
  }
  const names = Object.keys(stepSchemas).flatMap((kind) => [kind, `${kind}Settled`]);
  const code = standalone.default(ajv, Object.fromEntries(['document', ...names].map((name) => [name, idOf(name)])));
  return `// @ts-nocheck -- made by \`npm run schemas\` with ajv, which requires its helpers in ECMAScript modules, too
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
${code.replace('"use strict";', '')}
`;

  function idOf(name: string): string {
    const schema = ajv.getSchema(name)?.schema as JsonSchema & { readonly $id?: string };
    return schema.$id ?? name;
  }
}

/** The schema of documents with its definitions where it refers to them. */
function inPlace(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inPlace);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $ref, $defs: _, ...rest } = schema as { readonly $ref?: string; readonly $defs?: unknown };
  const definitions: Readonly<Record<string, unknown>> = documentSchema.$defs;
  const definition = $ref === undefined ? {} : (inPlace(definitions[$ref.slice('#/$defs/'.length)]) as object);
  return { ...definition, ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inPlace(value)])) };
}
