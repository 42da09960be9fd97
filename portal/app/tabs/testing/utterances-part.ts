import { h, type VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ResultsSet } from '../../../../schemas/types.gen.ts';
import { diffLegend } from '../../../../workflows/report/html/views/diff-view.ts';
import { count } from '../../../../workflows/report/html/views/figures.ts';
import type { ListedUtterance } from '../../../../workflows/report/html/views/listed-utterance.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { select } from '../../../../workflows/report/html/views/selection.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import { choiceView, toolbarView } from '../../../../workflows/report/html/views/toolbar-view.ts';
import type { Measured } from '../../../api/testing.ts';
import { fragmentOfChosen, useChosen } from './chosen.ts';
import { type Correcting, withText } from './corrections.ts';
import { keysView, useKeys } from './keys.ts';
import { focusCurrent, UtteranceList } from './utterance-list.ts';
import { ReferenceEditor, utteranceRowView } from './utterance-row.ts';

/** All utterances of a test set: chosen, sorted, played, corrected. */
export function UtterancesPart({
  set,
  utterances,
  uncorrected,
  measured,
  correcting,
}: {
  readonly set: ResultsSet;
  /** As they were measured: what is corrected keeps its place among them. */
  readonly uncorrected: readonly ListedUtterance[];
  /** With what corrections make of them. */
  readonly utterances: readonly ListedUtterance[];
  readonly measured: Measured;
  readonly correcting: Correcting;
}): VNode | View {
  const [chosen, choose] = useChosen(set.id);
  const [editing, setEditing] = useState<string>();
  const [isAsked, setAsked] = useState(false);
  const [byKey, setByKey] = useState(false);
  const audio = useRef<HTMLAudioElement>(null);
  /** The recordings that were played since the page was opened. */
  const heard = useRef(new Set<string>());
  const [unheard, setUnheard] = useState<string>();
  const { selection, isQueue } = chosen;
  const order = useMemo(
    () => (isQueue ? leastCertain(uncorrected) : select(uncorrected, selection)),
    [uncorrected, isQueue, JSON.stringify(selection)],
  );
  const found = useMemo(() => {
    const byId = new Map(utterances.map((one) => [one.id, one]));
    return order.map((one) => byId.get(one.id) ?? one);
  }, [utterances, order]);
  const groups = useMemo(() => [...new Set(utterances.flatMap(({ group }) => group ?? []))].toSorted(), [utterances]);
  const place = found.findIndex(({ id }) => id === chosen.at);
  const at = place < 0 ? 0 : place;
  const current = found[at];
  const { judged, change } = correcting;
  const textOf = ({ id, index }: ListedUtterance): string =>
    judged.texts[id] ?? judged.written?.[id] ?? measured.written[index] ?? '';

  const look = (utterance: ListedUtterance | undefined, isByKey = false): void => {
    if (utterance === undefined) return;
    setByKey(isByKey);
    if (utterance.id !== current?.id) setEditing(undefined);
    if (utterance.id !== chosen.at) choose({ ...chosen, at: utterance.id });
  };
  const play = (utterance: ListedUtterance | undefined): void => {
    const player = audio.current;
    if (utterance === undefined || player === null) return;
    look(utterance);
    const address = utterance.audio ?? '';
    if (player.getAttribute('src') !== address) player.setAttribute('src', address);
    else if (!player.paused) return player.pause();
    // What cannot be played says so by itself.
    void player.play().then(
      () => heard.current.add(utterance.id),
      () => undefined,
    );
    return undefined;
  };
  const correct = ({ id, index }: ListedUtterance, text: string | undefined): void => {
    const isOther = text !== undefined && text !== measured.written[index];
    change(withText(judged, id, isOther ? text : undefined));
  };
  const accept = (utterance: ListedUtterance | undefined): void => {
    const agreed = utterance && measured.agreed[utterance.id];
    if (utterance !== undefined && agreed !== undefined) correct(utterance, agreed);
  };
  const acceptByKey = (utterance: ListedUtterance | undefined): void => {
    const isSure = utterance !== undefined && (heard.current.has(utterance.id) || unheard === utterance.id);
    if (isSure) accept(utterance);
    setUnheard(isSure ? undefined : utterance?.id);
  };
  const reject = (utterance: ListedUtterance | undefined): void => {
    if (utterance === undefined) return;
    const { rejected, ...others } = withText(judged, utterance.id, undefined);
    const isRight = judged.texts[utterance.id] === undefined;
    change({ ...others, rejected: isRight ? [...rejected, utterance.id] : rejected });
  };
  const endEditing = (): void => {
    setEditing(undefined);
    setByKey(true);
    requestAnimationFrame(() => focusCurrent(document));
  };
  const isWrong = ({ errors, againstErrors = 0 }: ListedUtterance): boolean => errors + againstErrors > 0;
  useKeys({
    ' ': () => play(current),
    n: () => look(found.slice(at + (place < 0 ? 0 : 1)).find(isWrong), true),
    p: () => look(found.slice(0, at).findLast(isWrong), true),
    j: () => look(found[place < 0 ? 0 : at + 1], true),
    k: () => look(found[at - 1], true),
    e: () => {
      look(current);
      setEditing(current?.id);
    },
    a: () => acceptByKey(current),
    r: () => reject(current),
    '/': () => document.querySelector<HTMLInputElement>('.utterances-part input[type=search]')?.focus(),
    '?': () => setAsked(true),
  });

  const judgedCount = Object.keys(judged.texts).length + judged.rejected.length;
  return markup`<section class="utterances-part" aria-label="Utterance by utterance">
    ${toolbarView({
      selection,
      groups,
      hasAgainst: set.against !== undefined,
      found: found.length,
      all: utterances.length,
      choose: (next) => choose({ selection: next, isQueue: false }),
      beside: besideView({ set, text: selection.text ?? '', isQueue, choose }),
    })}
    ${diffLegend()}
    ${isQueue ? markup`<p class="quiet">Label queue: the recordings first on which models and reference differ most for their length. ${count(judgedCount)} judged.</p>` : null}
    ${h(UtteranceList, {
      utterances: found,
      at: place,
      takesFocus: byKey,
      choose: look,
      view: (utterance) => {
        const { id } = utterance;
        if (editing === id)
          return markup`${utteranceRow(utterance)}${h(ReferenceEditor, {
            name: id,
            text: textOf(utterance),
            keep: (text) => {
              correct(utterance, text);
              endEditing();
            },
            leave: endEditing,
          })}`;
        return utteranceRow(utterance);
      },
    })}
    ${found.length === 0 ? markup`<p class="empty">No utterance is like that. <button type="button" onClick=${() => choose({ selection: {}, isQueue: false })}>Show all</button></p>` : null}
    <div class="player">
      <span class="name"><bdi>${current === undefined || place < 0 ? 'Nothing chosen' : shownText(current.id)}</bdi></span>
      <audio ref=${audio} controls preload="none" aria-label="The recording"></audio>
      <button type="button" onClick=${() => setAsked(true)}>Keys <kbd>?</kbd></button>
    </div>
    ${isAsked ? keysView(() => setAsked(false)) : null}
  </section>`;

  function utteranceRow(utterance: ListedUtterance): View {
    const { id } = utterance;
    return utteranceRowView({
      set,
      utterance,
      address: fragmentOfChosen(set.id, { ...chosen, at: id }),
      agreed: measured.agreed[id],
      isCorrected: judged.texts[id] !== undefined,
      isWritten: judged.texts[id] === undefined && judged.written?.[id] !== undefined,
      isRejected: judged.rejected.includes(id),
      isUnheard: unheard === id,
      actions: {
        play: () => play(utterance),
        edit: () => {
          look(utterance);
          setEditing(id);
        },
        accept: () => accept(utterance),
        reject: () => reject(utterance),
      },
    });
  }
}

/** What else chooses: a listed term, and the queue. */
function besideView({
  set: { terms = [] },
  text,
  isQueue,
  choose,
}: {
  readonly set: Pick<ResultsSet, 'terms'>;
  readonly text: string;
  readonly isQueue: boolean;
  readonly choose: ReturnType<typeof useChosen>[1];
}): View {
  const names = terms.map(({ name }) => name);
  return markup`${
    names.length === 0
      ? null
      : choiceView({
          label: 'Term',
          chosen: names.includes(text) ? text : '',
          options: [['', 'any'], ...names.map((name) => [name, shownText(name)] as const)],
          choose: (term) => choose({ selection: term === '' ? {} : { text: term }, isQueue: false }),
        })
  }
  <button type="button" aria-pressed=${isQueue ? 'true' : 'false'} onClick=${() => choose({ selection: {}, isQueue: !isQueue })}>Label queue</button>`;
}

function leastCertain(utterances: readonly ListedUtterance[]): readonly ListedUtterance[] {
  return utterances.toSorted(({ uncertainty: one = 0 }, { uncertainty: other = 0 }) => other - one);
}
