import type { ResultsRate, ResultsSet } from '../../../../schemas/types.gen.ts';
import { count, interval, rate, ticksTo, unitNames } from './figures.ts';
import { markup, type View } from './markup.ts';
import { shownText } from './shown-text.ts';

/** One row of a table of rates. */
export interface RatedRow {
  readonly name: string;
  /** What stands behind the name. */
  readonly mark?: 'A' | 'B' | 'C' | 'D' | undefined;
  readonly rate: ResultsRate;
  /** The rate of the other model, in the same row. */
  readonly againstRate?: ResultsRate | undefined;
  /** What it is held to, and what the bounds say about it. */
  readonly bound?: number | undefined;
  readonly regressionBound?: number | undefined;
  readonly passed?: boolean | undefined;
  readonly sentence?: string | undefined;
}

/** Rates with their 95 % intervals on one scale, and the counts that they come from. */
export function ratesView({
  label,
  rows,
  unit,
  bound,
}: {
  /** What the rows are, over their names. */
  readonly label: string;
  readonly rows: readonly RatedRow[];
  readonly unit: ResultsSet['unit'];
  readonly bound?: number | undefined;
}): View {
  const shown = rows.flatMap(({ rate: one, againstRate }) => [
    one,
    ...(againstRate === undefined ? [] : [againstRate]),
  ]);
  const largest = Math.max(bound ?? 0, ...shown.flatMap(({ value, high }) => [value ?? 0, high ?? 0]));
  const scale = scaleOf(largest);
  const hasKinds = shown.some(({ substitutions }) => substitutions !== undefined);
  const hasAgainst = rows.some(({ againstRate }) => againstRate !== undefined);
  const hasBounds = rows.some(({ passed, sentence }) => passed !== undefined || sentence !== undefined);
  return markup`<div class="scroll" tabindex="0" role="region" aria-label=${`Rates by ${label}`}>
    <table class="rates">
      <thead>
        <tr>
          <th scope="col">${label}</th>
          <th scope="col">${axisView(scale)}</th>
          <th scope="col" class="n">rate</th>
          ${hasAgainst ? markup`<th scope="col" class="n">B</th>` : null}
          <th scope="col" class="n">95 % interval</th>
          <th scope="col" class="n">errors</th>
          ${hasKinds ? ['S', 'D', 'I'].map((kind) => markup`<th scope="col" class="n"><abbr title=${kindNames[kind]}>${kind}</abbr></th>`) : null}
          <th scope="col" class="n">${unitNames[unit]}s</th>
          <th scope="col" class="n">utterances</th>
          ${hasBounds ? markup`<th scope="col">bounds</th>` : null}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => {
          const { name, mark, rate: one, againstRate } = row;
          return markup`<tr>
            <th scope="row">
              ${mark === undefined ? null : markup`<small>${mark}</small> `}<bdi>${shownText(name)}</bdi>
            </th>
            <td>${barsView(row, { scale, bound })}</td>
            <td class="n"><strong>${rate(one.value, [againstRate?.value ?? null])}</strong></td>
            ${hasAgainst ? markup`<td class="n">${againstRate === undefined ? '' : rate(againstRate.value, [one.value])}</td>` : null}
            <td class="n">${interval(one)}</td>
            <td class="n">${countOf(one.errors)}</td>
            ${
              hasKinds
                ? [one.substitutions, one.deletions, one.insertions].map(
                    (kind) => markup`<td class="n">${countOf(kind)}</td>`,
                  )
                : null
            }
            <td class="n">${countOf(one.words)}</td>
            <td class="n">${countOf(one.utterances)}</td>
            ${hasBounds ? markup`<td>${boundsView(row)}</td>` : null}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** What is asked of a row, whether it is within that, and why. */
function boundsView({ bound, regressionBound, passed, sentence }: RatedRow): View {
  const asked = [
    ...(bound === undefined ? [] : [`at most ${rate(bound)}`]),
    ...(regressionBound === undefined ? [] : [`at most ${rate(regressionBound)} above B`]),
  ];
  return markup`${asked.length === 0 ? null : markup`<div class="quiet">${asked.join(', ')}</div>`}${
    passed === undefined ? null : passed ? markup`<span class="good">✓ </span>` : markup`<span class="bad">✗ </span>`
  }${shownText(sentence ?? '')}`;
}

/** Nothing where nobody has told it. */
function countOf(number: number | undefined): string {
  return number === undefined ? '' : count(number);
}

const kindNames: Readonly<Record<string, string>> = { S: 'substitutions', D: 'deletions', I: 'insertions' };

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

const width = 260;
const inset = 8;

function scaleOf(largest: number): Scale {
  const ticks = ticksTo(largest);
  const end = ticks.at(-1) ?? 1;
  return { ticks, at: (value) => inset + Math.round((value / end) * (width - 2 * inset) * 10) / 10 };
}

function axisView({ ticks, at }: Scale): View {
  const decimals = ticks.every((tick) => Math.abs(Math.round(tick * 100) - tick * 100) < 1e-9) ? 0 : 1;
  return markup`<svg
    class="axis"
    width=${width}
    height="14"
    viewBox=${`0 0 ${width} 14`}
    role="img"
    aria-label="Rates with 95 % intervals, in per cent"
  >
    ${ticks.map(
      (tick, index) =>
        markup`<text
          x=${at(tick)}
          y="11"
          text-anchor=${index === 0 ? 'start' : index === ticks.length - 1 ? 'end' : 'middle'}
        >
          ${(tick * 100).toFixed(decimals)}${index === ticks.length - 1 ? ' %' : ''}
        </text>`,
    )}
  </svg>`;
}

/** A circle with its interval for the rate, a square below it for that of the other model, and a dashed line for the bound. */
function barsView(
  { name, mark, rate: one, againstRate }: RatedRow,
  { scale: { ticks, at }, bound }: { readonly scale: Scale; readonly bound: number | undefined },
): View {
  const height = againstRate === undefined ? 20 : 30;
  const said = [
    `${name}: ${rate(one.value)}`,
    interval(one),
    againstRate === undefined ? '' : `B: ${rate(againstRate.value)}`,
  ];
  return markup`<svg
    width=${width}
    height=${height}
    viewBox=${`0 0 ${width} ${height}`}
    role="img"
    aria-label=${shownText(said.filter((part) => part !== '').join(', '))}
  >
    ${ticks.map((tick) => markup`<line class="grid" x1=${at(tick)} x2=${at(tick)} y1="0" y2=${height} />`)}
    ${bound === undefined ? null : markup`<line class="bound" x1=${at(bound)} x2=${at(bound)} y1="0" y2=${height} />`}
    ${markView(one, { y: 10, at, side: mark ?? 'A' })}
    ${againstRate === undefined ? null : markView(againstRate, { y: 21, at, side: 'B' })}
  </svg>`;
}

function markView(
  { value, low, high }: ResultsRate,
  { y, at, side }: { readonly y: number; readonly at: Scale['at']; readonly side: NonNullable<RatedRow['mark']> },
): View {
  if (value === null) return null;
  const name = side === 'A' ? 'a' : 'b';
  return markup`<g class=${name}>
    ${
      low === undefined || high === undefined
        ? null
        : markup`<path d=${`M${at(low)} ${y}H${at(high)}M${at(low)} ${y - 4}v8M${at(high)} ${y - 4}v8`} />`
    }
    ${side === 'A' ? markup`<circle cx=${at(value)} cy=${y} r="4.5" />` : markup`<rect x=${at(value) - 4} y=${y - 4} width="8" height="8" />`}
  </g>`;
}
