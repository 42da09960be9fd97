/** How many of something there are: `1 word`, `2 words`. */
export function counted(
  count: number,
  what: string,
  {
    shown = String,
  }: { /** How the number is written. @default as it is */ readonly shown?: (count: number) => string } = {},
): string {
  return `${shown(count)} ${what}${count === 1 ? '' : 's'}`;
}
