import { entityId } from './identity.ts';
import { endpointByName, type KnownModels, nameOf } from './models.ts';

/** A model by its name and its id, which alone tells models of one name apart. */
export function namedModel(self: string, known: Pick<KnownModels, 'models' | 'baseModels'>): string {
  return `${nameOf(self, known)} (${entityId(self)})`;
}

/** What an endpoint is and serves, as a plan rests on it: it may be another one of the same name, or serve another model of one name. */
export function endpointNow(name: string, known: KnownModels): Readonly<Record<string, string>> {
  const found = endpointByName(name, known);
  if (typeof found === 'string') return {};
  const { self, model } = found ?? {};
  return {
    [`endpoint ${name} is`]: self === undefined ? 'not there' : entityId(self),
    [`endpoint ${name} serves`]: model === undefined ? 'nothing' : namedModel(model.self, known),
  };
}
