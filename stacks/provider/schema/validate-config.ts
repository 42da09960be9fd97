import { type Diagnostic, errorDiagnostic, type PathStep } from './diagnostic.ts';
import { type Attribute, type Attributes, membersOf, type Schema, type Shape } from './schema.ts';
import { isList, isObject, isUnknown, type ObjectValue, type Value } from './value.ts';

/**
 * Everything that is wrong in a configuration, each with the place it is at. What is unknown is not looked at, it will be
 * when it is known. Names and types are Terraform's own check and right when this is called.
 */
export function validateConfig(schema: Schema, config: ObjectValue): readonly Diagnostic[] {
  return checkAttributes(membersOf(schema), config, { path: [] });
}

interface Place {
  readonly path: readonly PathStep[];
}

function checkAttributes(attributes: Attributes, object: ObjectValue, { path }: Place): readonly Diagnostic[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    checkAttribute(attribute, object[name] ?? null, { path: [...path, { name }] }),
  );
}

function checkAttribute(attribute: Attribute, value: Value, { path }: Place): readonly Diagnostic[] {
  if (isUnknown(value)) return [];
  if (value === null) {
    if (attribute.presence !== 'required') return [];
    return [errorDiagnostic(`Set ${nameAt(path)}: it is required`, path)];
  }
  if (attribute.presence === 'computed') {
    return [errorDiagnostic(`Leave ${nameAt(path)} out: the provider sets it`, path)];
  }
  const found = [...checkOneOf(attribute, value, { path })];
  attribute.check?.(value, (problem, ...steps) => void found.push(errorDiagnostic(problem, [...path, ...steps])));
  return [...found, ...checkParts(attribute.type, value, { path })];
}

function checkOneOf({ oneOf }: Attribute, value: Value, { path }: Place): readonly Diagnostic[] {
  if (oneOf === undefined) return [];
  return (isList(value) ? value : [value]).flatMap((one) =>
    typeof one !== 'string' || oneOf.includes(one)
      ? []
      : [errorDiagnostic(`Choose one of ${oneOf.join(', ')}: it is ${JSON.stringify(one)}`, path)],
  );
}

function checkParts(type: Shape, value: Value, { path }: Place): readonly Diagnostic[] {
  if (typeof type !== 'object' || value === null || isUnknown(value)) return [];
  if ('object' in type) return isObject(value) ? checkAttributes(type.object, value, { path }) : [];
  if ('list' in type && isList(value)) {
    return value.flatMap((element, index) => checkParts(type.list, element, { path: [...path, { index }] }));
  }
  if ('map' in type && isObject(value)) {
    return Object.entries(value).flatMap(([key, element]) =>
      checkParts(type.map, element, { path: [...path, { key }] }),
    );
  }
  return [];
}

function nameAt(path: readonly PathStep[]): string {
  const last = path.findLast((step) => 'name' in step);
  return last === undefined ? 'it' : last.name;
}
