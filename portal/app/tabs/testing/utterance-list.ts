import {
  elementScroll,
  measureElement,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import { h, type VNode } from 'preact';
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import type { ListedUtterance } from '../../../../workflows/report/html/views/listed-utterance.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';

/**
 * As many utterances as there are, of which those in view are in the document, each as high as its texts are long. The one that is looked at
 * is brought into view, and has the focus when a key has led to it.
 */
export function UtteranceList({
  utterances,
  at,
  takesFocus,
  choose,
  view,
}: {
  readonly utterances: readonly ListedUtterance[];
  /** The place of the one that is looked at. */
  readonly at: number;
  readonly takesFocus: boolean;
  readonly choose: (utterance: ListedUtterance) => void;
  readonly view: (utterance: ListedUtterance) => View;
}): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  // As long as it is the same function, only what has another height since is placed anew.
  const getItemKey = useCallback((index: number) => utterances[index]?.index ?? index, [utterances]);
  const options = {
    count: utterances.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => usualHeight,
    getItemKey,
    overscan: 5,
    observeElementRect,
    observeElementOffset,
    measureElement,
    scrollToFn: elementScroll,
    initialRect: { width: 0, height: 800 },
    onChange: () => redraw(undefined),
  };
  const virtual = useMemo(() => new Virtualizer<HTMLDivElement, HTMLElement>(options), []);
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), []);
  useEffect(() => virtual._willUpdate());
  const chosen = utterances[at];
  useEffect(() => {
    if (chosen === undefined) return;
    virtual.scrollToIndex(at);
    if (takesFocus) requestAnimationFrame(() => scroller.current && focusCurrent(scroller.current));
  }, [chosen?.index, utterances.length]);
  return h(
    'div',
    { class: 'listed', ref: scroller, role: 'region', 'aria-label': 'Utterances', tabIndex: 0 },
    markup`<div role="list" class="utterances" style=${{ height: `${virtual.getTotalSize()}px` }}>
      ${virtual.getVirtualItems().map(({ index, start, key }) => {
        const utterance = utterances[index];
        if (utterance === undefined) return null;
        return markup`<div role="listitem" key=${key} data-index=${index} aria-posinset=${index + 1} aria-setsize=${utterances.length}
          aria-current=${index === at ? 'true' : undefined} tabindex="-1" class="utterance" style=${{ transform: `translateY(${start}px)` }}
          ref=${(element: HTMLElement | null) => virtual.measureElement(element)}
          onClick=${() => choose(utterance)}>${view(utterance)}</div>`;
      })}
    </div>`,
  );
}

/** Gives the focus to the utterance that is looked at. A person who writes somewhere by then goes on writing there. */
export function focusCurrent(within: ParentNode): void {
  if (document.activeElement?.matches('input, textarea, select') === true) return;
  within.querySelector<HTMLElement>('.utterance[aria-current]')?.focus();
}

/** In pixels: a line of figures and the texts of two models. */
const usualHeight = 100;
