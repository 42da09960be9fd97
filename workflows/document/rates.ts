/**
 * The rate that a person wrote, as 0..1: `15%`, `2.5 %`, `0.15` or the number 0.15. Undefined when it is no rate between
 * 0 and 1: `15` without a sign is not taken for a percentage.
 */
export function parseRate(written: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+) ?(%?)$/.exec(String(written).trim());
  if (match === null) return undefined;
  // The exponent shifts the decimal point exactly, where a division would round.
  const rate = Number(match[2] === '%' ? `${match[1]}e-2` : match[1]);
  return rate <= 1 ? rate : undefined;
}

/**
 * A rate of 0..1 as people read it: a percentage with one decimal, `23.4 %`. It has more decimals where rates that it is printed
 * `beside` differ and would read the same: `2.89 %` beside `2.90 %`.
 */
export function formatRate(rate: number, beside: readonly number[] = []): string {
  const others = beside.filter((other) => other !== rate);
  for (let decimals = 1; ; decimals += 1) {
    const written = percentage(rate, decimals);
    const isClear = others.every((other) => percentage(other, decimals) !== written);
    if (isClear || decimals === mostDecimals) return written;
  }
}

/** The interval of a rate, in percent, as it stands behind the rate: `[21.0, 25.9]`. An end has more decimals where it would read as one `beside`. */
export function formatInterval(low: number, high: number, beside: readonly number[] = []): string {
  const [from, to] = [low, high].map((end) => formatRate(end, beside).replace(/ %$/, ''));
  return `[${from}, ${to}]`;
}

function percentage(rate: number, decimals: number): string {
  return `${(rate * 100).toFixed(decimals)} %`;
}

/** A number has no more digits that mean something. */
const mostDecimals = 15;

/** What a person probably meant who wrote no rate: `15` or `15,5 %` as a percentage. */
export function suggestRate(written: string): string | undefined {
  const number = Number(written.replace('%', '').replace(',', '.'));
  return written.trim() !== '' && number > 0 && number <= 100 ? `${number}%` : undefined;
}
