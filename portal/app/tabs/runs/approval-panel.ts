import { h } from 'preact';
import { useId, useState } from 'preact/hooks';
import { interval } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Approval, RunStepView, Steered } from '../../../api/runs.ts';
import { send } from '../../ask.ts';
import { ConfirmButton } from '../../parts/confirm-button.ts';
import { momentView } from '../../parts/said.ts';
import { addressOfObject, type ObjectPlace } from './object-link.ts';
import { addressOf, seenOf, type Steering } from './run-actions.ts';

/** By the ids of steps: what was answered, and is not taken up by the run yet. */
export type Answered = Readonly<Record<string, 'approved' | 'rejected'>>;

interface Props extends Steering {
  readonly approval: Approval;
  readonly person: string;
  readonly place: ObjectPlace;
  readonly answered: Answered[string] | undefined;
  readonly onAnswered: (step: string, isYes: boolean) => void;
}

/** What a step asks a person, with what was found so far and what would be done, and the answer. */
export function ApprovalPanel(props: Props): View {
  const { run, readOnly, done, approval, person, place, answered, onAnswered } = props;
  const [comment, setComment] = useState('');
  const commentId = useId();
  const { step, message, by, mayAnswer, lets, expiresAt } = approval;
  const answer = async (approved: boolean): Promise<void> => {
    const { planHash } = run;
    const body = {
      step,
      approved,
      ...(comment.trim() !== '' && { comment }),
      ...(planHash !== undefined && { planHash }),
    };
    const steered = await send<Steered>(`${addressOf(run)}/answers?${seenOf(run)}`, body);
    onAnswered(step, approved);
    done(steered);
  };
  const button = (approved: boolean): View => {
    const name = approved ? 'Approve' : 'Reject';
    return h(ConfirmButton, {
      name,
      kind: approved ? 'good' : 'bad',
      question: markup`<p>${name} <bdi>${shownText(step)}</bdi> as <bdi>${shownText(person)}</bdi>? ${' '}${comment.trim() === '' ? 'Without a comment.' : markup`With the comment “<bdi>${shownText(comment)}</bdi>”.`}${' '}${approved ? '' : 'The step fails then.'}</p>`,
      act: async () => await answer(approved),
    });
  };
  const before = neededFor(step, run.steps);
  const found = run.steps.filter(
    ({ id, said, finishedAt }) => before.has(id) && finishedAt !== undefined && said !== undefined,
  );
  const next = lets.flatMap((id) => run.steps.find((one) => one.id === id) ?? []);
  return markup`<section class="panel approval" aria-labelledby=${`${commentId}-title`}>
    <h2 id=${`${commentId}-title`}>${message === undefined ? markup`<bdi>${shownText(step)}</bdi> asks` : markup`<bdi>${shownText(message)}</bdi>`}</h2>
    <p class="quiet"><bdi>${shownText(step)}</bdi> waits for ${by === undefined ? 'anybody' : markup`<bdi>${shownText(by.join(' or '))}</bdi>`}${
      expiresAt === undefined ? null : markup`, until ${momentView(expiresAt)}`
    }${run.planHash === undefined ? null : markup`; plan <code>${run.planHash.slice(0, 12)}</code>`}.</p>
    <div class="grounds">
      <div>
        <h3>What was found</h3>
        ${found.length === 0 ? markup`<p class="quiet">Nothing was measured before this question.</p>` : markup`<dl class="list">${found.map((one) => foundView(one, place))}</dl>`}
        ${found.some(isNotBetter) ? markup`<p class="warning" role="alert"><strong>Not better:</strong> what was measured does not speak for a yes.</p>` : null}
      </div>
      <div>
        <h3>What a yes lets happen</h3>
        ${next.length === 0 ? markup`<p class="quiet">No step waits for the answer; the run then ends.</p>` : markup`<dl class="list">${next.map(nextView)}</dl>`}
      </div>
    </div>
    ${
      readOnly
        ? markup`<p class="quiet">This portal is read-only: answer with <code>speechops approve</code>.</p>`
        : answered !== undefined
          ? markup`<p class="answer taken" role="status">${answered === 'approved' ? 'Approved' : 'Rejected'}: the run takes it up.</p>`
          : mayAnswer
            ? markup`<div class="answer">
              <label for=${commentId}>Comment, for the record</label>
              <textarea id=${commentId} rows="2" maxlength="10000" value=${comment} onInput=${(event: Event) => setComment((event.target as HTMLTextAreaElement).value)}></textarea>
              <p class="buttons">${button(true)} ${button(false)}</p>
            </div>`
            : markup`<p>Ask <bdi>${shownText((by ?? []).join(' or '))}</bdi>: <bdi>${shownText(person)}</bdi> may not answer this.</p>`
    }
  </section>`;
}

/** The steps that a step stands on, near and far: what they have found is what there is to judge by. */
function neededFor(stepId: string, steps: readonly RunStepView[]): ReadonlySet<string> {
  const found = new Set([stepId]);
  for (const id of found) for (const need of steps.find((step) => step.id === id)?.needs ?? []) found.add(need);
  return found;
}

function foundView({ id, said = '', outputs }: RunStepView, place: ObjectPlace): View {
  const evaluation = addressOfObject(outputs.find(({ name }) => name === 'evaluation')?.value ?? '', place);
  return markup`<div key=${id}><dt><bdi>${shownText(id)}</bdi></dt><dd><bdi>${shownText(said)}</bdi>${intervalView(outputs)}${
    evaluation === undefined ? null : markup` <a href=${evaluation}>The evaluation</a>`
  }</dd></div>`;
}

function intervalView(outputs: RunStepView['outputs']): View {
  const [low, high] = ['werLow', 'werHigh'].map((wanted) => outputs.find(({ name }) => name === wanted)?.value);
  return low === undefined || high === undefined
    ? null
    : markup`<span class="quiet">, 95 % interval ${interval({ low: Number(low), high: Number(high) })}</span>`;
}

/** Whether a step has measured a model that is not better than the one beside it. */
function isNotBetter({ outputs }: RunStepView): boolean {
  return outputs.some(({ name, value }) => name === 'better' && value === 'false');
}

function nextView({ id, planned }: RunStepView): View {
  const { summary = 'is decided at run time', endpoint, condition } = planned ?? {};
  return markup`<div key=${id}>
    <dt><bdi>${shownText(id)}</bdi></dt>
    <dd><bdi>${shownText(summary)}</bdi>${condition === undefined ? null : markup`<span class="quiet"> if <bdi>${shownText(condition)}</bdi></span>`}
      ${endpoint === undefined ? null : markup`<br /><strong><bdi>${shownText(endpoint)}</bdi></strong>`}</dd>
  </div>`;
}
