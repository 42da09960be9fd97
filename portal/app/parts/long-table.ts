import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { h, type VNode } from 'preact';
import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';

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
}

/**
 * A table of as many rows as there are, of which those in view are in the document. The arrow keys, Home and End go from row to row.
 */
export function LongTable<T>(props: Props<T>): VNode {
  const { label, columns, rows, idOf, open, chosen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtual(rows.length, scroller);
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
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus());
  };
  const items = virtual.getVirtualItems();
  return h(
    'div',
    { class: 'long-table', role: 'table', 'aria-label': label, 'aria-rowcount': rows.length + 1, onKeyDown },
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
            style=${{ transform: `translateY(${start}px)`, gridTemplateColumns: template }}
            onClick=${() => open?.(row)}>${cells(({ view }) => view(row), 'cell')}</div>`;
        })}
      </div>`,
    ),
  );
}

/** Every row has this height, in pixels, so that nothing is measured and nothing moves. */
const rowHeight = 36;

function useVirtual(
  count: number,
  scroller: { readonly current: HTMLDivElement | null },
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
  useEffect(() => virtual._didMount(), []);
  useEffect(() => virtual._willUpdate());
  return virtual;
}
