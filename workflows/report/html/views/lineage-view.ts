import type { ResultsOrigin } from '../../../../schemas/types.gen.ts';
import { type Box, edgePath } from './edge-path.ts';
import { markup, type View } from './markup.ts';
import { shortNames } from './short-names.ts';
import { shownText } from './shown-text.ts';

const column = 220;
const row = 58;
const box = { width: 190, height: 44 };
/** Above and below, where an edge may go around a box. */
const margin = 8;

/** What was made from what, drawn from left to right, and the same as a table. */
export function lineageView({ origins }: { readonly origins: readonly ResultsOrigin[] }): View {
  if (origins.length === 0) return null;
  return markup`${origins.length > mostDrawn ? null : graphView(origins)}
    <details open=${origins.length > mostDrawn}>
      <summary>As a table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Lineage">
        <table>
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">what</th>
              <th scope="col">made from</th>
              <th scope="col">digest</th>
            </tr>
          </thead>
          <tbody>
            ${origins.map(
              ({ name, kind, from, digest = '' }) =>
                markup`<tr>
                  <th scope="row"><bdi>${shownText(name)}</bdi></th>
                  <td>${kinds[kind]}</td>
                  <td>
                    ${shownText(from.map((id) => origins.find((origin) => origin.id === id)?.name ?? id).join(', '))}
                  </td>
                  <td><code>${shownText(digest)}</code></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>`;
}

/** More boxes are no picture. */
const mostDrawn = 40;

const kinds: Readonly<Record<ResultsOrigin['kind'], string>> = {
  commit: 'commit',
  run: 'run',
  dataset: 'dataset',
  'base-model': 'base model',
  'custom-model': 'custom model',
  evaluation: 'evaluation',
  endpoint: 'endpoint',
};

function graphView(origins: readonly ResultsOrigin[]): View {
  const depths = depthsOf(origins);
  const rows: number[] = [];
  const placed = new Map(
    origins.map((origin) => {
      const depth = depths.get(origin.id) ?? 0;
      const at = rows[depth] ?? 0;
      rows[depth] = at + 1;
      return [origin.id, { origin, depth, at }] as const;
    }),
  );
  const tallest = Math.max(...rows.map((count) => count ?? 0));
  const [width, height] = [(rows.length - 1) * column + box.width + 2, (tallest - 1) * row + box.height + 2 * margin];
  const x = (depth: number): number => 1 + depth * column;
  // Each column stands in the middle.
  const y = (depth: number, at: number): number => margin + (at + (tallest - (rows[depth] ?? 0)) / 2) * row;
  const boxAt = ({ depth, at }: { readonly depth: number; readonly at: number }): Box => ({
    x: x(depth),
    y: y(depth, at),
    ...box,
  });
  const boxes = [...placed.values()].map(boxAt);
  const short = shortNames(
    origins.map(({ name }) => shownText(name)),
    fitting,
  );
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Lineage, drawn">
    <svg class="lineage" width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} aria-hidden="true">
      ${[...placed.values()].flatMap(({ origin, depth, at }) =>
        origin.from.map((id) => {
          const source = placed.get(id);
          if (source === undefined || source.depth >= depth) return null;
          return markup`<path class="edge" d=${edgePath(boxAt(source), boxAt({ depth, at }), boxes)} />`;
        }),
      )}
      ${[...placed.values()].map(
        ({ origin, depth, at }) =>
          markup`<g transform=${`translate(${x(depth)} ${y(depth, at)})`}>
            <rect width=${box.width} height=${box.height} rx="6" />
            <text x="10" y="17">${kinds[origin.kind]}</text>
            <text class="said" x="10" y="34">${short.get(shownText(origin.name))}</text>
            <title>${shownText(origin.name)}</title>
          </g>`,
      )}
    </svg>
  </div>`;
}

/** How many letters fit a box in the fonts of every system; some scripts have letters of twice the width. */
function fitting(name: string): number {
  return /[\u1100-\u115f\u2e80-\u{1ffff}]/u.test(name) ? 13 : 21;
}

/** How far each stands from what is made from nothing; an object that a circle leads to stands at the beginning. */
function depthsOf(origins: readonly ResultsOrigin[]): ReadonlyMap<string, number> {
  const byId = new Map(origins.map((origin) => [origin.id, origin]));
  const depths = new Map<string, number>();
  const depthOf = (id: string, seen: ReadonlySet<string>): number => {
    const known = depths.get(id);
    const origin = byId.get(id);
    if (known !== undefined) return known;
    if (origin === undefined || seen.has(id)) return -1;
    const depth = 1 + Math.max(-1, ...origin.from.map((one) => depthOf(one, new Set([...seen, id]))));
    depths.set(id, depth);
    return depth;
  };
  for (const { id } of origins) depthOf(id, new Set());
  return depths;
}
