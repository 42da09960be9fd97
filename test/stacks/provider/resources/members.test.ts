import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definitionFile } from '../../../../scripts/generate-coverage.ts';
import { customspeechProvider } from '../../../../stacks/provider/customspeech-provider.ts';
import type { EntityAttributes } from '../../../../stacks/provider/resources/_entity-members.ts';
import { hasDefinition } from '../../../emulator/definition.ts';

const { resources } = customspeechProvider({});

interface Definition {
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly allOf?: readonly Definition[];
  readonly items?: Definition;
  readonly readOnly?: boolean;
  readonly $ref?: string;
}

describe.skipIf(!hasDefinition)('the members that attributes stand for', () => {
  // What stands here is executed also where the tests are skipped.
  const { definitions } = JSON.parse(
    hasDefinition ? readFileSync(definitionFile, 'utf8') : '{ "definitions": {} }',
  ) as {
    readonly definitions: Readonly<Record<string, Definition>>;
  };

  /** The member that a way leads to in a definition; undefined when there is none. */
  function memberAt(definition: Definition | undefined, way: readonly string[]): Definition | undefined {
    const [name = '', ...rest] = way;
    if (definition?.$ref !== undefined) return memberAt(definitions[definition.$ref.split('/').at(-1) ?? ''], way);
    if (way.length === 0 || definition === undefined) return definition;
    const bare = name.replace('[]', '');
    const own = definition.properties?.[bare] ?? definition.allOf?.map((one) => memberAt(one, [bare])).find(Boolean);
    return memberAt(name.endsWith('[]') ? own?.items : own, rest);
  }

  it.each([
    ['customspeech_project', 'Project', 'ProjectUpdate'],
    ['customspeech_dataset', 'Dataset', 'DatasetUpdate'],
    ['customspeech_model', 'CustomModel', 'ModelUpdate'],
    ['customspeech_endpoint', 'Endpoint', 'EndpointUpdate'],
  ])('of %s are those of the API definition', (type, entity, update) => {
    const attributes = resources[type]?.schema.attributes as EntityAttributes;
    for (const [name, { member, presence, replaces, kept }] of Object.entries(attributes)) {
      if (member === undefined || member === 'id') continue;
      const way = member.split('.');
      const found = memberAt(definitions[entity], way);
      expect(found, `${entity}.${member} of ${name}`).toBeDefined();
      if (presence !== 'computed') expect(found?.readOnly ?? false, `${name} is read-only`).toBe(false);
      if (presence === 'computed') continue;
      // The client writes loggingEnabled as contentLoggingEnabled when it updates.
      const changed = way.map((step) => (step === 'loggingEnabled' ? 'contentLoggingEnabled' : step));
      const isUpdatable = memberAt(definitions[update], changed) !== undefined;
      expect(isUpdatable, `${name} can be updated`).toBe(replaces === undefined && kept === undefined);
    }
  });

  it('cover all that can be written', () => {
    for (const [type, entity] of Object.entries({
      customspeech_project: 'Project',
      customspeech_dataset: 'Dataset',
      customspeech_model: 'CustomModel',
      customspeech_endpoint: 'Endpoint',
    })) {
      const definition = definitions[entity];
      const names = [definition, ...(definition?.allOf ?? [])].flatMap((one) => {
        const target = one?.$ref === undefined ? one : definitions[one.$ref.split('/').at(-1) ?? ''];
        return Object.entries(target?.properties ?? {})
          .filter(([name, member]) => member.readOnly !== true && !notWritten.has(name))
          .map(([name]) => name);
      });
      const members = Object.values(resources[type]?.schema.attributes as EntityAttributes).map(({ member }) =>
        member?.split('.')[0]?.replace('[]', ''),
      );
      expect(members, type).toEqual(expect.arrayContaining(names));
    }
  });
});

/** customProperties are merged in a way of their own; status and links are read-only where they are defined. */
const notWritten: ReadonlySet<string> = new Set(['customProperties', 'links', 'status']);
