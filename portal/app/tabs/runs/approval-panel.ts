import { h } from 'preact';
import { useId, useState } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Approval, RunStepView, Steered } from '../../../api/runs.ts';
import { send } from '../../ask.ts';
import { ConfirmButton } from '../../parts/confirm-button.ts';
import { momentView } from '../../parts/said.ts';
import { addressOf, seenOf, type Steering } from './run-actions.ts';

interface Props extends Steering {
  readonly approval: Approval;
  readonly person: string;
}

/** What a step asks a person, with what was found so far and what would be done, and the answer. */
export function ApprovalPanel({ run, readOnly, done, approval, person }: Props): View {
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
    done(await send<Steered>(`${addressOf(run)}/answers?${seenOf(run)}`, body));
  };
  const button = (approved: boolean): View => {
    const name = approved ? 'Approve' : 'Reject';
    return h(ConfirmButton, {
      name,
      kind: approved ? 'good' : 'bad',
      question: markup`<p>${name} <bdi>${shownText(step)}</bdi> as <bdi>${shownText(person)}</bdi>?
        ${comment.trim() === '' ? 'Without a comment.' : markup`With the comment “<bdi>${shownText(comment)}</bdi>”.`}
        ${approved ? '' : 'The step fails then.'}</p>`,
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
        ${found.length === 0 ? markup`<p class="quiet">Nothing was measured before this question.</p>` : markup`<dl class="list">${found.map(foundView)}</dl>`}
      </div>
      <div>
        <h3>What a yes lets happen</h3>
        ${next.length === 0 ? markup`<p class="quiet">No step waits for the answer; the run then ends.</p>` : markup`<dl class="list">${next.map(nextView)}</dl>`}
      </div>
    </div>
    ${
      readOnly
        ? markup`<p class="quiet">This portal is read-only: answer with <code>speechops approve</code>.</p>`
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

function foundView({ id, said = '' }: RunStepView): View {
  return markup`<div key=${id}><dt><bdi>${shownText(id)}</bdi></dt><dd><bdi>${shownText(said)}</bdi></dd></div>`;
}

function nextView({ id, planned }: RunStepView): View {
  const { summary = 'is decided at run time', endpoint, condition } = planned ?? {};
  return markup`<div key=${id}>
    <dt><bdi>${shownText(id)}</bdi></dt>
    <dd><bdi>${shownText(summary)}</bdi>${condition === undefined ? null : markup`<span class="quiet"> if <bdi>${shownText(condition)}</bdi></span>`}
      ${endpoint === undefined ? null : markup`<br /><strong><bdi>${shownText(endpoint)}</bdi></strong>`}</dd>
  </div>`;
}
