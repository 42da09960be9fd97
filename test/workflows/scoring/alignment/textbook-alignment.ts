/**
 * The alignment that sclite chooses, by the textbook: the costs of the whole table, then back from its last cell by the step that led
 * there, a diagonal one first, else an insertion, else a deletion. One letter a step: C, S, D, I.
 */
export function textbookAlignment(reference: ArrayLike<unknown>, hypothesis: ArrayLike<unknown>): string {
  const rows = reference.length;
  const width = hypothesis.length + 1;
  const costs = new Int32Array((rows + 1) * width);
  for (let row = 0; row <= rows; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const at = row * width + column;
      if (row === 0 || column === 0) costs[at] = 3 * (row + column);
      else {
        const diagonal = costs[at - width - 1]! + (reference[row - 1] === hypothesis[column - 1] ? 0 : 4);
        costs[at] = Math.min(diagonal, costs[at - width]! + 3, costs[at - 1]! + 3);
      }
    }
  }
  let steps = '';
  let row = rows;
  let column = hypothesis.length;
  while (row > 0 || column > 0) {
    const at = row * width + column;
    const isBoth = row > 0 && column > 0;
    const isEqual = isBoth && reference[row - 1] === hypothesis[column - 1];
    if (isBoth && costs[at] === costs[at - width - 1]! + (isEqual ? 0 : 4)) {
      steps = `${isEqual ? 'C' : 'S'}${steps}`;
      row -= 1;
      column -= 1;
    } else if (column > 0 && costs[at] === costs[at - 1]! + 3) {
      steps = `I${steps}`;
      column -= 1;
    } else {
      steps = `D${steps}`;
      row -= 1;
    }
  }
  return steps;
}
