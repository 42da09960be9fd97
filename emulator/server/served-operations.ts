import type { Operation } from '../protocol/call.ts';
import { baseModelOperations } from '../resources/base-models.ts';
import { datasetBlockOperations } from '../resources/dataset-blocks.ts';
import { datasetOperations } from '../resources/datasets.ts';
import { endpointOperations } from '../resources/endpoints.ts';
import { evaluationOperations } from '../resources/evaluations.ts';
import { modelOperations } from '../resources/models.ts';
import { projectOperations } from '../resources/projects.ts';
import { webHookOperations } from '../resources/webhooks.ts';
import { notFound } from '../resources/worked-entity.ts';

/** Long-running operations. Only copying a model makes one, and copies are not served: no id is ever known. */
const operationOperations: readonly Operation[] = [
  {
    id: 'Operations_GetModelCopy',
    method: 'GET',
    path: '/operations/models/copy/{id}',
    run: () => {
      throw notFound();
    },
  },
];

/** Every operation of the Speech-to-text REST API 2025-10-15 that the emulator answers. */
export const servedOperations: readonly Operation[] = [
  ...projectOperations,
  ...datasetOperations,
  ...datasetBlockOperations,
  ...baseModelOperations,
  ...modelOperations,
  ...evaluationOperations,
  ...endpointOperations,
  ...operationOperations,
  ...webHookOperations,
];

/** What the emulator does not serve, by the paths below `/speechtotext` that belong to it; COVERAGE.md lists the operations. */
const notServed: readonly { readonly path: RegExp; readonly what: string }[] = [
  { path: /^\/(projects\/[^/]+\/)?transcriptions([:/]|$)/, what: 'Transcriptions are' },
  { path: /^\/models(\/[^/]+)?:(copy|copyto|authorizecopy)$/, what: 'Copying of models is' },
  { path: /^\/models\/(base\/)?[^/]+\/manifest$/, what: 'Model manifests for containers are' },
];

/** Why a path of the API is not answered here, in a sentence; undefined when the API has no such path. */
export function reasonNotServed(path: string): string | undefined {
  const found = notServed.find((entry) => entry.path.test(path));
  return found && `${found.what} not served by the emulator.`;
}
