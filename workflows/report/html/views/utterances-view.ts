import type { ResultsSet } from '../../../../schemas/types.gen.ts';
import { diffView } from './diff-view.ts';
import { count, counted } from './figures.ts';
import { markup, type View } from './markup.ts';
import type { ListedUtterance } from './listed-utterance.ts';
import { fragmentOf } from './selection.ts';
import { shownText } from './shown-text.ts';

type ShownSet = Pick<ResultsSet, 'id' | 'unit' | 'against'>;

/** A list of utterances of a set, each with its differences and its audio, which is an address. */
export function utterancesView({
  set,
  utterances,
}: {
  readonly set: ShownSet;
  readonly utterances: readonly ListedUtterance[];
}): View {
  return markup`<ol class="utterances">
    ${utterances.map((utterance) => {
      const { id, audio, index } = utterance;
      return markup`<li key=${index}>
        ${utteranceView({ set, utterance, address: fragmentOf(set.id, { id }) })}
        ${audio === undefined ? null : markup`<audio controls preload="none" src=${audio} aria-label=${`Audio of ${shownText(id)}`}></audio>`}
      </li>`;
    })}
  </ol>`;
}

/** What is known of an utterance, and what each model made of it. */
export function utteranceView({
  set,
  utterance,
  address,
  beside,
}: {
  readonly set: ShownSet;
  readonly utterance: ListedUtterance;
  /** Where its name leads to. */
  readonly address: string;
  /** What stands behind its figures. */
  readonly beside?: View;
}): View {
  const { id, group, reference, recognised, against, others = [], errors, againstErrors, unstable } = utterance;
  const heard = [recognised, ...(against === undefined ? [] : [against]), ...others];
  return markup`<header>
      <a href=${address}>${shownText(id)}</a>
      <span>${againstErrors === undefined ? counted(errors, 'error') : `A ${counted(errors, 'error')}, B ${count(againstErrors)}`}</span>
      ${group === undefined ? null : markup`<span>${shownText(group)}</span>`}
      ${unstable === true ? markup`<span>not stable</span>` : null}
      ${beside}
    </header>
    ${heard.map(
      (one, at) =>
        markup`<p dir="auto">
          ${heard.length === 1 ? null : markup`<small>${sideNames[at]}</small>`}${diffView({ reference, recognised: one, unit: set.unit })}
        </p>`,
    )}`;
}

/** What the models are called that stand side by side. */
export const sideNames = 'ABCD';
