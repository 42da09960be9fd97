import type { ResultsRecognised, ResultsSet } from '../../../../schemas/types.gen.ts';
import { type DiffPart, diffParts } from './diff-parts.ts';
import { markup, type View } from './markup.ts';
import { shownText } from './shown-text.ts';

/**
 * What was said beside what was recognised: what is struck out was said, what is underlined recognised, and of a word that was taken
 * for another both stand in a frame. That is seen without colours.
 */
export function diffView({
  unit,
  ...texts
}: {
  readonly reference: string;
  readonly recognised: ResultsRecognised;
  readonly unit: ResultsSet['unit'];
}): View {
  const parts = diffParts(texts, unit);
  return parts.map((part, index) => [index > 0 && unit === 'char' ? '' : ' ', partView(part)]);
}

function partView(part: DiffPart): View {
  switch (part.kind) {
    case 'same':
      return shownText(part.text);
    case 'gap':
      return markup`<i>${part.text}</i>`;
    case 'deleted':
      return markup`<del>${shownText(part.said)}</del>`;
    case 'inserted':
      return markup`<ins>${shownText(part.heard)}</ins>`;
    case 'substituted':
      return markup`<b><del>${shownText(part.said)}</del> <ins>${shownText(part.heard)}</ins></b>`;
  }
}

/** What the marks of {@link diffView} mean. */
export function diffLegend(): View {
  return markup`<p class="legend">
    <span><del>left out</del> deleted</span>
    <span><ins>made up</ins> inserted</span>
    <span><b><del>said</del> <ins>recognised</ins></b> substituted</span>
  </p>`;
}
