import { type JsonSchema, stepSchemas } from '../../schemas/index.ts';

/** Whether steps of this kind work on a Speech resource: all but those whose schema says that they do not. */
export function usesResource(kind: string): boolean {
  const schema: JsonSchema | undefined = Object.hasOwn(stepSchemas, kind)
    ? stepSchemas[kind as keyof typeof stepSchemas]
    : undefined;
  return schema?.['x-uses-resource'] !== false;
}
