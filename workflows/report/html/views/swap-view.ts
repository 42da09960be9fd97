import type { ResultsProbe, ResultsSwap } from '../../../../schemas/types.gen.ts';
import { namedAt } from '../../../document/named-at.ts';
import { count, counted, moment, ticksTo } from './figures.ts';
import { markup, type View } from './markup.ts';
import { shownText } from './shown-text.ts';

/** A change of the model behind an endpoint: what it came to, and how callers fared meanwhile. */
export function swapView(swap: ResultsSwap): View {
  const {
    endpoint,
    model,
    previousModel,
    triedModel,
    proof,
    changedAt,
    takenBackAt,
    firstOfModel,
    lastOfPrevious,
    failures,
    probes,
  } = swap;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Serves', shownText(model)],
    ['Tried', triedModel === undefined ? undefined : shownText(triedModel)],
    ['Served before', previousModel === undefined ? undefined : shownText(previousModel)],
    ['Proof', proofs[proof]],
    ['Changed', changedAt === undefined ? undefined : shownText(moment(changedAt))],
    ['Taken back', takenBackAt === undefined ? undefined : shownText(moment(takenBackAt))],
    ['Last answer of before', lastOfPrevious === undefined ? undefined : shownText(moment(lastOfPrevious))],
    [
      triedModel === undefined ? 'First answer' : 'First answer of the tried',
      firstOfModel === undefined ? undefined : shownText(moment(firstOfModel)),
    ],
    ['Failed recognitions', failures === undefined ? undefined : count(failures)],
  ];
  return markup`<section class="swap">
    <h3><bdi>${shownText(namedAt(endpoint, swap))}</bdi></h3>
    <dl>
      ${facts.map(([name, value]) =>
        value === undefined
          ? null
          : markup`<div>
              <dt>${name}</dt>
              <dd><bdi>${value}</bdi></dd>
            </div>`,
      )}
    </dl>
    ${hasTimes(swap) ? markup`<p class="quiet">Times are by the clock of the service.</p>` : null}
    ${
      probes.length === 0
        ? null
        : markup`<div
              class="scroll"
              tabindex="0"
              role="region"
              aria-label=${shownText(`Latency on ${endpoint}`)}
            >
              ${latencyView(swap)}
            </div>
            ${probesLegend(probes)}`
    }
  </section>`;
}

function hasTimes({ changedAt, takenBackAt, firstOfModel, lastOfPrevious, probes }: ResultsSwap): boolean {
  return probes.length > 0 || [changedAt, takenBackAt, firstOfModel, lastOfPrevious].some((time) => time !== undefined);
}

const proofs: Readonly<Record<ResultsSwap['proof'], string>> = {
  proved: 'the model was heard on the endpoint',
  unheard: 'none: nobody has heard which model answers',
  unproved: 'none: the model was not heard',
  'taken back': 'failed: the endpoint serves the model of before',
};

const width = 900;
const height = 240;
const box = { left: 52, right: width - 12, top: 22, bottom: height - 30 };

/** The latency of each recognition over time, with lines where the model was changed and first heard. */
function latencyView({ endpoint, changedAt, takenBackAt, firstOfModel, probes }: ResultsSwap): View {
  const timed = probes
    .map((probe) => ({ ...probe, time: Date.parse(probe.at) }))
    .filter(({ time }) => Number.isFinite(time));
  if (timed.length === 0) return null;
  const marks = [
    { name: 'changed', time: Date.parse(changedAt ?? '') },
    { name: 'first answer', time: Date.parse(firstOfModel ?? '') },
    { name: 'taken back', time: Date.parse(takenBackAt ?? '') },
  ].filter(({ time }) => Number.isFinite(time));
  const times = [...timed, ...marks].map(({ time }) => time);
  const [first, last] = [
    times.reduce((one, time) => Math.min(one, time)),
    times.reduce((one, time) => Math.max(one, time)),
  ];
  const ticks = ticksTo(timed.reduce((most, { milliseconds }) => Math.max(most, milliseconds), 1));
  const zero = marks[0]?.time ?? first;
  const x = (time: number): number =>
    Math.round((box.left + ((time - first) / Math.max(last - first, 1)) * (box.right - box.left)) * 10) / 10;
  const y = (milliseconds: number): number =>
    Math.round((box.bottom - (milliseconds / (ticks.at(-1) ?? 1)) * (box.bottom - box.top)) * 10) / 10;
  const seconds = (last - first) / 1000;
  const stepSeconds = (ticksTo(seconds)[1] ?? 1) * 1;
  const firstTick = Math.ceil((first - zero) / 1000 / stepSeconds);
  const lastTick = Math.floor((last - zero) / 1000 / stepSeconds);
  return markup`<svg
    class="wide"
    width=${width}
    height=${height}
    viewBox=${`0 0 ${width} ${height}`}
    role="img"
    aria-label=${shownText(`Latency of ${counted(timed.length, 'recognition')} on ${endpoint} over time`)}
  >
    ${ticks.map(
      (tick) =>
        markup`<line class="grid" x1=${box.left} x2=${box.right} y1=${y(tick)} y2=${y(tick)} />
          <text x=${box.left - 6} y=${y(tick) + 4} text-anchor="end">${count(tick)}</text>`,
    )}
    <text x=${box.left - 6} y="12" text-anchor="end">ms</text>
    ${Array.from({ length: Math.max(lastTick - firstTick + 1, 0) }, (_, index) => {
      const tick = Number(((firstTick + index) * stepSeconds).toPrecision(6));
      const at = x(zero + tick * 1000);
      return markup`<text x=${at} y=${height - 12} text-anchor=${at > box.right - 20 ? 'end' : 'middle'}>
        ${`${tick > 0 ? '+' : ''}${tick} s`}
      </text>`;
    })}
    ${marks.map(({ name, time }, index) => {
      const isLeft = x(time) > (box.left + box.right) / 2;
      return markup`<line class="moment" x1=${x(time)} x2=${x(time)} y1=${box.top - 8} y2=${box.bottom} />
        <text
          class="said"
          x=${x(time) + (isLeft ? -5 : 5)}
          y=${box.top - 4 + index * 13}
          text-anchor=${isLeft ? 'end' : 'start'}
        >
          ${name}
        </text>`;
    })}
    ${timed.map((probe) => probeView(probe, { x: x(probe.time), y: y(probe.milliseconds) }))}
  </svg>`;
}

/** A filled circle for the model, a hollow one for that of before, a diamond for neither or nobody knows, a cross for a failure. */
function probeView({ answeredBy, failed }: ResultsProbe, { x, y }: { readonly x: number; readonly y: number }): View {
  if (failed === true) return markup`<path class="failed" d=${`M${x - 4} ${y - 4}l8 8m0-8l-8 8`} />`;
  if (answeredBy === 'model') return markup`<circle class="new" cx=${x} cy=${y} r="3.5" />`;
  if (answeredBy === 'previous') return markup`<circle class="old" cx=${x} cy=${y} r="3.5" />`;
  return markup`<path class="old" d=${`M${x} ${y - 4}l4 4l-4 4l-4-4z`} />`;
}

function probesLegend(probes: readonly ResultsProbe[]): View {
  const kinds: readonly (readonly [string, ResultsProbe, (probe: ResultsProbe) => boolean])[] = [
    [
      'answered by the model',
      { at: '', milliseconds: 0, answeredBy: 'model' },
      (probe) => probe.answeredBy === 'model' && probe.failed !== true,
    ],
    [
      'by the model of before',
      { at: '', milliseconds: 0, answeredBy: 'previous' },
      (probe) => probe.answeredBy === 'previous' && probe.failed !== true,
    ],
    [
      'not told',
      { at: '', milliseconds: 0 },
      (probe) => !['model', 'previous'].includes(probe.answeredBy ?? '') && probe.failed !== true,
    ],
    ['failed', { at: '', milliseconds: 0, failed: true }, (probe) => probe.failed === true],
  ];
  return markup`<p class="legend">
    ${kinds.map(([name, probe, isOne]) => {
      const times = probes.filter(isOne).length;
      return times === 0
        ? null
        : markup`<span>
            <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">
              ${probeView(probe, { x: 7, y: 6 })}
            </svg>
            ${` ${count(times)} ${name}`}
          </span>`;
    })}
  </p>`;
}
