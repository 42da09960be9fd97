import { createHash } from 'node:crypto';
import { load } from 'js-yaml';
import { quoteName } from './quote-name.ts';

/**
 * The name of the release file of an endpoint: its own where that is a plain name on every system, else what is plain of it, with a
 * part of a digest that tells it from others.
 */
export function releaseFileName(endpoint: string): string {
  const isPlain = /^[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9])){0,63}$/.test(endpoint) && !reserved.test(endpoint);
  if (isPlain) return `${endpoint}.yaml`;
  const plain = endpoint
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const digest = createHash('sha256').update(endpoint).digest('hex').slice(0, 8);
  return `${[plain.slice(0, 40), digest].filter((part) => part !== '').join('-')}.yaml`;
}

/** Names of devices on Windows, whatever follows the first dot. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;

/** The parts of a release that swaps read, as far as a file has them. */
export type PartialRelease = { readonly [K in 'endpoint' | 'model']?: Readonly<Record<string, unknown>> };

/** What a release file says; undefined when its text is no mapping in YAML. */
export function readRelease(text: string): PartialRelease | undefined {
  try {
    const document: unknown = load(text);
    if (document === null || typeof document !== 'object') return undefined;
    const { endpoint, model } = document as Readonly<Record<string, unknown>>;
    return { ...partOf('endpoint', endpoint), ...partOf('model', model) };
  } catch {
    return undefined;
  }
}

function partOf(name: string, part: unknown): PartialRelease {
  return part === null || typeof part !== 'object' ? {} : { [name]: part };
}

/** The endpoint that is to serve what a release names, as far as it is known. */
export interface ReleasedEndpoint {
  readonly name: string;
  readonly id?: string | undefined;
  readonly locale?: string | undefined;
  /** The origin of its resource; undefined for one on this machine. */
  readonly resource?: string | undefined;
}

/** The model that the text of a release names for this endpoint, or why it names none, as the end of a sentence. */
export function modelInRelease(
  text: string | undefined,
  endpoint: ReleasedEndpoint,
): { readonly model: string } | { readonly fault: string } {
  // The file has the display name, whatever the pipeline calls the endpoint.
  if (isId.test(endpoint.name))
    return { fault: 'the file is found by the display name of the endpoint, not by its id' };
  if (text === undefined)
    return { fault: 'there is no such file; the first swap of the endpoint with `release` writes it' };
  const { endpoint: of = {}, model = {} } = readRelease(text) ?? {};
  const [id, served] = [of['id'], model['id']];
  if (typeof id !== 'string' || typeof served !== 'string' || !isModel.test(served))
    return { fault: 'it is no release, which names an endpoint and a model by their ids' };
  const { name, locale, resource } = of;
  const said = `it is of endpoint ${quoteName(String(name))} for ${quoteName(String(locale))}`;
  if (name !== endpoint.name && id !== endpoint.id) return { fault: said };
  if (isOther(locale, endpoint.locale)) return { fault: `${said}, and not for ${endpoint.locale}` };
  if (isOther(resource, endpoint.resource)) return { fault: `${said} of the resource ${quoteName(String(resource))}` };
  return { model: served };
}

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isModel = /^(base\/)?[\w-]+$/;

/** Whether both are known and differ. */
function isOther(said: unknown, own: string | undefined): boolean {
  return typeof said === 'string' && own !== undefined && said.toLowerCase() !== own.toLowerCase();
}
