import type { RatePoint, RateSeries, RatesOverTime } from '../../../evidence/rates-over-time.ts';
import { count, interval, moment, points as inPoints, rate, rateNames, ticksTo, unitNames } from './figures.ts';
import { markup, type View } from './markup.ts';
import { shownText } from './shown-text.ts';

/** Several runs, the newest first, and how they ended. */
export function runsView({ runs }: Pick<RatesOverTime, 'runs'>): View {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Runs">
    <table>
      <thead>
        <tr>
          <th scope="col">run</th>
          <th scope="col">ended</th>
          <th scope="col">what it came to</th>
          <th scope="col">commit</th>
        </tr>
      </thead>
      <tbody>
        ${runs.toReversed().map(
          ({ name, finishedAt, passed, sentence, commit = '' }) =>
            markup`<tr>
              <th scope="row"><bdi>${shownText(name)}</bdi></th>
              <td class="nowrap">${shownText(moment(finishedAt))}</td>
              <td>${signView(passed)}<bdi>${shownText(sentence)}</bdi></td>
              <td><code>${shownText(commit.slice(0, 12))}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function signView(passed: boolean | null): View {
  if (passed === null) return null;
  return passed
    ? markup`<span class="good"><span aria-hidden="true">✓ </span><span class="hidden">passed: </span></span>`
    : markup`<span class="bad"><span aria-hidden="true">✗ </span><span class="hidden">not passed: </span></span>`;
}

const width = 900;
const height = 260;
const box = { left: 56, right: width - 16, top: 14, bottom: height - 30 };

/** The rate of a test set from run to run with its intervals, drawn, and the same as a table. */
export function seriesView({
  series,
  runs,
}: {
  readonly series: RateSeries;
  readonly runs: RatesOverTime['runs'];
}): View {
  const { title, step, data, points, unit, profile, profileVersion, rules, mergeCompounds } = series;
  const rulesText = `${rules === undefined ? '' : `, rules ${shownText(rules)}`}${mergeCompounds ? ', compounds merged' : ''}`;
  return markup`<section>
    <h2><bdi>${shownText(title)}</bdi>${step === undefined ? null : markup`, step <bdi>${shownText(step)}</bdi>`}</h2>
    <p class="quiet">
      ${data === undefined ? null : markup`data <code>${shownText(data)}</code>, `}
      ${rateNames[unit]}, profile <code>${shownText(profile)} ${profileVersion}</code>${rulesText}
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label=${shownText(`Rates of ${title}, drawn`)}>
      ${lineView({ title, points, runs })}
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label=${shownText(`Rates of ${title}`)}>
      <table>
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col">model</th>
            <th scope="col" class="n">rate</th>
            <th scope="col" class="n">95 % interval</th>
            <th scope="col" class="n">change in points</th>
            <th scope="col" class="n">errors</th>
            <th scope="col" class="n">${unitNames[unit]}s</th>
          </tr>
        </thead>
        <tbody>
          ${points.toReversed().map(
            ({ run, model, rate: one, incomplete, change }) =>
              markup`<tr>
                <th scope="row"><bdi>${shownText(runs[run]?.name ?? '')}</bdi></th>
                <td><bdi>${shownText(model)}</bdi></td>
                <td class="n">
                  <strong>${rate(one.value)}</strong>
                  ${incomplete === undefined ? null : markup`<div class="quiet"><abbr title=${shownText(incomplete)}>incomplete</abbr></div>`}
                </td>
                <td class="n">${interval(one)}</td>
                <td class="n">${change === undefined ? '' : inPoints(change)}</td>
                <td class="n">${one.errors === undefined ? '' : count(one.errors)}</td>
                <td class="n">${one.words === undefined ? '' : count(one.words)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Runs stand side by side in the order of time: what lies between two of them says nothing. */
function lineView({
  title,
  points,
  runs,
}: {
  readonly title: string;
  readonly points: readonly RatePoint[];
  readonly runs: RatesOverTime['runs'];
}): View {
  const known = points.flatMap(({ run, incomplete, rate: { value, low, high } }) =>
    value === null ? [] : [{ value, low: low ?? value, high: high ?? value, run, incomplete }],
  );
  if (known.length === 0) return null;
  const ticks = ticksTo(known.reduce((most, { high }) => Math.max(most, high), 0));
  const step = (box.right - box.left) / known.length;
  const x = (index: number): number => Math.round((box.left + (index + 0.5) * step) * 10) / 10;
  const y = (value: number): number =>
    Math.round((box.bottom - (value / (ticks.at(-1) ?? 1)) * (box.bottom - box.top)) * 10) / 10;
  const every = Math.ceil(known.length / 8);
  return markup`<svg
    class="wide"
    width=${width}
    height=${height}
    viewBox=${`0 0 ${width} ${height}`}
    role="img"
    aria-label=${shownText(`Rate of ${title} from run to run`)}
  >
    ${ticks.map(
      (tick) =>
        markup`<line class="grid" x1=${box.left} x2=${box.right} y1=${y(tick)} y2=${y(tick)} />
          <text x=${box.left - 6} y=${y(tick) + 4} text-anchor="end">${`${Number((tick * 100).toPrecision(6))} %`}</text>`,
    )}
    <path class="line" d=${known.map(({ value }, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(value)}`).join('')} />
    ${known.map(({ value, low, high, run, incomplete }, index) => {
      const said = shownText(
        `${runs[run]?.name ?? ''}: ${rate(value)}${incomplete === undefined ? '' : `, incomplete: ${incomplete}`}`,
      );
      return markup`<g class=${incomplete === undefined ? 'a' : 'a incomplete'}>
        <path d=${`M${x(index)} ${y(low)}V${y(high)}M${x(index) - 4} ${y(low)}h8M${x(index) - 4} ${y(high)}h8`} />
        <circle cx=${x(index)} cy=${y(value)} r="4.5">
          <title>${said}</title>
        </circle>
      </g>`;
    })}
    ${known.map(({ run }, index) =>
      index % every === 0
        ? markup`<text x=${x(index)} y=${height - 10} text-anchor="middle">${shownText((runs[run]?.finishedAt ?? '').slice(0, 10))}</text>`
        : null,
    )}
  </svg>`;
}
