import { planSchema } from '../../schemas/documents.ts';
import type { JsonSchema } from '../../schemas/index.ts';
import type { PlanDocument } from '../../schemas/types.gen.ts';
import { readJsonDocument } from '../document/schema/read-json-document.ts';
import { planHash, version } from './saved-plan.ts';

/** The saved plan that a text is, or why it is none as the end of a sentence. */
export function readPlanDocument(text: string): { readonly document: PlanDocument } | { readonly fault: string } {
  const schema = { schema: planSchema as JsonSchema, file: 'schemas/plan.schema.json', version };
  const read = readJsonDocument<PlanDocument>(text, schema);
  if ('fault' in read || read.document.hash === planHash(read.document.pipelines)) return read;
  return { fault: 'somebody has edited it: its hash is of another plan' };
}
