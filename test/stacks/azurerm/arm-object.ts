import {
  isObject,
  isList,
  mapObject,
  type ObjectValue,
  textOf,
  type Value,
} from '../../../stacks/provider/schema/value.ts';
import { type Attributes, membersOf, type Schema, type Shape } from '../../../stacks/provider/schema/schema.ts';
import { type JsonObject, merged } from '../azure/answer.ts';
import { armTypes, type ArmType, type Part } from './arm-bodies.ts';
import type { ArmClient } from './arm-client.ts';
import { bodyOf, objectFrom } from './arm-mapping.ts';
import { fillIn } from './azure-types.ts';

/** Objects of a type of azurerm, in Azure Resource Manager. */
export interface ArmObject {
  /** The object as Azure shows it after it was put there; `isNew` when it was not there before. */
  write(object: ObjectValue, options: { readonly isNew: boolean }): Promise<ObjectValue>;
  /** Undefined when it is gone. */
  read(state: ObjectValue): Promise<ObjectValue | undefined>;
  delete(state: ObjectValue, options: { readonly purges: boolean }): Promise<void>;
}

export function armObject(arm: ArmClient, of: { readonly typeName: string; readonly schema: Schema }): ArmObject {
  const { typeName, schema } = of;
  const type = armTypes[typeName];
  if (type === undefined) throw new Error(`Add ${typeName} to arm-bodies.ts: nothing says what it is in Azure`);
  return {
    async write(object, { isNew }) {
      const path = pathOf(type, object);
      const given = bodyOf(type.mapping, object, [...inTheId, ...computed(schema), ...(type.elsewhere ?? [])]);
      const isPatched = type.part === undefined ? type.isPatched === true && !isNew : type.part.method === 'PATCH';
      const body = isPatched
        ? await arm.patch(path, given)
        : await arm.put(path, await whole(arm, { type, path, given }));
      for (const { suffix, mapping, members } of type.below ?? []) {
        const end = suffix(object);
        if (end !== undefined) await arm.put(`${path}${end}`, bodyOf(mapping, pick(object, members)));
      }
      return await seen(arm, { type, schema, body, known: object });
    },
    async read(state) {
      const body = await arm.get(pathOf(type, state));
      const isThere = body !== undefined && type.part?.isThere(body) !== false;
      return !isThere ? undefined : await seen(arm, { type, schema, body, known: state });
    },
    async delete(state, { purges }) {
      const path = pathOf(type, state);
      if (type.part !== undefined) {
        await takeAway(arm, { part: type.part, path });
        return;
      }
      for (const { suffix, isStanding } of type.below ?? []) {
        const end = suffix(state);
        if (end !== undefined && isStanding !== true) await arm.delete(`${path}${end}`);
      }
      await arm.delete(path);
      if (type.isPurged === true && purges) await arm.delete(deletedPath(path, state));
    },
  };
}

/** A part of another object is put there with all the rest of that. */
async function whole(
  arm: ArmClient,
  { type, path, given }: { readonly type: ArmType; readonly path: string; readonly given: JsonObject },
): Promise<JsonObject> {
  return type.part === undefined ? given : merged((await arm.get(path)) ?? {}, given);
}

async function takeAway(arm: ArmClient, { part, path }: { readonly part: Part; readonly path: string }): Promise<void> {
  const body = await arm.get(path);
  if (body === undefined) return;
  await (part.method === 'PATCH' ? arm.patch(path, part.without) : arm.put(path, merged(body, part.without)));
}

const inTheId = ['id', 'name', 'resource_group_name', 'timeouts'];

/** What no configuration says. */
function computed(schema: Schema): readonly string[] {
  return Object.entries(schema.attributes)
    .filter(([, { presence }]) => presence.endsWith('computed'))
    .map(([name]) => name);
}

function pathOf({ path }: ArmType, object: ObjectValue): string {
  const id = path === undefined ? textOf(object, 'id') : fillIn(path, object);
  if (id === undefined) throw new Error('Correct arm-bodies.ts: the object does not have what its path is made of');
  return id;
}

async function seen(
  arm: ArmClient,
  of: { readonly type: ArmType; readonly schema: Schema; readonly body: JsonObject; readonly known: ObjectValue },
): Promise<ObjectValue> {
  const { type, schema, body, known } = of;
  let object = objectFrom(type.mapping, body, known);
  for (const { suffix, mapping, members } of type.below ?? []) {
    const end = suffix(object);
    const below = end === undefined ? undefined : await arm.get(`${pathOf(type, object)}${end}`);
    if (end !== undefined) object = { ...object, ...objectFrom(mapping, below ?? {}, pick(object, members)) };
  }
  if (type.keys?.isShown(object) === true) {
    const { action, mapping } = type.keys;
    object = objectFrom(mapping, await arm.post(`${pathOf(type, object)}/${action}`), object);
  }
  return completeObject(membersOf(schema), object);
}

function pick(object: ObjectValue, names: readonly string[]): ObjectValue {
  return Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
}

function deletedPath(path: string, state: ObjectValue): string {
  const [, scope, group, name] = /^(\/subscriptions\/[^/]+)(\/resourceGroups\/[^/]+)\/.*\/([^/]+)$/.exec(path) ?? [];
  return `${scope}/providers/Microsoft.CognitiveServices/locations/${textOf(state, 'location')}${group}/deletedAccounts/${name}`;
}

/** With every member of the schema: Azure may show a block that is not in the configuration. */
function completeObject(attributes: Attributes, object: ObjectValue): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type }]) => [name, complete(type, object[name] ?? null)]),
  );
}

function complete(type: Shape, value: Value): Value {
  if (typeof type === 'string') return value;
  if ('object' in type) return isObject(value) ? completeObject(type.object, value) : value;
  if ('map' in type) return isObject(value) ? mapObject(value, (one) => complete(type.map, one)) : value;
  const element = 'list' in type ? type.list : type.set;
  if (value === null) return typeof element === 'object' && 'object' in element ? [] : null;
  return isList(value) ? value.map((one) => complete(element, one)) : value;
}
