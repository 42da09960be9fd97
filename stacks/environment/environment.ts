import type { EnvironmentDocument } from '../../schemas/index.ts';

/** An environment as the schema describes it, with names as TypeScript has them and nothing left to inherit. */
export type Environment = Omit<CamelKeys<EnvironmentDocument>, 'extends' | 'abstract'>;

/** The same with `kebab-case` keys in `camelCase`. */
export type CamelKeys<Value> = Value extends readonly (infer Item)[]
  ? readonly CamelKeys<Item>[]
  : Value extends object
    ? { [Key in keyof Value as Key extends string ? Camel<Key> : Key]: CamelKeys<Value[Key]> }
    : Value;

type Camel<Key extends string> = Key extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Key;

/** A name in `camelCase`. */
export function camelCase(key: string): string {
  return key.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A name in `kebab-case`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
