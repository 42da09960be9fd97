import { lazy } from 'preact-iso';
import type { Tab } from '../tab.ts';

/** In the order in which people work. Each is loaded when it is first shown. */
export const tabs: readonly Tab[] = [
  {
    id: 'testing',
    name: 'Testing',
    component: lazy(async () => (await import('./testing/testing-tab.ts')).TestingTab),
  },
];
