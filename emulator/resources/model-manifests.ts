import type { Answer, Call, Operation } from '../protocol/call.ts';
import { addressOf, modelAddress } from '../protocol/addresses.ts';
import { lifetimeIn, signedAddress } from '../protocol/signed-addresses.ts';
import type { ModelReference } from '../state/entities.ts';
import { writeEntityFile } from '../state/entity-files.ts';
import { findBaseModel } from '../state/models-catalogue.ts';
import { found, notFound, pathId } from './worked-entity.ts';

/** What a container would load a model from. The files are the emulator's own: they say what the recogniser is made of. */
export const modelManifestOperations: readonly Operation[] = [
  {
    id: 'Models_GetBaseModelManifest',
    method: 'GET',
    path: '/models/base/{id}/manifest',
    run: (call) => manifest(call, { kind: 'base', id: pathId(call) }, {}),
  },
  {
    id: 'Models_GetCustomModelManifest',
    method: 'GET',
    path: '/models/{id}/manifest',
    async run(call) {
      const { id, status, baseModelId, trainingData, customModelWeightPercent } = await found(call, 'models');
      if (status !== 'Succeeded') throw notFound();
      const baseModel = addressOf(call.origin, `/models/base/${baseModelId}`);
      const datasets = trainingData.map(({ datasetId, kind }) => ({ datasetId, kind }));
      return manifest(call, { kind: 'custom', id }, { baseModel, datasets, customModelWeightPercent });
    },
  },
];

async function manifest(call: Call, model: ModelReference, adaptation: object): Promise<Answer> {
  const { origin, resource } = call;
  const lifetimeMinutes = lifetimeIn(call.resource, call.query.sasLifetimeMinutes);
  const baseId = model.kind === 'base' ? model.id : resource.store.get('models', model.id)?.baseModelId;
  const base = findBaseModel(resource.clock.now(), baseId ?? '');
  if (!base) throw notFound();
  const { locale, displayName } = base.generation;
  const content = JSON.stringify({ simulated: true, locale, generation: displayName, ...adaptation }, null, 2);
  const file = await writeEntityFile(resource, model.id, { name: 'model.json', kind: 'ModelReport', content });
  resource.manifestFiles.set(file.id, { owner: model.id, file });
  return {
    status: 200,
    body: {
      model: { self: modelAddress(origin, model) },
      modelFiles: [
        {
          name: file.name,
          contentUrl: signedAddress(resource, { origin, owner: model.id, id: file.id, lifetimeMinutes }),
        },
      ],
      properties: { locale },
    },
  };
}
