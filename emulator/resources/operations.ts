import type { Operation } from '../call.ts';
import { notFound } from './worked-entity.ts';

/** Long-running operations. Only copying a model makes one, and copies are not served: no id is ever known. */
export const operationOperations: readonly Operation[] = [
  {
    id: 'Operations_GetModelCopy',
    method: 'GET',
    path: '/operations/models/copy/{id}',
    run: () => {
      throw notFound();
    },
  },
];
