import type { Report } from './diagnostic.ts';
import type { ObjectValue, Value } from './value.ts';

/** What a value may be. An object has attributes of its own; objects may stand alone, in lists and in maps. */
export type Shape =
  | 'string'
  | 'number'
  | 'bool'
  | { readonly list: Shape }
  /** Elements have no place to which a change or a fault could be pinned: objects in it are taken as they are configured. */
  | { readonly set: Shape }
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
  /** For the reference, for `terraform providers schema` and for the constructs: a sentence without a full stop. */
  readonly description: string;
  /** Of an argument without a `default`: what holds when the configuration leaves it out. */
  readonly whenLeftOut?: string;
  /** The only texts that it, or each of its elements, may be. */
  readonly oneOf?: readonly string[];
  /** Who changes it after the object was created: a construct gives it its first value and leaves later ones alone. */
  readonly changedBy?: string;
  /** Terraform hides it in plans. */
  readonly sensitive?: true;
  /** Of an optional attribute: what it is when the configuration leaves it out. */
  readonly default?: Value;
  /** Of a computed attribute: an update of the object does not change it. */
  readonly stable?: true;
  /**
   * Whether another value takes another object, also of an attribute in a block, a list or a map; a function is asked when there is
   * an object already.
   */
  readonly replaces?: true | ((change: { readonly prior: Value; readonly planned: Value }) => boolean);
  /**
   * Of an attribute of the object itself that no update changes, where another object must not take the place of this one: what is said
   * to somebody who changes it, as "action: why".
   */
  readonly kept?: string;
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
  /** Members that are written as blocks. */
  readonly blocks?: Blocks;
}

export type Blocks = Readonly<Record<string, Block>>;

export interface Block {
  readonly description: string;
  readonly attributes: Attributes;
  readonly blocks?: Blocks;
  /** @default 'single': an object, null when the block is not written. Without blocks a list or set is empty. */
  readonly nesting?: 'single' | 'list' | 'set';
  /** Of a list or set. @default 0 */
  readonly minItems?: number;
  /** Of a list or set; any number when left out. */
  readonly maxItems?: number;
}

/** Every member of an object of this schema; one of a block is an optional object, or a list or set of objects. */
export function membersOf({ attributes, blocks = {} }: Pick<Schema, 'attributes' | 'blocks'>): Attributes {
  const fromBlocks = Object.entries(blocks).map(([name, block]): [string, Attribute] => [
    name,
    { type: blockShape(block), presence: 'optional', description: block.description },
  ]);
  return { ...attributes, ...Object.fromEntries(fromBlocks) };
}

function blockShape(block: Block): Shape {
  const object = { object: membersOf(block) };
  if (block.nesting === 'list') return { list: object };
  return block.nesting === 'set' ? { set: object } : object;
}

/** An object of this schema in which nothing is set but what is given. */
export function objectOf(schema: Schema, given: ObjectValue): ObjectValue {
  const names = Object.keys(membersOf(schema));
  return Object.fromEntries(names.map((name) => [name, given[name] ?? null]));
}

/** What Terraform and the reference say of an attribute, in sentences without the last full stop. */
export function descriptionOf({ description, whenLeftOut, changedBy }: Attribute): string {
  return [
    description,
    ...(whenLeftOut === undefined ? [] : [`When left out: ${whenLeftOut}`]),
    ...(changedBy === undefined ? [] : [`Where ${changedBy} change it, name it in lifecycle.ignore_changes`]),
  ].join('. ');
}

export function isComputed({ presence }: Attribute): boolean {
  return presence === 'computed' || presence === 'optional-computed';
}
