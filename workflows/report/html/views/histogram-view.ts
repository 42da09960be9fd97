import { count, counted } from './figures.ts';
import type { ListedUtterance } from './listed-utterance.ts';
import { markup, type View } from './markup.ts';
import { fragmentOf } from './selection.ts';

const width = 300;
const height = 150;
const margin = { left: 8, bottom: 30, top: 16 };

/** How many utterances have how many errors: a bar for each number, or for several where errors are many, which leads to these utterances. */
export function histogramView({
  set,
  utterances,
}: {
  readonly set: string;
  readonly utterances: readonly ListedUtterance[];
}): View {
  const largest = Math.max(1, ...utterances.map(({ errors, againstErrors = 0 }) => Math.max(errors, againstErrors)));
  const step = Math.ceil((largest + 1) / mostBars);
  const hasAgainst = utterances.some(({ againstErrors }) => againstErrors !== undefined);
  const bars = Array.from({ length: Math.floor(largest / step) + 1 }, () => ({ a: 0, b: 0 }));
  for (const { errors, againstErrors } of utterances) {
    bars[Math.floor(errors / step)]!.a += 1;
    if (againstErrors !== undefined) bars[Math.floor(againstErrors / step)]!.b += 1;
  }
  const most = Math.max(1, ...bars.flatMap(({ a, b }) => [a, b]));
  const unit = (width - 2 * margin.left) / bars.length;
  const tall = (times: number): number =>
    times === 0 ? 0 : Math.max(1, Math.round(((height - margin.bottom - margin.top) * times * 10) / most) / 10);
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  const wide = rounded(unit * (hasAgainst ? 0.4 : 0.8));
  const every = Math.ceil(bars.length / 8);
  const barView = (side: 'A' | 'B', of: { readonly bar: number; readonly times: number }): View => {
    const [from, to] = [of.bar * step, (of.bar + 1) * step - 1];
    const said = `${side === 'A' && !hasAgainst ? '' : `${side}: `}${counted(of.times, 'utterance')} with ${step === 1 ? counted(from, 'error') : `${from} to ${to} errors`}`;
    const range = side === 'A' ? { errors: [from, to] as const } : { againstErrors: [from, to] as const };
    const x = rounded(margin.left + of.bar * unit + (side === 'A' ? unit * 0.1 : unit * 0.1 + wide));
    return of.times === 0
      ? null
      : markup`<a href=${fragmentOf(set, range)} tabindex="-1" aria-label=${said}>
          <rect class=${side === 'A' ? 'bar-a' : 'bar-b'} x=${x} y=${rounded(height - margin.bottom - tall(of.times))} width=${wide} height=${tall(of.times)}>
            <title>${said}</title>
          </rect>
        </a>`;
  };
  return markup`<svg class="histogram" width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="group" aria-label="Utterances by their errors">
    <line class="grid" x1="0" x2=${width} y1=${height - margin.bottom} y2=${height - margin.bottom} />
    <text x="0" y="11">${`${count(most)} utterances`}</text>
    ${bars.map(
      ({ a, b }, bar) =>
        markup`${barView('A', { bar, times: a })}${hasAgainst ? barView('B', { bar, times: b }) : null}${
          bar % every === 0
            ? markup`<text x=${rounded(margin.left + (bar + 0.5) * unit)} y=${height - margin.bottom + 13} text-anchor="middle">${bar * step}</text>`
            : null
        }`,
    )}
    <text x=${width / 2} y=${height - 3} text-anchor="middle">errors${hasAgainst ? ', A beside B' : ''}</text>
  </svg>`;
}

const mostBars = 25;
