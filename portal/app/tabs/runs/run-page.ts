import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { useMemo, useState } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Overview } from '../../../api/overview.ts';
import type { Approval, RunDetail, RunStepView } from '../../../api/runs.ts';
import { Elapsed } from '../../parts/elapsed.ts';
import { momentView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import { type Answered, ApprovalPanel } from './approval-panel.ts';
import { placeOfRun, useRunObjects } from './object-link.ts';
import { RunActions } from './run-actions.ts';
import { RunLog } from './run-log.ts';
import { StepDetail } from './step-detail.ts';
import { StepGraph } from './step-graph.ts';
import { runStateView } from './step-state.ts';

interface Props {
  readonly runId: string;
  /** The address of the tab. */
  readonly base: string;
  readonly overview: Overview;
}

/** One run: its steps, what it asks, its log, and what a person can do. The chosen step stands in the address. */
export function RunPage({ runId, base, overview }: Props): View {
  const { value: run, problem, again } = useAnswer<RunDetail>(`runs/${encodeURIComponent(runId)}`, ['runs']);
  const { query, route } = useLocation();
  const [said, setSaid] = useState('');
  /** What this page has answered: the run takes an answer up a while later. */
  const [answered, setAnswered] = useState<Answered>({});
  const ahead = useMemo(() => (run === undefined ? 0 : Date.parse(run.now) - Date.now()), [run?.now]);
  const place = run && placeOfRun(run, { overview, base });
  const known = useRunObjects({ runId, place });
  const back = markup`<p class="back"><a href=${base}>All runs</a></p>`;
  if (run === undefined)
    return markup`<div class="runs">${back}${problem === undefined ? waitingView('Reading the run …') : problemView(problem, { again })}</div>`;
  const here = `${base}/${encodeURIComponent(runId)}`;
  const addressOf = (step: string): string => `${here}?step=${encodeURIComponent(step)}`;
  const chosen = run.steps.find(({ id }) => id === query['step']) ?? firstToSee(run.steps);
  const done = ({
    said: text,
    runId: goesOn,
  }: {
    readonly said: string;
    readonly runId?: string | undefined;
  }): void => {
    setSaid(text);
    again();
    if (goesOn !== undefined && goesOn !== runId) route(`${base}/${encodeURIComponent(goesOn)}`);
  };
  const asking = run.approvals.find(({ step }) => step === chosen?.id);
  const steer = { run, readOnly: overview.readOnly, done };
  const isAsking = run.approvals.some(({ step }) => answered[step] === undefined);
  return markup`<div class="runs">
    ${back}
    <header class="run-head">
      <div>
        <h1><bdi>${shownText(run.pipeline)}</bdi> ${runStateView(isAsking ? 'asks' : run.state)}</h1>
        ${headView(run, { ahead })}
      </div>
      <div class="steering">
        ${h(RunActions, steer)}
        <p class="said" role="status">${shownText(said)}</p>
        ${problem === undefined ? null : markup`<p class="bad" role="alert">${shownText(problem.message)}</p>`}
        ${run.note === undefined ? null : markup`<p class="quiet">${shownText(run.note)}</p>`}
      </div>
    </header>
    ${
      run.steps.length === 0
        ? markup`<p class="quiet">No step of it has ended, and its plan cannot be read.</p>`
        : h(StepGraph, {
            steps: run.steps,
            chosen: chosen?.id,
            ahead,
            addressOf,
            choose: (step: string) => route(addressOf(step), true),
          })
    }
    <div class="beside">
      <div class="chosen">
        ${run.error === undefined ? null : markup`<p class="fault"><strong>Why it failed:</strong> ${shownText(run.error)}</p>`}
        ${
          asking === undefined
            ? chosen === undefined
              ? null
              : h(StepDetail, { ...steer, key: chosen.id, step: chosen, ahead, addressOf, place, known })
            : h(ApprovalPanel, {
                ...steer,
                key: asking.step,
                approval: asking,
                person: overview.person,
                place,
                answered: answered[asking.step],
                onAnswered: (step: string, isYes: boolean) =>
                  setAnswered((before) => ({ ...before, [step]: isYes ? 'approved' : 'rejected' })),
              })
        }
        ${otherQuestionsView(run, { asking, addressOf })}
      </div>
      ${h(RunLog, { runId, step: chosen?.id, isOver: run.finishedAt !== undefined })}
    </div>
  </div>`;
}

/** What a person looks for: what asks, what has failed, what works; else the last step that has ended. */
function firstToSee(steps: readonly RunStepView[]): RunStepView | undefined {
  for (const state of ['asks', 'failed', 'abandoned', 'works']) {
    const found = steps.find((step) => step.state === state);
    if (found !== undefined) return found;
  }
  return steps.findLast(({ finishedAt }) => finishedAt !== undefined) ?? steps[0];
}

/** The chosen step is the one that is answered; the others are a click away. */
function otherQuestionsView(
  { approvals }: RunDetail,
  { asking, addressOf }: { readonly asking: Approval | undefined; readonly addressOf: (step: string) => string },
): View {
  const others = approvals.filter(({ step }) => step !== asking?.step);
  if (others.length === 0) return null;
  const links = others.map(
    ({ step }, index) =>
      markup`${index === 0 ? '' : ', '}<a key=${step} href=${addressOf(step)}><bdi>${shownText(step)}</bdi></a>`,
  );
  return markup`<p>${asking === undefined ? 'Waits for an answer to' : 'Waits also for answers to'} ${links}.</p>`;
}

function headView(run: RunDetail, { ahead }: { readonly ahead: number }): View {
  const { runId, startedAt, finishedAt, state, resource, planHash, file, group, inputs, files } = run;
  const isStill = state === 'abandoned' && finishedAt === undefined;
  return markup`<dl>
      <div><dt>run</dt><dd><code>${shownText(runId)}</code></dd></div>
      <div><dt>started</dt><dd>${momentView(startedAt)}</dd></div>
      <div><dt>${finishedAt === undefined ? 'for' : 'took'}</dt><dd class="elapsed">${isStill ? 'not told' : h(Elapsed, { since: startedAt, until: finishedAt, ahead })}</dd></div>
      ${resource === undefined ? null : markup`<div><dt>on</dt><dd><bdi>${shownText(resource)}</bdi></dd></div>`}
      ${file === undefined ? null : markup`<div><dt>pipeline</dt><dd><bdi>${shownText(file)}</bdi></dd></div>`}
      ${planHash === undefined ? null : markup`<div><dt>plan</dt><dd><code title=${planHash}>${planHash.slice(0, 12)}</code></dd></div>`}
      ${group === undefined ? null : markup`<div><dt>concurrency group</dt><dd><bdi>${shownText(group)}</bdi></dd></div>`}
      ${inputs.map(({ name, value }) => markup`<div key=${name}><dt>${shownText(name)}</dt><dd><bdi>${shownText(value)}</bdi></dd></div>`)}
    </dl>
    ${
      files.length === 0
        ? markup`<p class="files"></p>`
        : markup`<p class="files">Files: ${files.map(({ name, address }, index) => markup`${index === 0 ? '' : ' · '}<a href=${address} target="_blank" rel="noreferrer">${name}</a>`)}</p>`
    }`;
}
