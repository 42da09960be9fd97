/** Values as one output, in JSON: the first of them, as many as an output has room for. */
export function listOutput(values: readonly (object | string)[]): string {
  let room = mostCharacters;
  const texts = values.map((value) => JSON.stringify(value));
  return `[${texts.filter((text) => (room -= text.length + 1) > 0).join(',')}]`;
}

const mostCharacters = 60_000;
