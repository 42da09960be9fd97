import { lazy } from 'preact-iso';
import type { Tab } from '../tab.ts';

/** In the order in which people work. Each is loaded when it is first shown. */
export const tabs: readonly Tab[] = [
  {
    id: 'training',
    name: 'Training',
    component: lazy(async () => (await import('./training/training-tab.ts')).TrainingTab),
  },
  {
    id: 'deployment',
    name: 'Deployment',
    component: lazy(async () => (await import('./deployment/deployment-tab.ts')).DeploymentTab),
  },
];
