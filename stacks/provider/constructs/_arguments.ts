/** What a construct was given, as arguments of Terraform: under their names in snake case. */
export function argumentsOf(props: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(props).map(([name, value]) => [snakeCase(name), value]));
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
