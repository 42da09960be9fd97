import { h } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';

interface Props {
  readonly name: string;
  /** What is asked before it is done. */
  readonly question: View;
  /** The word on the button that does it. @default the word of the button that asks */
  readonly yes?: string;
  readonly kind?: 'good' | 'bad' | undefined;
  /** Rejects with why it could not be done, as people are told. */
  readonly act: () => Promise<void>;
}

/** A button for what cannot be taken back: it asks once more, and says why it could not be done. Enter answers yes, Escape no. */
export function ConfirmButton({ name, question, yes = name, kind, act }: Props): View {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const open = (): void => {
    setProblem('');
    dialog.current?.showModal();
  };
  const confirm = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem('');
    try {
      await act();
      dialog.current?.close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return markup`<button type="button" class=${kind === undefined ? undefined : `of-${kind}`} onClick=${open}>${name}</button>
    ${h(
      'dialog',
      { ref: dialog, 'aria-labelledby': id, class: 'confirm' },
      markup`<form method="dialog" onSubmit=${confirm}>
        <div id=${id}>${question}</div>
        ${problem === '' ? null : markup`<p class="bad" role="alert">${shownText(problem)}</p>`}
        <p class="buttons">
          <button type="submit" autofocus class=${kind === undefined ? 'of-good' : `of-${kind}`} aria-disabled=${isBusy}>${isBusy ? 'One moment …' : yes}</button>
          <button type="button" onClick=${() => dialog.current?.close()}>Not now</button>
        </p>
      </form>`,
    )}`;
}
