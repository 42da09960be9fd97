import { encode, ExtData } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { decodeObject, encodeObject } from '../../../../stacks/provider/schema/encoding.ts';
import type { Attribute, Schema, Shape } from '../../../../stacks/provider/schema/schema.ts';
import { upgradeState } from '../../../../stacks/provider/schema/upgrade-state.ts';
import { unknown, type Value } from '../../../../stacks/provider/schema/value.ts';

const attribute = (type: Shape): Attribute => ({ type, presence: 'optional', description: '' });

const schema: Schema = {
  version: 2,
  description: '',
  attributes: {
    text: attribute('string'),
    count: attribute('number'),
    flag: attribute('bool'),
    names: attribute({ list: 'string' }),
    tags: attribute({ map: 'string' }),
    one: attribute({ object: { inner: attribute('number') } }),
    many: attribute({ list: { object: { inner: attribute('string') } } }),
  },
  blocks: { timeouts: { description: '', attributes: { create: attribute('string') } } },
};

const nothing = {
  text: null,
  count: null,
  flag: null,
  names: null,
  tags: null,
  one: null,
  many: null,
  timeouts: null,
};

describe('MessagePack of Terraform', () => {
  it.each<Readonly<Record<string, Value>>>([
    nothing,
    { ...nothing, text: 'Grüße', count: 1.5, flag: false, names: ['a', null], tags: { k: 'v' } },
    { ...nothing, one: { inner: 3 }, many: [{ inner: 'a' }, { inner: null }], timeouts: { create: '1m' } },
    { ...nothing, text: unknown, names: ['a', unknown], tags: { k: unknown }, one: { inner: unknown }, many: unknown },
    { ...nothing, count: Number.MAX_SAFE_INTEGER },
  ])('comes back as it went: %o', (value) => {
    expect(decodeObject(schema, encodeObject(schema, value))).toEqual(value);
  });

  it('writes every attribute of the schema, and null for no object', () => {
    expect(decodeObject(schema, encodeObject(schema, { text: 'a' }))).toEqual({ ...nothing, text: 'a' });
    expect([...encodeObject(schema, undefined)]).toEqual([0xc0]);
    expect(decodeObject(schema, Uint8Array.of(0xc0))).toBeUndefined();
  });

  it('writes the unknown as Terraform does', () => {
    const bytes = encodeObject({ version: 0, description: '', attributes: { x: attribute('string') } }, { x: unknown });
    expect([...bytes]).toEqual([0x81, 0xa1, 0x78, 0xd4, 0x00, 0x00]);
  });

  it('reads an unknown of which something is known as unknown, and numbers written as text', () => {
    const prefixed = new ExtData(12, encode(new Map([[2, 'of project ']])));
    expect(decodeObject(schema, encode({ text: prefixed, count: '12' }))).toMatchObject({ text: unknown, count: 12 });
  });
});

describe('a stored state', () => {
  const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

  it('is read with what is new as null and without what is gone', () => {
    const stored = json({ text: 'a', one: { inner: 1, old: true }, gone: 'x' });
    const state = upgradeState(schema, { version: 2, json: stored, upgrades: [] });
    expect(state).toEqual({ ...nothing, text: 'a', one: { inner: 1 } });
  });

  it('goes through every migration from its own version on', () => {
    const upgrades = [
      ({ title, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, text: title }),
      ({ count, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, count: Number(count) * 1000 }),
    ];
    const upgraded = (version: number, state: object) => upgradeState(schema, { version, json: json(state), upgrades });
    expect(upgraded(0, { title: 'a', count: 2 })).toMatchObject({ text: 'a', count: 2000 });
    expect(upgraded(1, { text: 'a', count: 2 })).toMatchObject({ text: 'a', count: 2000 });
    expect(upgraded(2, { text: 'a', count: 2 })).toMatchObject({ text: 'a', count: 2 });
    expect(() => upgraded(3, {})).toThrow('Use a newer provider');
  });
});
