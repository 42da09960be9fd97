import { type Facts, type LocalDataFacts } from '../plan/facts.ts';
import { renamePlaces } from '../plan/data/data-places.ts';
import { localDataKey, type LocalDataRequest } from '../plan/data/local-data.ts';
import type { UrlContent } from '../plan/data/url-content.ts';
import type { KnownModels } from '../plan/models.ts';
import type { DataPort, Ports, ReleasePort } from './ports.ts';

/** The models and endpoints that the Speech resource has now. */
export async function observeModels(
  ports: Ports,
  options: { readonly locale: string; readonly signal?: AbortSignal },
): Promise<KnownModels> {
  const { locale, signal } = options;
  return { locale, ...(await listModels(ports, { locales: [locale], ...(signal === undefined ? {} : { signal }) })) };
}

/** The custom models and endpoints of every locale, and the base models of the locales that have one of them. */
export async function observeLives(
  ports: Ports,
  { signal }: { readonly signal: AbortSignal },
): Promise<Omit<KnownModels, 'locale'>> {
  const { speech } = ports;
  const [models, endpoints] = await Promise.all([speech.models.list({ signal }), speech.endpoints.list({ signal })]);
  const locales = [...new Set([...models, ...endpoints].map(({ locale }) => locale))];
  const filter = ofLocales(locales);
  const baseModels = locales.length === 0 ? [] : await speech.baseModels.list({ filter, signal });
  return { observedAt: timeAt(ports), baseModels, models, endpoints };
}

async function listModels(
  ports: Ports,
  options: { readonly locales: readonly string[]; readonly signal?: AbortSignal },
): Promise<Omit<KnownModels, 'locale'>> {
  const { locales, signal } = options;
  const list = signal === undefined ? {} : { signal };
  const [baseModels, models, endpoints] = await Promise.all([
    locales.length === 0 ? [] : ports.speech.baseModels.list({ ...list, filter: ofLocales(locales) }),
    ports.speech.models.list(list),
    ports.speech.endpoints.list(list),
  ]);
  return { observedAt: timeAt(ports), baseModels, models, endpoints };
}

/** The service's filter for the objects of these locales, of which there is at least one. */
export function ofLocales(locales: readonly string[]): string {
  return locales.map((locale) => `locale eq '${locale}'`).join(' or ');
}

/** ISO date-time by the clock of the service, which decides what has expired; by the clock of the run where the service tells none. */
export function timeAt({ speech, clock }: Pick<Ports, 'speech' | 'clock'>): string {
  return (speech.serviceTime?.() ?? clock.now()).toISOString();
}

/**
 * The facts that a plan is made from: the objects of each Speech resource, read side by side, and the digests of the local data
 * and what is told of the URLs that the pipeline names.
 */
export async function observeFacts(
  world: {
    readonly resources: readonly Ports[];
    readonly data: DataPort;
    /** Absent where no release file can be read. */
    readonly releases?: ReleasePort | undefined;
  },
  options: {
    /** Of all steps of the pipeline; of no locale no base models are listed. */
    readonly locales: readonly string[];
    readonly localData: readonly LocalDataRequest[];
    /** Of data that the service fetches. */
    readonly urls: readonly string[];
    /** Paths of release files. @default none */
    readonly releases?: readonly string[];
    /** Makes a path of the pipeline absolute. */
    readonly resolvePath: (path: string) => string;
    readonly signal?: AbortSignal;
  },
): Promise<ReadonlyMap<Ports, Facts>> {
  const { locales, localData, urls, releases: files = [], resolvePath } = options;
  // When one reading fails, the others are ended.
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const [described, contents, releases, objects] = await Promise.all([
    Promise.all(
      localData.map(async (request): Promise<readonly [string, LocalDataFacts]> => [
        localDataKey(request),
        await world.data.describe(renamePlaces(request.from, resolvePath), request.kind),
      ]),
    ),
    askUrls(urls, { data: world.data, signal }),
    Promise.all(files.map(async (file) => await readReleases(file, { releases: world.releases, resolvePath }))),
    Promise.all(world.resources.map(async (ports) => [ports, await listObjects(ports, { locales, signal })] as const)),
  ]).catch((error: unknown) => {
    failed.abort(error);
    throw error;
  });
  const digests = Object.fromEntries(described);
  const texts = Object.fromEntries(
    releases.flat().flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])),
  );
  const same = { localData: digests, urls: contents, releases: texts };
  return new Map(objects.map(([ports, seen]) => [ports, { ...seen, ...same }]));
}

/** The text of a release file, or those of a folder, which ends in `/`, beside the folder itself. */
async function readReleases(
  file: string,
  { releases, resolvePath }: { readonly releases: ReleasePort | undefined; resolvePath(path: string): string },
): Promise<readonly (readonly [string, string | undefined])[]> {
  if (!file.endsWith('/')) return [[file, await releases?.read(resolvePath(file))]];
  const texts = await releases?.readAll?.(resolvePath(file));
  if (texts === undefined) return [];
  return [
    [file, ''],
    ...Object.entries(texts).map(([name, text]): readonly [string, string] => [`${file}${name}`, text]),
  ];
}

/** A few side by side: they may all be of one server. */
async function askUrls(
  urls: readonly string[],
  { data, signal }: { readonly data: DataPort; readonly signal: AbortSignal },
): Promise<Facts['urls']> {
  const contents: Record<string, UrlContent> = {};
  const rest = [...urls];
  const ask = async (): Promise<void> => {
    for (let url = rest.shift(); url !== undefined; url = rest.shift())
      contents[url] = await data.atUrl(url, { signal });
  };
  await Promise.all(Array.from({ length: 8 }, ask));
  return contents;
}

async function listObjects(
  ports: Ports,
  { locales, signal }: { readonly locales: readonly string[]; readonly signal: AbortSignal },
): Promise<Omit<Facts, 'localData' | 'urls' | 'releases'>> {
  const [known, projects, datasets, evaluations] = await Promise.all([
    listModels(ports, { locales, signal }),
    ports.speech.projects.list({ signal }),
    ports.speech.datasets.list({ signal }),
    ports.speech.evaluations.list({ signal }),
  ]);
  return { ...known, projects, datasets, evaluations };
}
