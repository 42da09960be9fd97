/**
 * The difference of two texts that have the same lines but for some that are others, as `patch` and `git apply` read it; empty where
 * they are the same. `name` is the file's, as it is called in both.
 */
export function unifiedDiff(before: string, after: string, { name }: { readonly name: string }): string {
  const [olds, news] = [before.split('\n'), after.split('\n')];
  if (olds.length !== news.length) throw new RangeError('Give texts of as many lines');
  // Behind the last line end there is no line.
  const count = olds.at(-1) === '' && news.at(-1) === '' ? olds.length - 1 : olds.length;
  const changed = Array.from({ length: count }, (_, at) => at).filter((at) => olds[at] !== news[at]);
  if (changed.length === 0) return '';
  const lineOf = (mark: string, lines: readonly string[], at: number): string =>
    `${mark}${lines[at]}\n${at === lines.length - 1 ? '\\ No newline at end of file\n' : ''}`;
  const hunks = groupsOf(changed).map((group) => {
    const from = Math.max(0, group[0]! - context);
    const until = Math.min(count, group.at(-1)! + context + 1);
    let hunk = `@@ -${from + 1},${until - from} +${from + 1},${until - from} @@\n`;
    for (let at = from; at < until; at += 1) {
      hunk += olds[at] === news[at] ? lineOf(' ', olds, at) : lineOf('-', olds, at) + lineOf('+', news, at);
    }
    return hunk;
  });
  return `--- a/${name}\n+++ b/${name}\n${hunks.join('')}`;
}

/** Lines that are shown around a change. */
const context = 3;

/** Changes whose lines around them touch stand in one hunk. */
function groupsOf(changed: readonly number[]): readonly (readonly number[])[] {
  const groups: number[][] = [];
  for (const at of changed) {
    const last = groups.at(-1);
    if (last !== undefined && at - last.at(-1)! <= 2 * context) last.push(at);
    else groups.push([at]);
  }
  return groups;
}
