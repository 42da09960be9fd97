import { h } from 'preact';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { NamedValue, RunStepView } from '../../../api/runs.ts';
import { ConfirmButton } from '../../parts/confirm-button.ts';
import { Elapsed } from '../../parts/elapsed.ts';
import { momentView } from '../../parts/said.ts';
import { type KnownByText, type ObjectPlace, valueView } from './object-link.ts';
import { goOn, secretsNote, type Steering } from './run-actions.ts';
import { isTimed, stepState } from './step-state.ts';

interface Props extends Steering {
  readonly step: RunStepView;
  readonly ahead: number;
  readonly addressOf: (stepId: string) => string;
  readonly place: ObjectPlace;
  /** What the run names. */
  readonly known: KnownByText;
}

/** All that is known of a step. */
export function StepDetail({ step, ahead, addressOf, place, known, run, readOnly, done }: Props): View {
  const { sign, words, tone } = stepState(step.state);
  const { id, name, uses, startedAt, finishedAt, attempts, needs, waitsFor, planned } = step;
  const links = (ids: readonly string[]): View =>
    ids.map(
      (one, index) => markup`${index === 0 ? '' : ', '}<a href=${addressOf(one)}><bdi>${shownText(one)}</bdi></a>`,
    );
  return markup`<section class="panel step" aria-label="The chosen step">
    <h2><bdi>${shownText(name)}</bdi> <span class=${`state tone-${tone}`}><span class="sign" aria-hidden="true">${sign}</span> ${words}</span></h2>
    <dl class="list">
      <div><dt>kind</dt><dd><code>${shownText(uses)}</code>${name === id ? null : markup` <code>${shownText(id)}</code>`}${step.isFinally ? ', done after all others however these end' : ''}</dd></div>
      ${startedAt !== undefined && isTimed(step) ? markup`<div><dt>started</dt><dd>${momentView(startedAt)}, ${finishedAt === undefined ? 'for' : 'took'} ${h(Elapsed, { since: startedAt, until: finishedAt, ahead })}</dd></div>` : null}
      ${attempts === undefined ? null : markup`<div><dt>attempts</dt><dd>${attempts}</dd></div>`}
      ${needs.length === 0 ? null : markup`<div><dt>needs</dt><dd>${links(needs)}</dd></div>`}
      ${waitsFor.length === 0 ? null : markup`<div><dt>waits for</dt><dd>${links(waitsFor)}</dd></div>`}
      ${textRow('says', step.message)}
      ${step.error === undefined ? null : markup`<div><dt>failed</dt><dd class="bad"><bdi>${shownText(step.error)}</bdi></dd></div>`}
      ${textRow('because', step.reason)}
      ${textRow('came out', step.said)}
      ${textRow('plan', planned?.summary)}
      ${textRow('on condition', planned?.condition)}
      ${textRow('endpoint', planned?.endpoint)}
      ${planned === undefined || planned.effects.length === 0 ? null : markup`<div><dt>may change</dt><dd>${planned.effects.join(', ')}</dd></div>`}
    </dl>
    ${valuesView('Outputs', { values: step.outputs, place, known })}
    ${valuesView('Settings', { values: step.settings, place, known })}
    ${
      readOnly || !run.forkFrom.includes(id)
        ? null
        : markup`<p class="buttons">${h(ConfirmButton, {
            name: 'New run from here',
            yes: 'Begin a new run',
            question: markup`<p>Begin a new run that keeps what was done before <bdi>${shownText(id)}</bdi>, and does this step and all that need it again?</p>${secretsNote(run)}`,
            act: async () => done(await goOn(run, id)),
          })}</p>`
    }
  </section>`;
}

function textRow(name: string, text: string | undefined): View {
  return text === undefined || text === ''
    ? null
    : markup`<div><dt>${name}</dt><dd><bdi>${shownText(text)}</bdi></dd></div>`;
}

function valuesView(
  title: string,
  {
    values,
    ...objects
  }: { readonly values: readonly NamedValue[]; readonly place: ObjectPlace; readonly known: KnownByText },
): View {
  return values.length === 0
    ? null
    : markup`<details open=${values.length <= 8}>
        <summary>${title}</summary>
        <dl class="list">${values.map(
          ({ name, value }) =>
            markup`<div key=${name}><dt><bdi>${shownText(name)}</bdi></dt><dd>${valueView(value, objects)}</dd></div>`,
        )}</dl>
      </details>`;
}
