import { lazily } from '../lazily.ts';
import type { Tab } from '../tab.ts';

/** In the order in which people work. Each is loaded when it is first shown. */
export const tabs: readonly Tab[] = [
  { id: 'data', name: 'Data', component: lazily(async () => (await import('./data/index.ts')).DataTab) },
  {
    id: 'testing',
    name: 'Testing',
    component: lazily(async () => (await import('./testing/testing-tab.ts')).TestingTab),
  },
  {
    id: 'training',
    name: 'Training',
    component: lazily(async () => (await import('./training/training-tab.ts')).TrainingTab),
  },
  {
    id: 'deployment',
    name: 'Deployment',
    component: lazily(async () => (await import('./deployment/deployment-tab.ts')).DeploymentTab),
  },
  { id: 'runs', name: 'Runs', component: lazily(async () => (await import('./runs/runs-tab.ts')).RunsTab) },
];
