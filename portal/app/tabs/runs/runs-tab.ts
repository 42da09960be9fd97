import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import type { RunList } from '../../../api/runs.ts';
import { decoded } from '../../decoded.ts';
import { problemView, waitingView } from '../../parts/said.ts';
import '../../style/runs.css';
import type { TabProps } from '../../tab.ts';
import { useAnswer } from '../../use-answer.ts';
import { FleetPage } from './fleet-page.ts';
import { RunListPage } from './run-list.ts';
import { RunPage } from './run-page.ts';

/** Runs of the repository, whichever Speech resource is shown: their list, one of them, or what workers share. */
export function RunsTab(props: TabProps): View {
  const { rest, resource } = props;
  const { query } = useLocation();
  const base = `/${resource.id}/runs`;
  const runId = rest.split('/')[0] ?? '';
  if (runId !== '') return h(RunPage, { key: runId, runId: decoded(runId), base, overview: props.overview });
  return h(Lists, { base, show: query['show'] ?? '' });
}

function Lists({ base, show }: { readonly base: string; readonly show: string }): View {
  const { value: list, problem, again } = useAnswer<RunList>('runs', ['runs']);
  if (list === undefined)
    return problem === undefined ? waitingView('Reading the runs …') : problemView(problem, { again });
  const isFleet = show === 'fleet' && list.hasFleet;
  return markup`<div class="runs">
    ${
      list.hasFleet
        ? markup`<nav class="sub" aria-label="Runs">
            <a href=${base} aria-current=${isFleet ? undefined : 'page'}>Runs</a>
            <a href=${`${base}?show=fleet`} aria-current=${isFleet ? 'page' : undefined}>Schedules and workers</a>
          </nav>`
        : null
    }
    ${problem === undefined ? null : markup`<p class="note bad" role="alert">${problem.message}</p>`}
    ${isFleet ? h(FleetPage, { base }) : h(RunListPage, { list, base })}
  </div>`;
}
