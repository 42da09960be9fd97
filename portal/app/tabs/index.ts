import { lazily } from '../lazily.ts';
import type { Tab } from '../tab.ts';

/** In the order in which people work. Each is loaded when it is first shown. */
export const tabs: readonly Tab[] = [
  { id: 'data', name: 'Data', component: lazily(async () => (await import('./data/index.ts')).DataTab) },
];
