import { useLayoutEffect, useRef } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';

/** What keys do; each has the name of a key as events have it. */
export type Keys = Readonly<Record<string, () => void>>;

/** Has keys do something wherever the focus is, except where somebody writes, and where a key does something by itself. */
export function useKeys(keys: Keys): void {
  const newest = useRef(keys);
  newest.current = keys;
  // At once, so that a key that is typed when the page is seen is heard.
  useLayoutEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      const act = newest.current[event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const target = event.target as HTMLElement;
      if (target.closest('input, textarea, select, dialog') !== null) return;
      if (event.key === ' ' && target.closest('button, summary, audio, a') !== null) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', heard);
    return () => document.removeEventListener('keydown', heard);
  }, []);
}

const said: readonly (readonly [string, string])[] = [
  ['Space', 'play the recording, or stop it'],
  ['n, p', 'the next and the previous utterance with errors'],
  ['j, k', 'the next and the previous utterance'],
  ['e', 'correct the reference; Enter keeps it, Escape does not'],
  ['a', 'put the words on which all models agree into the reference; twice when it was not played'],
  ['r', 'the reference is right: reject the words of the models, or take a correction back'],
  ['/', 'search'],
  ['?', 'these keys'],
];

/** The keys, for people. */
export function keysView(close: () => void): View {
  return markup`<dialog aria-labelledby="keys" ref=${(dialog: HTMLDialogElement | null) => dialog?.open === false && dialog.showModal()} onClose=${close}>
    <h2 id="keys">Keys</h2>
    <dl class="keys">
      ${said.map(([key, does]) => markup`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}
    </dl>
    <form method="dialog"><button>Close</button></form>
  </dialog>`;
}
