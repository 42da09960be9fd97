import { lasted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { ModelRow, Training } from '../../../api/training.ts';

/** How a training stands: of one in work for how long, of which the service tells no more, and how long others took. */
export function progressView(
  { status, createdAt, lastActionAt }: ModelRow,
  { observedAt, typicalSeconds }: Pick<Training, 'observedAt' | 'typicalSeconds'>,
): View {
  if (status === 'Succeeded') {
    const took = lasted(createdAt, lastActionAt);
    return markup`<span class="good">trained</span>${took === '' || took === '0 s' ? '' : ` in ${took}`}`;
  }
  if (status === 'Failed') return markup`<span class="bad">✗ failed</span>`;
  const word = status === 'NotStarted' ? 'waits' : status === 'Running' ? 'trains' : shownText(status);
  const since = lasted(createdAt, observedAt);
  const others =
    typicalSeconds === undefined
      ? ''
      : `, others took ${lasted(createdAt, new Date(Date.parse(createdAt) + typicalSeconds * 1000).toISOString())}`;
  return markup`<span class="busy">${word}</span>${since === '' ? '' : ` for ${since}`}${others}`;
}
