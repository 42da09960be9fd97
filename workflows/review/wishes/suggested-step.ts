import { dump } from 'js-yaml';
import { isIdForm } from '../../document/release-file.ts';
import { shownSource } from '../../document/url-secrets.ts';
import { entityId } from '../../plan/identity.ts';
import type { KnownObject } from './known-object.ts';

/**
 * A step that makes an object, as the list of a pipeline has it, where no file does; of a base model, one that trains on it. The content of a dataset is not in it, so that its path is a place
 * to fill in. Undefined for a project, which pipelines name with `project:`.
 */
export function suggestedStep(object: KnownObject): string | undefined {
  const { kind, entity } = object;
  const name = shownSource(entity.displayName);
  const step = settingsOf(object);
  if (step === undefined) return undefined;
  const id =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^[^a-z]+|-$/g, '')
      .slice(0, 60) || kind;
  if (kind === 'base-model') return written({ id: 'train', ...step });
  const named = kind === 'endpoint' || id === name ? {} : { name };
  return written({ id, uses: step.uses, with: { ...step.with, ...named } });
}

function written(step: { readonly id: string; readonly uses: string; readonly with: object }): string {
  return dump([step], { lineWidth: -1, noRefs: true });
}

function settingsOf(object: KnownObject): { readonly uses: string; readonly with: object } | undefined {
  switch (object.kind) {
    case 'dataset': {
      return { uses: 'upload', with: { kind: object.entity.kind, from: 'data/FILL-IN' } };
    }
    case 'model': {
      const { datasets = [], baseModel } = object.entity;
      return {
        uses: 'train',
        with: {
          datasets: datasets.map(({ self }) => entityId(self)),
          ...(baseModel && { 'base-model': entityId(baseModel.self) }),
        },
      };
    }
    case 'base-model': {
      const { self, properties } = object.entity;
      if ((properties?.features?.supportsAdaptationsWith ?? []).length === 0) return undefined;
      return { uses: 'train', with: { datasets: ['FILL-IN'], 'base-model': entityId(self) } };
    }
    case 'evaluation': {
      const { dataset, model1, model2 } = object.entity;
      const [model, against] = [entityId(model1.self), entityId(model2.self)];
      return {
        uses: 'evaluate',
        with: { dataset: entityId(dataset.self), model, ...(against !== model && { against }) },
      };
    }
    case 'endpoint': {
      const { displayName, self, model } = object.entity;
      const endpoint = isIdForm(displayName) ? entityId(self) : displayName;
      return { uses: 'swap', with: { endpoint, model: model === undefined ? 'base' : entityId(model.self) } };
    }
    case 'project':
      return undefined;
  }
}
