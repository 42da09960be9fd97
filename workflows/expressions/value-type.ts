import { type JsonSchema, takesType } from '../../schemas/index.ts';

/** What an expression gives, as far as it can be told before anything runs. The four objects of the service are text. */
export type ValueType =
  | 'rate'
  | 'number'
  | 'duration'
  | 'boolean'
  | 'text'
  | 'dataset'
  | 'model'
  | 'evaluation'
  | 'endpoint'
  | 'null'
  | 'list'
  | 'mapping'
  | 'any';

const objects: ReadonlySet<string> = new Set(['dataset', 'model', 'evaluation', 'endpoint']);

/** What a value of a schema is: of an output, or of a setting. */
export function typeOfSchema(schema: JsonSchema): ValueType {
  const type = schema['x-type'] ?? '';
  if (type === 'rate' || type === 'measurement') return 'rate';
  if (type === 'duration') return 'duration';
  if (type === 'custom-model' || type === 'base-model' || type === 'model-in-use') return 'model';
  if (objects.has(type)) return type as ValueType;
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'boolean') return 'boolean';
  if (takesType(schema, 'object')) return 'mapping';
  return schema.type === 'array' ? 'list' : 'text';
}

/** Whether a value of the one type can be used where the other is wanted. */
export function fits(actual: ValueType, wanted: ValueType): boolean {
  if (actual === 'any' || actual === wanted) return true;
  if (wanted === 'rate') return actual === 'number';
  if (wanted === 'text') return objects.has(actual);
  return actual === 'text' && objects.has(wanted);
}

/** Whether two values can be compared: of the same type, where the objects of the service are text. */
export function comparable(left: ValueType, right: ValueType): boolean {
  const plain = (type: ValueType): ValueType => (objects.has(type) ? 'text' : type);
  if (left === 'any' || right === 'any' || left === 'null' || right === 'null') return true;
  return plain(left) === plain(right);
}

/** The type with an article, for messages. */
export function nameOfValueType(type: ValueType): string {
  if (type === 'boolean') return 'true or false';
  if (type === 'text' || type === 'any') return type === 'text' ? 'text' : 'anything';
  if (type === 'null') return 'nothing';
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}
