import { environmentSchema } from '../schemas/documents.ts';
import type { JsonSchema } from '../schemas/index.ts';
import { settingsTable, takes } from './schema-table.ts';

const marker = /<!-- Made from schemas\/environment\.schema\.json[^\n]*-->\n/;

/** The page about environments with its list of inputs made anew from the schema. */
export function environmentPage(page: string): string {
  const [head = ''] = page.split(marker);
  const line = marker.exec(page)?.[0] ?? '';
  const { $defs } = environmentSchema as JsonSchema;
  const parts = Object.entries($defs ?? {}).filter(([, { properties }]) => properties !== undefined);
  const document = { name: '', schema: environmentSchema as JsonSchema };
  const sections = [document, ...parts.map(([name, schema]) => ({ name, schema }))].map(section);
  return `${head}${line}\n${sections.join('\n')}`;
}

function section({ name, schema }: { readonly name: string; readonly schema: JsonSchema }): string {
  const title = name === '' ? 'The document' : `\`${name}\``;
  return [`### ${title}\n`, `${schema.description}\n`, ...settingsTable(schema, reference)].join('\n');
}

/** Small definitions are told in place. */
function reference(path: string): string {
  const name = path.slice('#/$defs/'.length);
  const schema = (environmentSchema as JsonSchema).$defs?.[name];
  return schema?.properties === undefined && schema !== undefined
    ? takes(schema, reference)
    : `[\`${name}\`](#${name})`;
}
