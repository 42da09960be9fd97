import type { ResultsSet } from '../../schemas/types.gen.ts';

/** How far evaluations of a set differ, and in which utterances: in one row, or none where there was one evaluation. */
export function noiseText({ id, noise, utterances }: ResultsSet): readonly string[] {
  if (noise === undefined) return [];
  const unstable = utterances.filter((one) => one.unstable === true).map((one) => one.id);
  const more = (noise.unstable ?? unstable.length) - mostNamed;
  const names = [...unstable.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return [`${id}: ${noise.sentence}${names === '' ? '' : `: ${names}`}`];
}

/** So many utterances are named. */
const mostNamed = 10;
