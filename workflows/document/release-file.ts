import { createHash } from 'node:crypto';
import { FAILSAFE_SCHEMA, load } from 'js-yaml';
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

/** The entries of a release that swaps read, as far as a file has them as text. */
export type PartialRelease = { readonly [K in 'endpoint' | 'model']?: Readonly<Partial<Record<string, string>>> };

/** What is at the path of a release file: a text, why it cannot be one as the end of a sentence, or undefined for nothing. */
export type ReleaseText = string | { readonly fault: string } | undefined;

/** What a release file says; undefined when its text is no mapping in YAML. */
export function readRelease(text: string): PartialRelease | undefined {
  try {
    // Every scalar is text, and no tag or merge key makes anything else of it.
    const document: unknown = load(text, { schema: FAILSAFE_SCHEMA });
    if (document === null || typeof document !== 'object') return undefined;
    const { endpoint, model } = document as Readonly<Record<string, unknown>>;
    return { ...partOf('endpoint', endpoint), ...partOf('model', model) };
  } catch {
    return undefined;
  }
}

/** A text in place of an entry is all that is read: lists and mappings may be large, and cannot be printed. */
function partOf(name: string, part: unknown): Readonly<Record<string, Readonly<Partial<Record<string, string>>>>> {
  if (part === null || typeof part !== 'object') return {};
  return { [name]: Object.fromEntries(Object.entries(part).filter(([, value]) => typeof value === 'string')) };
}

/** A dataset that a release file names, as far as it has texts. */
export interface RecordedDataset {
  readonly id: string;
  readonly name?: string | undefined;
  readonly digest?: string | undefined;
}

/** The datasets that the model of a release file was trained with, and the one of its last measurement. None of a text that names none. */
export function datasetsInRelease(text: string): readonly RecordedDataset[] {
  try {
    const { model, measured } = load(text, { schema: FAILSAFE_SCHEMA }) as {
      readonly model?: { readonly data?: unknown };
      readonly measured?: readonly { readonly dataset?: unknown }[];
    };
    const data: readonly unknown[] = Array.isArray(model?.data) ? model.data : [];
    const found = [...data, Array.isArray(measured) ? measured[0]?.dataset : undefined].flatMap((one) => {
      const { id, name, digest } = partOf('dataset', one)['dataset'] ?? {};
      return id === undefined ? [] : [{ id, name, digest }];
    });
    // Of one dataset the first entry tells no less than the others.
    return [...new Map(found.toReversed().map((one) => [one.id, one])).values()].toReversed();
  } catch {
    return [];
  }
}

/** Why a release must not take the place of what is at its path, as the end of a sentence; undefined when it may. */
export function whyNotReplaced(text: ReleaseText): string | undefined {
  if (typeof text === 'object') return text.fault;
  if (text === undefined || text.trim() === '') return undefined;
  const { endpoint, model } = readRelease(text) ?? {};
  return endpoint?.['id'] === undefined || model?.['id'] === undefined ? noRelease : undefined;
}

const noRelease = 'it is no release, which names an endpoint and a model by their ids';

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
  text: ReleaseText,
  endpoint: ReleasedEndpoint,
): { readonly model: string } | { readonly fault: string } {
  // The file has the display name, whatever the pipeline calls the endpoint.
  if (isIdForm(endpoint.name)) return { fault: 'the file is found by the display name of the endpoint, not by its id' };
  if (text === undefined)
    return { fault: 'there is no such file; the first swap of the endpoint with `release` writes it' };
  if (typeof text === 'object') return text;
  const { endpoint: of = {}, model = {} } = readRelease(text) ?? {};
  const { id, name = 'without a name', locale = 'no locale', resource } = of;
  const { id: served } = model;
  if (id === undefined || served === undefined || !isModel.test(served)) return { fault: noRelease };
  const said = `it is of endpoint ${quoteName(name)} for ${quoteName(locale)}`;
  if (name !== endpoint.name && id !== endpoint.id) return { fault: said };
  if (isOther(of['locale'], endpoint.locale)) return { fault: `${said}, and not for ${endpoint.locale}` };
  if (isOther(resource, endpoint.resource)) return { fault: `${said} of the resource ${quoteName(resource ?? '')}` };
  return { model: served };
}

/** Whether a pipeline that names an endpoint so means one by its id, for which no release file is found. */
export function isIdForm(name: string): boolean {
  return idForm.test(name);
}

const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An id of a model, and none of the words that stand for a model in a pipeline. */
const isModel = /^(?!(?:base|release)$)(?:base\/)?[\w-]+$/;

/** Whether both are known and differ. */
function isOther(said: string | undefined, own: string | undefined): boolean {
  return said !== undefined && own !== undefined && said.toLowerCase() !== own.toLowerCase();
}
