/** A box of a drawing, in its units. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far an edge stays away from the boxes that it goes around. */
const distance = 6;

/**
 * The path of an edge from a box to one that stands right of it, as `d` of an SVG path. Where it passes other columns it keeps to a height at
 * which no box of theirs stands, so that it is never hidden behind one.
 */
export function edgePath(from: Box, to: Box, boxes: Iterable<Box>): string {
  const [startX, startY] = [from.x + from.width, from.y + from.height / 2];
  const [endX, endY] = [to.x, to.y + to.height / 2];
  const between = [...boxes].filter(({ x, width }) => x >= startX && x + width <= endX);
  if (between.length === 0) return `M${startX} ${startY}${curve({ x: startX, y: startY }, { x: endX, y: endY })}`;
  const lane = freeHeight(between, { startY, endY });
  const left = Math.min(...between.map(({ x }) => x));
  const right = Math.max(...between.map(({ x, width }) => x + width));
  return `M${startX} ${startY}${curve({ x: startX, y: startY }, { x: left, y: lane })}H${right}${curve({ x: right, y: lane }, { x: endX, y: endY })}`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curve(from: Point, to: Point): string {
  const middle = (from.x + to.x) / 2;
  return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
}

/** The height nearest to both ends at which none of the boxes stands. */
function freeHeight(
  boxes: readonly Box[],
  { startY, endY }: { readonly startY: number; readonly endY: number },
): number {
  const candidates = [startY, endY, ...boxes.flatMap(({ y, height }) => [y - distance, y + height + distance])];
  const free = candidates.filter((at) =>
    boxes.every(({ y, height }) => at <= y - distance || at >= y + height + distance),
  );
  const detour = (at: number): number => Math.abs(at - startY) + Math.abs(at - endY);
  return free.toSorted((one, other) => detour(one) - detour(other))[0] ?? startY;
}
