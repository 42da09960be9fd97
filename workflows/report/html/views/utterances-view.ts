import type { ResultsSet } from '../../../../schemas/types.gen.ts';
import { diffView } from './diff-view.ts';
import { count, counted } from './figures.ts';
import { markup, type View } from './markup.ts';
import type { ListedUtterance } from './listed-utterance.ts';
import { fragmentOf } from './selection.ts';
import { shownText } from './shown-text.ts';

/** A list of utterances of a set, each with its differences and its audio, which is an address. */
export function utterancesView({
  set,
  utterances,
}: {
  readonly set: Pick<ResultsSet, 'id' | 'unit' | 'against'>;
  readonly utterances: readonly ListedUtterance[];
}): View {
  return markup`<ol class="utterances">
    ${utterances.map((utterance) => utteranceView({ set, utterance }))}
  </ol>`;
}

function utteranceView({
  set,
  utterance,
}: {
  readonly set: Pick<ResultsSet, 'id' | 'unit' | 'against'>;
  readonly utterance: ListedUtterance;
}): View {
  const { id, group, reference, recognised, against, errors, againstErrors, audio, unstable, index } = utterance;
  const name = shownText(id);
  const sides =
    against === undefined
      ? [{ mark: undefined, heard: recognised }]
      : [
          { mark: 'A', heard: recognised },
          { mark: 'B', heard: against },
        ];
  return markup`<li key=${index}>
    <header>
      <a href=${fragmentOf(set.id, { id })}>${name}</a>
      <span>${againstErrors === undefined ? counted(errors, 'error') : `A ${counted(errors, 'error')}, B ${count(againstErrors)}`}</span>
      ${group === undefined ? null : markup`<span>${shownText(group)}</span>`}
      ${unstable === true ? markup`<span>not stable</span>` : null}
    </header>
    ${sides.map(
      ({ mark, heard }) =>
        markup`<p dir="auto">
          ${mark === undefined ? null : markup`<small>${mark}</small>`}${diffView({ reference, recognised: heard, unit: set.unit })}
        </p>`,
    )}
    ${audio === undefined ? null : markup`<audio controls preload="none" src=${audio} aria-label=${`Audio of ${name}`}></audio>`}
  </li>`;
}
