import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { FleetView } from '../../../api/runs.ts';
import { emptyView, momentView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';

/** What starts by the clock, and the processes that execute runs. */
export function FleetPage({ base }: { readonly base: string }): View {
  const { value: fleet, problem, again } = useAnswer<FleetView>('fleet', ['runs']);
  if (fleet === undefined)
    return problem === undefined ? waitingView('Reading schedules and workers …') : problemView(problem, { again });
  return markup`<h1>Schedules and workers</h1>
    <h2>Schedules</h2>
    ${
      fleet.schedules.length === 0
        ? emptyView(
            'Nothing starts by itself.',
            markup`<p>Give a pipeline a <code>schedule</code>, and tell the workers: <code>speechops schedule PIPELINE.yaml</code></p>`,
          )
        : scheduleTable(fleet, base)
    }
    <h2>Workers</h2>
    <p>${fleet.queued === 0 ? 'No run waits for a worker.' : `${fleet.queued} ${fleet.queued === 1 ? 'run waits' : 'runs wait'} for a worker.`}</p>
    ${
      fleet.executors.length === 0
        ? markup`<p class="quiet">No worker lives: start one with <code>speechops worker</code>.</p>`
        : workerTable(fleet, base)
    }`;
}

function scheduleTable({ schedules }: FleetView, base: string): View {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Schedules">
    <table>
      <thead><tr><th scope="col">pipeline</th><th scope="col">when</th><th scope="col">next</th><th scope="col">last</th><th scope="col">file</th></tr></thead>
      <tbody>${schedules.map(
        ({
          pipeline,
          name = '',
          cron,
          timeZone,
          isPaused,
          nextAt,
          lastAt,
          lastRunId,
          lastRunState = 'unknown',
          file,
          trouble,
        }) =>
          markup`<tr key=${`${pipeline} ${name}`}>
            <th scope="row"><bdi>${shownText(pipeline)}</bdi> <bdi>${shownText(name)}</bdi></th>
            <td><code>${shownText(cron)}</code> ${shownText(timeZone)}</td>
            <td>${isPaused ? 'paused' : nextAt === undefined ? 'never' : momentView(nextAt)}</td>
            <td>${lastAt === undefined ? 'not yet' : momentView(lastAt)}${lastRunId === undefined ? null : markup` <a href=${runAddress(base, lastRunId)}>${shownText(lastRunState)}</a>`}
              ${trouble === undefined ? null : markup`<p class="bad">${shownText(trouble)}</p>`}</td>
            <td><bdi>${shownText(file)}</bdi></td>
          </tr>`,
      )}</tbody>
    </table>
  </div>`;
}

function workerTable({ executors }: FleetView, base: string): View {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Workers">
    <table>
      <thead><tr><th scope="col">process</th><th scope="col">state</th><th scope="col">runs</th></tr></thead>
      <tbody>${executors.map(
        ({ name, isAlive, runIds }) =>
          markup`<tr key=${name}>
            <th scope="row"><bdi>${shownText(name)}</bdi></th>
            <td class=${isAlive ? 'good' : 'bad'}>${isAlive ? 'lives' : 'has ended; its runs are taken over'}</td>
            <td>${runIds.length === 0 ? 'waits for a run' : runIds.map((runId, index) => markup`${index === 0 ? '' : ', '}<a href=${runAddress(base, runId)}>${shownText(runId)}</a>`)}</td>
          </tr>`,
      )}</tbody>
    </table>
  </div>`;
}

function runAddress(base: string, runId: string): string {
  return `${base}/${encodeURIComponent(runId)}`;
}
