import type { EnvironmentSettings } from '../../schemas/index.ts';

/** An environment as the schema describes it, with names as TypeScript has them and nothing left to inherit. */
export type Environment = Omit<EnvironmentSettings, 'extends' | 'abstract'>;

/** A name in `camelCase`. */
export function camelCase(key: string): string {
  return key.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A name in `kebab-case`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
