import { h } from 'preact';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Deployment } from '../../../api/deployment.ts';
import { FirstRun } from '../../parts/first-run.ts';
import { emptyView, problemView, waitingView } from '../../parts/said.ts';
import '../../style/training.css';
import '../../style/deployment.css';
import type { TabProps } from '../../tab.ts';
import { useAnswer } from '../../use-answer.ts';
import { endpointCard } from './endpoint-card.ts';
import { EndpointPage } from './endpoint-page.ts';
import { TryPanel } from './try-panel.ts';

/** What endpoints serve, since when and by whom; one of them; and what they hear. */
export function DeploymentTab({ rest, resource, overview }: TabProps): View {
  const base = `/${resource.id}`;
  const path = `resources/${resource.id}/deployment`;
  const { value: deployment, problem, again } = useAnswer<Deployment>(path, ['objects', 'repository', 'runs', 'clock']);
  if (deployment === undefined)
    return problem === undefined ? waitingView('Reading the endpoints …') : problemView(problem, { again });
  const { endpoints } = deployment;
  const here = `${base}/deployment`;
  return markup`<div class="deployment">
    <nav class="sub" aria-label="Deployment">
      <a href=${here} aria-current=${rest === '' ? 'page' : undefined}>Endpoints</a>
      <a href=${`${here}/try`} aria-current=${rest === 'try' ? 'page' : undefined}>Try it</a>
    </nav>
    ${problem === undefined ? null : markup`<p class="note bad" role="alert">${shownText(problem.message)}</p>`}
    ${
      endpoints.length === 0
        ? emptyView(
            'No endpoint is here yet.',
            markup`<p>A <code>swap</code> step with <code>create: true</code> makes one, and so does an endpoint of <code>environment.yaml</code>.</p>${h(FirstRun, null)}`,
          )
        : rest === 'try'
          ? h(TryPanel, { endpoints, path, readOnly: overview.readOnly })
          : rest === ''
            ? markup`<h1 class="hidden">Endpoints</h1>
                <div class="cards">${endpoints.map((one) => endpointCard(one, { base }))}</div>`
            : h(EndpointPage, { key: rest, id: rest, base, path })
    }
  </div>`;
}
