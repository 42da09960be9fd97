import { entityId } from '../../workflows/plan/identity.ts';
import type { RunObject, RunStepView } from '../api/runs.ts';
import { textsOf } from '../api/texts-of.ts';
import type { Objects } from './snapshots.ts';

/** What a Speech resource has of that which the settings and outputs of steps name: by an address, `base/ID`, or `endpoint/NAME`. */
export function objectsNamedIn(
  steps: readonly Pick<RunStepView, 'settings' | 'outputs'>[],
  objects: Objects,
): RunObject[] {
  const values = steps.flatMap(({ settings, outputs }) => [...settings, ...outputs]);
  const texts = new Set(values.flatMap(({ value }) => textsOf(value)));
  const known = new Map<string, Omit<RunObject, 'text'>>(
    kinds.flatMap(([kind, list]) =>
      objects[list].map(({ self, displayName }) => [
        `${kind} ${entityId(self)}`,
        { kind, id: entityId(self), name: displayName },
      ]),
    ),
  );
  return [...texts].flatMap((text) => {
    const found = keysOf(text, objects).flatMap((key) => known.get(key) ?? []);
    return found.slice(0, 1).map((one) => ({ text, ...one }));
  });
}

const kinds = [
  ['dataset', 'datasets'],
  ['model', 'models'],
  ['model', 'baseModels'],
  ['evaluation', 'evaluations'],
  ['endpoint', 'endpoints'],
] as const;

function keysOf(text: string, { endpoints }: Objects): readonly string[] {
  const [, list] =
    /^https?:\/\/.*\/(datasets|models|evaluations|endpoints)\/(?:base\/)?[\w-]+(?:\?[^/]*)?$/.exec(text) ?? [];
  if (list !== undefined) return [`${list.slice(0, -1)} ${entityId(text)}`];
  if (/^base\/[\w-]+$/.test(text)) return [`model ${entityId(text)}`];
  const [, name] = /^endpoint\/(.+)$/.exec(text) ?? [];
  const named = endpoints.filter(({ self, displayName }) => displayName === name || entityId(self) === name);
  // Of two with one name nothing tells which is meant.
  return named.length === 1 ? named.map(({ self }) => `endpoint ${entityId(self)}`) : [];
}
