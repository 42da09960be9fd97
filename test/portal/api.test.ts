import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

/** As much of a schema as is looked at. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const folder = path.join(import.meta.dirname, '..', '..', 'portal', 'api');

it('describes every property of every answer', async () => {
  const files = globSync('*.ts', { cwd: folder });
  expect(files.length).toBeGreaterThan(7);
  for (const file of files) {
    const exported = (await import(path.join(folder, file))) as Readonly<Record<string, Schema>>;
    const missing = Object.entries(exported).flatMap(([name, schema]) => undescribed(schema, name));
    expect([file, missing]).toEqual([file, []]);
  }
});

/** What has properties itself is described where it is named. */
function undescribed({ properties = {}, items, anyOf = [] }: Schema, place: string): readonly string[] {
  return [
    ...Object.entries(properties).flatMap(([name, part]) => {
      const own = part.description === undefined && part.properties === undefined ? [`${place}.${name}`] : [];
      return [...own, ...undescribed(part, `${place}.${name}`)];
    }),
    ...(items === undefined ? [] : undescribed(items, `${place}[]`)),
    ...anyOf.flatMap((one) => undescribed(one, place)),
  ];
}
