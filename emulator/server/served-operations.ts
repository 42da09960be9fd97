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
import { transcribeOperations } from '../resources/transcribe.ts';
import { transcriptionOperations } from '../resources/transcriptions.ts';
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
  ...transcriptionOperations,
  ...transcribeOperations,
  ...webHookOperations,
];
