import { counted } from '../../document/counted.ts';

/** Values as one output, in JSON: in their order, without those for which the output has no room. */
export function listOutput(values: readonly (object | string)[]): string {
  return `[${textsThatFit(values).join(',')}]`;
}

/** The end of a sentence that says how many of these values {@link listOutput} leaves out; empty where it has all. */
export function leftOutOfList(values: readonly (object | string)[], what: string): string {
  const leftOut = values.length - textsThatFit(values).length;
  return leftOut === 0 ? '' : `; ${counted(leftOut, what)} left out of the list, which has no room for more`;
}

function textsThatFit(values: readonly (object | string)[]): readonly string[] {
  let room = mostCharacters;
  return values
    .map((value) => JSON.stringify(value))
    .filter((text) => {
      const fits = text.length < room;
      if (fits) room -= text.length + 1;
      return fits;
    });
}

const mostCharacters = 60_000;
