import { h } from 'preact';
import { useState } from 'preact/hooks';
import type { View } from '../../../workflows/report/html/views/markup.ts';

/** Copies a text, and says so. `what` is the text of, for those who do not see it. */
export function CopyButton({
  text,
  what,
  label = 'Copy',
}: {
  readonly text: string;
  readonly what: string;
  readonly label?: string;
}): View {
  const [said, setSaid] = useState(label);
  const copy = async (): Promise<void> => {
    // Without https, on another name than this machine's, browsers have no clipboard.
    const isDone = await (navigator.clipboard as Clipboard | undefined)?.writeText(text).then(
      () => true,
      () => false,
    );
    setSaid(isDone === true ? 'Copied' : 'Cannot copy here: select the text');
    setTimeout(() => setSaid(label), saidMilliseconds);
  };
  return h(
    'button',
    { type: 'button', class: 'copy', 'aria-label': `${said}: ${what}`, onClick: () => void copy() },
    said,
  );
}

const saidMilliseconds = 2000;
