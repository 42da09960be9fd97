import type { Pipeline } from '../pipeline.ts';

/** The names of the secret variables that a pipeline declares. */
export function secretVariablesOf({ env = {} }: Pick<Pipeline, 'env'>): readonly string[] {
  return Object.entries(env).flatMap(([name, { secret }]) => (secret ? [name] : []));
}
