import path from 'node:path';
import { isLoopback } from '../document/base-url.ts';
import { modelInRelease, releaseFileName } from '../document/release-file.ts';
import type { Facts } from './facts.ts';
import { entityId } from './identity.ts';
import { endpointByName } from './models.ts';

/** The `model` of a swap whose endpoint is to serve what its release file says. */
export const fromRelease = 'release';

/** The `model` of a swap that was planned to serve the model that its release file named. */
export function plannedModel(model: string): string {
  return `${fromRelease}/${model}`;
}

/** The model of a swap as it was planned, and whether its release file named it. */
export function modelAsPlanned(model: string): { readonly model: string; readonly isReleased: boolean } {
  const isReleased = model.startsWith(plannedModel(''));
  return { model: isReleased ? model.slice(plannedModel('').length) : model, isReleased };
}

interface Released {
  readonly endpoint?: string;
  readonly model?: string;
  readonly release?: string;
}

/** The path of the file that says which model a swap serves, as the pipeline writes it; undefined when none does, or it is not known. */
export function releaseFileOf({ endpoint, model, release }: Released): string | undefined {
  if (model !== fromRelease || endpoint === undefined || release === undefined) return undefined;
  return path.posix.join(release, releaseFileName(endpoint));
}

/** The reference of the model that a swap's release file names, or a text that says what to do; undefined when the swap reads none. */
export function releasedModel(
  wanted: Released,
  { locale, facts }: { readonly locale: string; readonly facts: Pick<Facts, 'endpoints' | 'releases'> },
): { readonly model: string; readonly file: string } | string | undefined {
  if (wanted.model !== fromRelease) return undefined;
  const file = releaseFileOf(wanted);
  if (file === undefined || wanted.endpoint === undefined)
    return 'Name the endpoint and the folder `release` without the output of a step: `model: release` is read before the run';
  const found = endpointByName(wanted.endpoint, { endpoints: facts.endpoints, locale });
  const self = typeof found === 'object' ? found.self : undefined;
  const said = modelInRelease(facts.releases?.[file], {
    name: wanted.endpoint,
    locale,
    id: self === undefined ? undefined : entityId(self),
    resource: self === undefined ? undefined : originOf(self),
  });
  if ('model' in said) return { model: said.model, file };
  return `Name a model, or take the file back from Git: endpoint ${wanted.endpoint} is to serve what ${file} says, and ${said.fault}`;
}

/** The origin of an object's resource; undefined for a service on this machine, whose address is another one tomorrow. */
export function originOf(self: string): string | undefined {
  const url = URL.parse(self);
  return url === null || isLoopback(url) ? undefined : url.origin;
}
