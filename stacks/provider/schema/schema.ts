import type { Report } from './diagnostic.ts';
import type { ObjectValue, Value } from './value.ts';

/** What a value may be. An object has attributes of its own; objects may stand alone, in lists and in maps. */
export type Shape =
  | 'string'
  | 'number'
  | 'bool'
  | { readonly list: Shape }
  /** Of plain values: elements have no place to which a change or a fault could be pinned. */
  | { readonly set: 'string' | 'number' | 'bool' }
  | { readonly map: Shape }
  | { readonly object: Attributes };

/**
 * Who gives the value: the configuration must (`required`) or may (`optional`), the provider does (`computed`), or the
 * provider does where the configuration does not (`optional-computed`).
 */
export type Presence = 'required' | 'optional' | 'computed' | 'optional-computed';

export interface Attribute {
  readonly type: Shape;
  readonly presence: Presence;
  /** For the reference and for `terraform providers schema`: a sentence without a full stop. */
  readonly description: string;
  /** Terraform hides it in plans. */
  readonly sensitive?: true;
  /** Of an optional attribute: what it is when the configuration leaves it out. */
  readonly default?: Value;
  /** Of a computed attribute: an update of the object does not change it. */
  readonly stable?: true;
  /** Whether another value takes another object; a function is asked when there is one already. */
  readonly replaces?: true | ((change: { readonly prior: Value; readonly planned: Value }) => boolean);
  /** Whether two known values mean the same, so that writing the other one changes nothing. */
  readonly isSame?: (one: Value, other: Value) => boolean;
  /** Reports what is wrong with a known value. */
  readonly check?: (value: Value, report: Report) => void;
}

export interface Attributes {
  readonly [name: string]: Attribute;
}

/** The arguments and attributes of a resource, a data source or a provider. */
export interface Schema {
  /** Of the state it describes: one more for every change that old states need a migration for. */
  readonly version: number;
  readonly description: string;
  readonly attributes: Attributes;
  /** Written as blocks, at most one of each. */
  readonly blocks?: Readonly<Record<string, { readonly description: string; readonly attributes: Attributes }>>;
}

/** Every member of an object of this schema; one of a block is an optional object. */
export function membersOf({ attributes, blocks = {} }: Schema): Attributes {
  const fromBlocks = Object.entries(blocks).map(([name, block]): [string, Attribute] => [
    name,
    { type: { object: block.attributes }, presence: 'optional', description: block.description },
  ]);
  return { ...attributes, ...Object.fromEntries(fromBlocks) };
}

/** An object of this schema in which nothing is set but what is given. */
export function objectOf(schema: Schema, given: ObjectValue): ObjectValue {
  const names = Object.keys(membersOf(schema));
  return Object.fromEntries(names.map((name) => [name, given[name] ?? null]));
}

export function isComputed({ presence }: Attribute): boolean {
  return presence === 'computed' || presence === 'optional-computed';
}
