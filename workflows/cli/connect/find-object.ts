import { nearestName } from '../../document/nearest-name.ts';
import { quoteName } from '../../document/quote-name.ts';
import { entityId } from '../../plan/identity.ts';
import type { Endpoint, Entity, Evaluation } from '../../plan/speech-entities.ts';
import { CheckFailure } from '../session.ts';

/** The evaluation of this id, URL, or display name, of which there is to be one. Throws a {@link CheckFailure} when not. */
export function findEvaluation(name: string, all: readonly Evaluation[]): Evaluation {
  return findObject(name, all, 'evaluation');
}

/** The endpoint of this id, URL, or display name, likewise. */
export function findEndpoint(name: string, all: readonly Endpoint[]): Endpoint {
  return findObject(name.replace(/^endpoint\//, ''), all, 'endpoint');
}

function findObject<E extends Entity>(name: string, all: readonly E[], what: 'evaluation' | 'endpoint'): E {
  const byId = all.find(({ self }) => entityId(self) === entityId(name));
  if (byId !== undefined) return byId;
  const named = all.filter(({ displayName }) => displayName === name);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only;
  if (only !== undefined) {
    const ids = named.map(({ self, createdDateTime }) => `${entityId(self)} of ${createdDateTime.slice(0, 16)}`);
    throw new CheckFailure(`Give the id: ${named.length} ${what}s are called ${quoteName(name)}: ${ids.join(', ')}`);
  }
  const nearest = nearestName(
    name,
    all.map(({ displayName }) => displayName),
  );
  const hint = nearest === undefined ? `it has ${all.length}` : `did you mean ${quoteName(nearest)}?`;
  throw new CheckFailure(`Check the ${what}: the Speech resource has no ${what} ${quoteName(name)}; ${hint}`);
}
