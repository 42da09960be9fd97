import { h, type VNode } from 'preact';
import { useLocation } from 'preact-iso';
import { count, interval, rate } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { EvaluationList, EvaluationRuns, ListedEvaluation } from '../../../api/testing.ts';
import { type Column, lineView, LongTable } from '../../parts/long-table.ts';
import { FirstRun } from '../../parts/first-run.ts';
import { emptyView, momentView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';

type Run = EvaluationRuns['runs'][number];

/** All evaluations of a Speech resource, the newest first. */
export function EvaluationsList({ resource }: { readonly resource: string }): VNode | View {
  const { value, problem, again } = useAnswer<EvaluationList>(`resources/${resource}/evaluations`, ['objects']);
  const { value: known } = useAnswer<EvaluationRuns>('evaluation-runs', ['runs']);
  const { route } = useLocation();
  if (value === undefined)
    return problem === undefined ? waitingView('Reading the evaluations …') : problemView(problem, { again });
  if (value.evaluations.length === 0)
    return emptyView(
      'Nothing has been measured here yet.',
      markup`<p>A pipeline measures a model with a step <code>uses: evaluate</code>.</p>${h(FirstRun, null)}`,
    );
  const runs = new Map(known?.runs.map((run) => [run.evaluation, run]));
  return markup`<h1>Evaluations</h1>${h(LongTable<ListedEvaluation>, {
    label: 'Evaluations',
    columns: columnsOf(runs, resource),
    stacked: { below: 60, lines: 3, view: (evaluation) => stackedEvaluation(evaluation, runs) },
    rows: value.evaluations,
    idOf: ({ id }) => id,
    open: ({ id }) => route(`/${resource}/testing/${encodeURIComponent(id)}`),
  })}${
    known?.most === undefined
      ? null
      : markup`<p class="quiet">Runs and intervals are of the newest ${count(known.most)} runs: what older ones judged is on their pages.</p>`
  }`;
}

function columnsOf(runs: ReadonlyMap<string, Run>, resource: string): readonly Column<ListedEvaluation>[] {
  return [
    {
      id: 'name',
      name: 'Evaluation',
      width: 'minmax(0, 1.3fr)',
      view: ({ id, name }) =>
        markup`<a href=${`/${resource}/testing/${encodeURIComponent(id)}`} tabindex="-1"><bdi>${shownText(name)}</bdi></a>`,
    },
    { id: 'dataset', name: 'Test set', view: ({ dataset }) => markup`<bdi>${shownText(dataset.name)}</bdi>` },
    {
      id: 'rates',
      name: 'Word error rates',
      width: 'minmax(0, 2.2fr)',
      view: ratesView,
    },
    {
      // Beside the rates, so that nothing moves when it is known.
      id: 'interval',
      name: '95 % interval',
      width: '8rem',
      view: (evaluation) => intervalView(evaluation, runs),
    },
    {
      id: 'words',
      name: 'Words',
      isFigure: true,
      width: '5rem',
      view: ({ models }) => (models[0]?.words === undefined ? '' : count(models[0].words)),
    },
    { id: 'when', name: 'When', width: '10.5rem', view: ({ createdAt }) => momentView(createdAt, { by: 'service' }) },
    {
      id: 'run',
      name: 'Run',
      view: ({ id, pipeline }) => {
        const run = runs.get(id);
        if (run === undefined) return markup`<span class="quiet"><bdi>${shownText(pipeline ?? '')}</bdi></span>`;
        return markup`<a href=${`/${resource}/runs/${encodeURIComponent(run.runId)}`}><bdi>${shownText(run.runId)}</bdi></a>`;
      },
    },
  ];
}

/** Of the first model, where the run that made the evaluation has told it. */
function intervalView({ id, models }: ListedEvaluation, runs: ReadonlyMap<string, Run>): View {
  const run = runs.get(id);
  return run === undefined || run.model !== models[0]?.id ? '' : interval(run);
}

function stackedEvaluation(evaluation: ListedEvaluation, runs: ReadonlyMap<string, Run>): View {
  const { name, dataset, createdAt } = evaluation;
  return [
    lineView(markup`<strong><bdi>${shownText(name)}</bdi></strong>`, momentView(createdAt, { by: 'service' })),
    lineView(ratesView(evaluation)),
    lineView(markup`on <bdi>${shownText(dataset.name)}</bdi>`, intervalView(evaluation, runs), { isQuiet: true }),
  ];
}

function ratesView({ status, failure, models }: ListedEvaluation): View {
  if (status === 'Failed') return markup`<span class="bad">Failed</span> ${shownText(failure ?? '')}`;
  const rates = models.map((model) => model.rate ?? null);
  if (rates.every((one) => one === null)) return shownText(status === 'Succeeded' ? 'No rate' : status);
  return models.map(
    ({ name, rate: value = null }, index) =>
      markup`${index === 0 ? '' : ' · '}<strong>${rate(value, rates)}</strong>${' '}<span class="quiet"><bdi>${shownText(name)}</bdi></span>`,
  );
}
