import { h } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { edgePath } from '../../../../workflows/report/html/views/edge-path.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shortNames } from '../../../../workflows/report/html/views/short-names.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { RunStepView } from '../../../api/runs.ts';
import { Elapsed } from '../../parts/elapsed.ts';
import { isTimed, stepState } from './step-state.ts';

interface Props {
  readonly steps: readonly RunStepView[];
  readonly chosen: string | undefined;
  readonly ahead: number;
  readonly addressOf: (stepId: string) => string;
  readonly choose: (stepId: string) => void;
}

const box = { width: 190, height: 52 };
const gap = { x: 46, y: 12 };
/** Above and below, where an edge may go around a step. */
const margin = 8;

/**
 * The steps from left to right, each behind those that it needs. The arrow keys go from step to step, Enter chooses one; every step says in words how
 * it stands.
 */
export function StepGraph({ steps, chosen, ahead, addressOf, choose }: Props): View {
  const list = useRef<HTMLOListElement>(null);
  const { places, width, height } = placesOf(steps);
  const short = useMemo(
    () =>
      shortNames(
        steps.map(({ name }) => shownText(name)),
        fitting,
      ),
    [steps],
  );
  const entry = chosen ?? steps[0]?.id;
  const place = chosen === undefined ? undefined : places.get(chosen);
  useEffect(() => {
    // The graph alone is moved, and not the page.
    const view = list.current?.closest('.step-graph');
    if (place === undefined || !(view instanceof HTMLElement)) return;
    if (place.x + box.width > view.scrollLeft + view.clientWidth || place.x < view.scrollLeft)
      view.scrollLeft = place.x - (view.clientWidth - box.width) / 2;
    if (place.y + box.height > view.scrollTop + view.clientHeight || place.y < view.scrollTop)
      view.scrollTop = place.y - (view.clientHeight - box.height) / 2;
  }, [place?.x, place?.y]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = (event.target as HTMLElement).dataset['step'];
    const next = from === undefined ? undefined : neighbour(from, { key: event.key, places });
    if (next === undefined) return;
    event.preventDefault();
    list.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(next)}"]`)?.focus();
  };
  return markup`<div class="step-graph scroll" role="region" aria-label="Steps, from left to right">
    <div class="canvas" style=${{ width: `${width}px`, height: `${height}px` }}>
      <svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} aria-hidden="true">
        ${steps.flatMap(({ id, needs }) => needs.map((need) => edgeView({ from: places.get(need), to: places.get(id), places })))}
      </svg>
      ${h(
        'ol',
        { ref: list, onKeyDown },
        steps.map((step) => {
          const at = places.get(step.id) ?? { x: 0, y: 0 };
          const { sign, words, tone } = stepState(step.state);
          const style = {
            left: `${at.x}px`,
            top: `${at.y}px`,
            width: `${box.width}px`,
            height: `${box.height}px`,
          };
          return markup`<li key=${step.id} style=${style}>
            <a href=${addressOf(step.id)} data-step=${step.id} class=${`tone-${tone} of-${step.state}`} title=${step.name === step.id ? shownText(step.id) : shownText(`${step.name} (${step.id})`)}
              tabindex=${step.id === entry ? 0 : -1} aria-current=${step.id === chosen ? 'true' : undefined}
              onClick=${(event: MouseEvent) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                event.stopPropagation();
                choose(step.id);
              }}>
              <span class="sign" aria-hidden="true">${sign}</span>
              <bdi class="name">${nameView(shownText(step.name), short)}</bdi>
              <span class="now"><span class="words">${words}${step.isFinally && step.state === 'waits' ? ' (finally)' : ''}</span>${isTimed(step) ? h(Elapsed, { since: step.startedAt ?? '', until: step.finishedAt, ahead }) : null}</span>
            </a>
          </li>`;
        }),
      )}
    </div>
  </div>`;
}

/** In one line of a box. */
function fitting(): number {
  return 19;
}

/** The short name, and the whole one for those who hear the page, and where the step has the focus or the mouse. */
function nameView(name: string, short: ReadonlyMap<string, string>): View {
  const cut = short.get(name) ?? name;
  return cut === name
    ? name
    : markup`<span class="cut" aria-hidden="true">${cut}</span><span class="whole">${name}</span>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Each layer is a column; in it a step stands near those that it needs, so that few lines cross. */
function placesOf(steps: readonly RunStepView[]): {
  readonly places: ReadonlyMap<string, Place>;
  readonly width: number;
  readonly height: number;
} {
  const layers = Map.groupBy(steps, ({ layer }) => layer);
  const columns = [...layers.keys()].toSorted((one, other) => one - other);
  const tallest = Math.max(1, ...[...layers.values()].map(({ length }) => length));
  const rows = new Map<string, number>();
  const places = new Map<string, Place>();
  for (const [column, layer] of columns.entries()) {
    const inLayer = layers.get(layer) ?? [];
    const wanted = (step: RunStepView): number => {
      const near = step.needs.flatMap((need) => rows.get(need) ?? []);
      return near.length === 0 ? inLayer.indexOf(step) : near.reduce((sum, row) => sum + row, 0) / near.length;
    };
    const ordered = inLayer.toSorted((one, other) => wanted(one) - wanted(other));
    for (const [row, { id }] of ordered.entries()) {
      const middle = row + (tallest - ordered.length) / 2;
      rows.set(id, middle);
      places.set(id, { x: 2 + column * (box.width + gap.x), y: margin + middle * (box.height + gap.y) });
    }
  }
  return {
    places,
    width: columns.length * (box.width + gap.x) - gap.x + 4,
    height: tallest * (box.height + gap.y) - gap.y + 2 * margin,
  };
}

function edgeView(of: {
  readonly from: Place | undefined;
  readonly to: Place | undefined;
  readonly places: ReadonlyMap<string, Place>;
}): View {
  const { from, to, places } = of;
  if (from === undefined || to === undefined || from.x >= to.x) return null;
  const boxes = [...places.values()].map((place) => ({ ...place, ...box }));
  return markup`<path class="edge" d=${edgePath({ ...from, ...box }, { ...to, ...box }, boxes)} />`;
}

/** The nearest step in the direction of an arrow key. */
function neighbour(
  from: string,
  { key, places }: { readonly key: string; readonly places: ReadonlyMap<string, Place> },
): string | undefined {
  const here = places.get(from);
  if (here === undefined) return undefined;
  const [along, across, sign] =
    key === 'ArrowRight'
      ? (['x', 'y', 1] as const)
      : key === 'ArrowLeft'
        ? (['x', 'y', -1] as const)
        : key === 'ArrowDown'
          ? (['y', 'x', 1] as const)
          : key === 'ArrowUp'
            ? (['y', 'x', -1] as const)
            : [];
  if (along === undefined || across === undefined || sign === undefined) return undefined;
  const ahead = [...places].filter(([, place]) => (place[along] - here[along]) * sign > 0);
  // A step of the same row or column comes before a nearer one beside it.
  const distance = (place: Place): number =>
    Math.abs(place[along] - here[along]) + 3 * Math.abs(place[across] - here[across]);
  return ahead.toSorted(([, one], [, other]) => distance(one) - distance(other))[0]?.[0];
}
