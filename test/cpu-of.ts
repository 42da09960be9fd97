/**
 * The CPU seconds of user time that something takes: the least of three tries, because others pay for what is compiled and
 * collected. A try that takes less than `enough` is the last one.
 */
export function cpuOf(act: () => unknown, enough = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least >= enough; tries += 1) {
    const { user } = process.cpuUsage();
    act();
    least = Math.min(least, (process.cpuUsage().user - user) / 1e6);
  }
  return least;
}

/** A text in pieces of a thousand characters: what takes time in proportion to a text takes as long for them together. */
export function pieces(text: string): readonly string[] {
  return Array.from({ length: Math.ceil(text.length / 1000) }, (_, index) =>
    text.slice(index * 1000, (index + 1) * 1000),
  );
}

/** How much longer the whole may take than its pieces; at a million characters what is quadratic takes a thousand times as long. */
export const mostTimes = 25;
/** Below this nothing can be told from noise, in seconds. */
export const leastSeconds = 0.05;
