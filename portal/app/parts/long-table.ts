import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { h, type VNode } from 'preact';
import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { useMedia } from './use-media.ts';

/** A column of a table. */
export interface Column<T> {
  readonly id: string;
  readonly name: string;
  readonly view: (row: T) => View;
  /** Figures stand to the right. @default false */
  readonly isFigure?: boolean;
  /** As `grid-template-columns` has it. @default '1fr' */
  readonly width?: string;
}

interface Props<T> {
  /** What the table is of, for those who do not see it. */
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  /** Called when a person opens a row, by a click or with Enter. */
  readonly open?: (row: T) => void;
  readonly chosen?: string | undefined;
  /** How a row stands where there is no room for columns. */
  readonly stacked?: Stacked<T>;
}

/** A row of several lines in place of columns. */
interface Stacked<T> {
  /** Up to which width of the window, in rem. */
  readonly below: number;
  readonly lines: number;
  readonly view: (row: T) => View;
}

/**
 * A table of as many rows as there are, of which those in view are in the document. The arrow keys, Home and End go from row to row.
 */
export function LongTable<T>(props: Props<T>): VNode {
  const { label, rows, idOf, open, chosen, stacked } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const isStacked = useMedia(`(max-width: ${stacked?.below ?? 0}rem)`) && stacked !== undefined;
  const rowHeight = isStacked ? stacked.lines * stackedLine + stackedRest : plainHeight;
  const virtual = useVirtual(rows.length, { scroller, rowHeight });
  const columns: readonly Column<T>[] = isStacked
    ? [{ id: 'stacked', name: label, view: stacked.view }]
    : props.columns;
  const template = columns.map(({ width = 'minmax(0, 1fr)' }) => width).join(' ');
  const cells = (view: (column: Column<T>) => View, role: string): View =>
    columns.map(
      (column) =>
        markup`<div key=${column.id} role=${role} class=${column.isFigure === true ? 'n' : undefined}>${view(column)}</div>`,
    );
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
    if (row === null || row !== event.target) return;
    const at = Number(row.dataset['row']);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === 'Enter' && rows[at] !== undefined) open?.(rows[at]);
    if (next === undefined || rows[next] === undefined) return;
    event.preventDefault();
    virtual.scrollToIndex(next);
    const found = (): HTMLElement | null | undefined => scroller.current?.querySelector(`[data-row="${next}"]`);
    // A row that is there has the focus at once: the next key may come before anything is painted, and is for this row.
    if (found()) found()?.focus();
    else requestAnimationFrame(() => found()?.focus());
  };
  const items = virtual.getVirtualItems();
  return h(
    'div',
    {
      class: `long-table${isStacked ? ' stacked' : ''}`,
      role: 'table',
      'aria-label': label,
      'aria-rowcount': rows.length + 1,
      onKeyDown,
    },
    markup`<div role="rowgroup"><div role="row" class="head" style=${{ gridTemplateColumns: template }}>${cells(({ name }) => name, 'columnheader')}</div></div>`,
    h(
      'div',
      { class: 'rows', ref: scroller, role: 'rowgroup', tabIndex: -1 },
      markup`<div role="presentation" style=${{ height: `${virtual.getTotalSize()}px`, position: 'relative' }}>
        ${items.map(({ index, start }, place) => {
          const row = rows[index];
          if (row === undefined) return null;
          const id = idOf(row);
          return markup`<div key=${id} role="row" aria-rowindex=${index + 2} data-row=${index} class=${`row${chosen === id ? ' chosen' : ''}`}
            tabindex=${chosen === id || (place === 0 && !items.some(({ index: other }) => rows[other] !== undefined && idOf(rows[other]) === chosen)) ? 0 : -1}
            style=${{ transform: `translateY(${start}px)`, height: `${rowHeight}px`, gridTemplateColumns: template }}
            onClick=${() => open?.(row)}>${cells(({ view }) => view(row), 'cell')}</div>`;
        })}
      </div>`,
    ),
  );
}

/** Every row of a table has the same height, in pixels, so that nothing is measured and nothing moves. */
const plainHeight = 36;
const stackedLine = 22;
const stackedRest = 16;

function useVirtual(
  count: number,
  {
    scroller,
    rowHeight,
  }: { readonly scroller: { readonly current: HTMLDivElement | null }; readonly rowHeight: number },
): Virtualizer<HTMLDivElement, Element> {
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    initialRect: { width: 0, height: 800 },
    onChange: () => redraw(undefined),
  };
  const virtual = useMemo(() => new Virtualizer<HTMLDivElement, Element>(options), []);
  virtual.setOptions(options);
  useEffect(() => virtual.measure(), [rowHeight]);
  useEffect(() => virtual._didMount(), []);
  useEffect(() => virtual._willUpdate());
  return virtual;
}

/** A line of a stacked row: what is first has the room, the rest stands to the right. */
export function lineView(
  first: View,
  rest: View = null,
  { isQuiet = false }: { readonly isQuiet?: boolean } = {},
): View {
  return markup`<div class=${`line${isQuiet ? ' quiet' : ''}`}><span class="first">${first}</span><span>${rest}</span></div>`;
}
