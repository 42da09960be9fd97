import { createHmac, timingSafeEqual } from 'node:crypto';
import { isUuid } from './addresses.ts';
import { dateTime } from '../state/date-time.ts';
import type { EntityFile } from '../state/entities.ts';
import { serviceError } from './service-error.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

/** Where files are read, below the resource's origin; in Azure it is a container of a storage account. */
export const artifactsPath = '/customspeech-artifacts';

const defaultLifetimeMinutes = 12 * 60;
const longestLifetimeMinutes = 7 * 24 * 60;

/**
 * An address at which a file can be read without a key until its lifetime is over: expiry and signature are in its query,
 * as in a shared access signature. Default 12 hours (Speech-to-text REST API 2025-10-15 definition). Without both where the account has
 * storage of its own.
 */
export function signedAddress(
  resource: SpeechResource,
  file: { readonly origin: string; readonly owner: string; readonly id: string; readonly lifetimeMinutes: number },
): string {
  const path = `${artifactsPath}/${file.owner}/${file.id}`;
  if (resource.account.byos) return `${file.origin}${path}`;
  const expiry = dateTime(resource.clock.now() + file.lifetimeMinutes * 60_000);
  const query = new URLSearchParams({ sp: 'r', se: expiry, sig: signature(resource, path, expiry) });
  return `${file.origin}${path}?${query.toString()}`;
}

/**
 * The lifetime in minutes that a query asks for; throws `InvalidSasValidityDuration`, also where files have no signatures (definition:
 * `sasLifetimeMinutes`).
 */
export function lifetimeIn({ account }: SpeechResource, text: string | undefined): number {
  if (text === undefined) return defaultLifetimeMinutes;
  const minutes = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (!account.byos && minutes >= 1 && minutes <= longestLifetimeMinutes) return minutes;
  const why = account.byos
    ? 'The resource has storage of its own, whose files have no signatures.'
    : `It must be between 1 and ${longestLifetimeMinutes}.`;
  throw serviceError('InvalidRequest', {
    message: `The value of sasLifetimeMinutes is not valid. ${why}`,
    inner: 'InvalidSasValidityDuration',
    target: 'sasLifetimeMinutes',
  });
}

/** The file behind a signed address with its owner; undefined when the address is not signed, has expired or names nothing. */
export function fileBehind(
  resource: SpeechResource,
  address: { readonly owner: string; readonly id: string; readonly query: Readonly<Record<string, string>> },
): EntityFile | undefined {
  const { owner, id, query } = address;
  const { se = '', sig = '' } = query;
  if (!isUuid(owner) || !isUuid(id)) return undefined;
  const expected = Buffer.from(signature(resource, `${artifactsPath}/${owner}/${id}`, se));
  const given = Buffer.from(sig);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return Date.parse(se) > resource.clock.now() ? fileOf(resource, { owner, id }) : undefined;
}

/** A file with its owner, for a reader who has shown that it may be read. */
export function fileOf(
  resource: SpeechResource,
  { owner, id }: { readonly owner: string; readonly id: string },
): EntityFile | undefined {
  const { store } = resource;
  const entity =
    store.get('datasets', owner) ??
    store.get('models', owner) ??
    store.get('evaluations', owner) ??
    store.get('transcriptions', owner);
  const manifest = resource.manifestFiles.get(id);
  return entity?.files.find((file) => file.id === id) ?? (manifest?.owner === owner ? manifest.file : undefined);
}

function signature(resource: SpeechResource, path: string, expiry: string): string {
  return createHmac('sha256', resource.signingSecret).update(`${path}\n${expiry}`).digest('base64');
}
