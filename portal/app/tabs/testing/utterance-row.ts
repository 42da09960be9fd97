import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ResultsSet } from '../../../../schemas/types.gen.ts';
import type { ListedUtterance } from '../../../../workflows/report/html/views/listed-utterance.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import { utteranceView } from '../../../../workflows/report/html/views/utterances-view.ts';

/** What a person can do with an utterance. */
export interface UtteranceActions {
  readonly play: () => void;
  readonly edit: () => void;
  readonly accept: () => void;
  readonly reject: () => void;
}

/** An utterance with what has been judged of it, and what can be done. */
export function utteranceRowView({
  set,
  utterance,
  address,
  agreed,
  isCorrected,
  isWritten,
  isRejected,
  isUnheard,
  actions: { play, edit, accept, reject },
}: {
  readonly set: Pick<ResultsSet, 'id' | 'unit' | 'against'>;
  readonly utterance: ListedUtterance;
  readonly address: string;
  /** The reference with the words that all models have in place of its own; absent where they differ everywhere. */
  readonly agreed: string | undefined;
  readonly isCorrected: boolean;
  /** Whether its correction stands in a file, and not in the dataset yet. */
  readonly isWritten: boolean;
  readonly isRejected: boolean;
  /** Whether it would be accepted by a key without having been heard. */
  readonly isUnheard: boolean;
  readonly actions: UtteranceActions;
}): View {
  const { id } = utterance;
  const name = shownText(id);
  const isOpen = agreed !== undefined && !isCorrected && !isWritten && !isRejected;
  return markup`${utteranceView({
    set,
    utterance,
    address,
    beside: markup`${isCorrected ? markup`<span class="good">corrected</span>` : null}${isWritten ? markup`<span class="good">written into the file</span>` : null}${isRejected ? markup`<span>reference is right</span>` : null}
      <span class="acts">
        <button type="button" aria-label=${`Play ${name}`} onClick=${play}>▶</button>
        <button type="button" aria-label=${`Correct ${name}`} onClick=${edit}>Correct</button>
        ${isCorrected ? markup`<button type="button" aria-label=${`Take the correction of ${name} back`} onClick=${reject}>Take back</button>` : null}
      </span>`,
  })}
  ${
    isOpen
      ? markup`<p class="agreed" dir="auto"><small>The reference with the words on which all models agree:</small> <bdi>${shownText(agreed)}</bdi>
          <button type="button" aria-label=${`Accept for ${name}`} onClick=${accept}>Accept</button>
          <button type="button" aria-label=${`Reject for ${name}`} onClick=${reject}>Reject</button>
          ${isUnheard ? markup`<span role="status">You have not played it: <kbd>a</kbd> once more accepts it unheard.</span>` : null}</p>`
      : null
  }`;
}

/** Where a reference is written anew. Enter keeps it, Escape does not. */
export function ReferenceEditor({
  name,
  text,
  keep,
  leave,
}: {
  readonly name: string;
  readonly text: string;
  readonly keep: (text: string) => void;
  readonly leave: () => void;
}): VNode | View {
  const field = useRef<HTMLTextAreaElement>(null);
  // Before anything is painted: what a person types at once is for the field, and not for the keys of the page.
  useLayoutEffect(() => field.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    // An Enter that ends the writing of a character by several keys is no other one.
    if (event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    const written = field.current?.value.replaceAll(/\s+/g, ' ').trim() ?? '';
    if (event.key === 'Enter' && written !== '') keep(written);
    else leave();
  };
  return markup`<div class="editor">
    <textarea ref=${field} rows="2" dir="auto" aria-label=${`What is said in ${shownText(name)}`} onKeyDown=${onKeyDown} defaultValue=${text}></textarea>
    <p class="quiet">Enter keeps it, Escape does not.</p>
  </div>`;
}
