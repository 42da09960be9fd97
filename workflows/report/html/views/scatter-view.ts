import { count, counted } from './figures.ts';
import { markup, type View } from './markup.ts';
import { type ListedUtterance } from './listed-utterance.ts';
import { fragmentOf, outcomeOf } from './selection.ts';

const size = 300;
const margin = 34;

/**
 * The errors of two models on each utterance: those of the other model to the right, those of the model upwards, so that what lies
 * below the diagonal became better. A larger circle is more utterances; each leads to them.
 */
export function scatterView({
  set,
  utterances,
}: {
  readonly set: string;
  readonly utterances: readonly ListedUtterance[];
}): View {
  const largest = Math.max(1, ...utterances.map(({ errors, againstErrors = 0 }) => Math.max(errors, againstErrors)));
  const step = Math.ceil((largest + 1) / mostCells);
  const cells = Math.floor(largest / step) + 1;
  const found = new Map<string, { readonly x: number; readonly y: number; times: number }>();
  for (const { errors, againstErrors = 0 } of utterances) {
    const [x, y] = [Math.floor(againstErrors / step), Math.floor(errors / step)];
    const cell = found.get(`${x} ${y}`) ?? { x, y, times: 0 };
    cell.times += 1;
    found.set(`${x} ${y}`, cell);
  }
  const unit = (size - margin - 8) / cells;
  const most = Math.max(...[...found.values()].filter(({ x, y }) => x + y > 0).map(({ times }) => times), 1);
  const at = (cell: number): number => Math.round((cell + 0.5) * unit * 10) / 10;
  const radius = (times: number): number =>
    Math.max(1.5, Math.round((unit / 2) * Math.sqrt(Math.min(times, most) / most) * 10) / 10);
  const name = (cell: number): string => (step === 1 ? String(cell) : `${cell * step} to ${(cell + 1) * step - 1}`);
  const range = (cell: number): readonly [number, number] => [cell * step, (cell + 1) * step - 1];
  const every = Math.ceil(cells / 8);
  return markup`<figure class="scatter">
    <svg
      width=${size}
      height=${size}
      viewBox=${`0 0 ${size} ${size}`}
      role="group"
      aria-label="Errors of A and B for each utterance"
    >
      <line class="grid" x1=${margin} y1=${size - margin} x2=${size - 8} y2="8" />
      ${Array.from({ length: cells }, (_, cell) =>
        cell % every === 0
          ? markup`<text x=${margin + at(cell)} y=${size - margin + 14} text-anchor="middle">${cell * step}</text>
              <text x=${margin - 6} y=${size - margin - at(cell) + 4} text-anchor="end">${cell * step}</text>`
          : null,
      )}
      <text x=${(size + margin) / 2} y=${size - 4} text-anchor="middle">errors of B</text>
      <text x="10" y=${(size - margin) / 2} text-anchor="middle" transform=${`rotate(-90 10 ${(size - margin) / 2})`}>
        errors of A
      </text>
      ${[...found.values()].map(({ x, y, times }) => {
        const said = `${counted(times, 'utterance')}: A ${name(y)}, B ${name(x)} errors`;
        return markup`<a
          href=${fragmentOf(set, { errors: range(y), againstErrors: range(x) })}
          tabindex="-1"
          aria-label=${said}
        >
          <circle
            class=${y < x ? 'good' : y > x ? 'bad' : 'even'}
            cx=${margin + at(x)}
            cy=${size - margin - at(y)}
            r=${radius(times)}
          >
            <title>${said}</title>
          </circle>
        </a>`;
      })}
    </svg>
    <figcaption>${outcomesView({ set, utterances })}</figcaption>
  </figure>`;
}

const mostCells = 30;

/** How many utterances became better, worse and neither, with links to them. */
function outcomesView({
  set,
  utterances,
}: {
  readonly set: string;
  readonly utterances: readonly ListedUtterance[];
}): View {
  const times = { better: 0, same: 0, worse: 0 };
  for (const utterance of utterances) times[outcomeOf(utterance) ?? 'same'] += 1;
  return markup`<ul class="plain">
    <li>
      <a href=${fragmentOf(set, { than: 'better', order: 'gained' })}>${counted(times.better, 'utterance')}</a> with
      fewer errors of A (below the line)
    </li>
    <li>
      <a href=${fragmentOf(set, { than: 'worse', order: 'lost' })}>${counted(times.worse, 'utterance')}</a> with more
      (above it)
    </li>
    <li>${count(times.same)} with as many</li>
  </ul>`;
}
