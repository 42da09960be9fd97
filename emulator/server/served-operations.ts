import type { Operation } from '../protocol/call.ts';
import { baseModelOperations } from '../resources/base-models.ts';
import { datasetBlockOperations } from '../resources/dataset-blocks.ts';
import { datasetOperations } from '../resources/datasets.ts';
import { endpointOperations } from '../resources/endpoints.ts';
import { evaluationOperations } from '../resources/evaluations.ts';
import { modelCopyOperations } from '../resources/model-copies.ts';
import { modelManifestOperations } from '../resources/model-manifests.ts';
import { modelOperations } from '../resources/models.ts';
import { projectOperations } from '../resources/projects.ts';
import { webHookOperations } from '../resources/webhooks.ts';

/** Every operation of the Speech-to-text REST API 2025-10-15 that the emulator answers. */
export const servedOperations: readonly Operation[] = [
  ...projectOperations,
  ...datasetOperations,
  ...datasetBlockOperations,
  ...baseModelOperations,
  ...modelOperations,
  ...modelCopyOperations,
  ...modelManifestOperations,
  ...evaluationOperations,
  ...endpointOperations,
  ...webHookOperations,
];

/** What the emulator does not serve, by the paths below `/speechtotext` that belong to it; COVERAGE.md lists the operations. */
const notServed: readonly { readonly path: RegExp; readonly what: string }[] = [
  { path: /^\/(projects\/[^/]+\/)?transcriptions([:/]|$)/, what: 'Transcriptions are' },
];

/** Why a path of the API is not answered here, in a sentence; undefined when the API has no such path. */
export function reasonNotServed(path: string): string | undefined {
  const found = notServed.find((entry) => entry.path.test(path));
  return found && `${found.what} not served by the emulator.`;
}
