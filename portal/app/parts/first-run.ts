import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';
import type { FirstRun as FirstRunAnswer } from '../../api/overview.ts';
import { useAnswer } from '../use-answer.ts';

/** The command that makes something where nothing is yet. */
export function FirstRun(): View {
  const { value } = useAnswer<FirstRunAnswer>('first-run', ['repository']);
  return markup`<p>${
    value === undefined
      ? '\u00A0'
      : markup`In the folder of this portal: <code>${shownText(value.command)}</code>${value.command.includes('PIPELINE.yaml') ? markup`; <code>npx speechops init</code> writes a pipeline` : ''}`
  }</p>`;
}
