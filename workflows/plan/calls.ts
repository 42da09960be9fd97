import type { PlannedStep } from './plan.ts';
import type { Effect } from './step-plan.ts';

/** The calls of the Speech-to-text REST API 2025-10-15 that an effect makes: method and path. */
const callsOfEffect: Readonly<Record<Effect, readonly string[]>> = {
  'create-project': ['POST /projects'],
  // That is no call of this API.
  'store-content': [],
  'create-dataset': ['POST /datasets'],
  'upload-content': ['PUT /datasets/{id}/blocks', 'POST /datasets/{id}/blocks:commit'],
  'delete-dataset': ['DELETE /datasets/{id}'],
  'create-evaluation': ['POST /evaluations'],
  'create-model': ['POST /models'],
  'delete-model': ['DELETE /models/{id}'],
  'copy-model': ['POST /models:authorizecopy', 'POST /models/{id}:copy', 'PATCH /models/{id}'],
  'update-model': ['PATCH /models/{id}'],
  'create-endpoint': ['POST /endpoints'],
  'update-endpoint': ['PATCH /endpoints/{id}'],
  'delete-endpoint': ['DELETE /endpoints/{id}'],
};

/** The calls that change a Speech resource which steps with these effects may make, each once. */
export function callsOf(effects: PlannedStep['effects']): readonly string[] {
  return [...new Set(effects.flatMap((effect) => callsOfEffect[effect]))];
}
