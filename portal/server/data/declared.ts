import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { folderOfPattern } from '../../../workflows/document/path-patterns.ts';
import { isUrl, withoutSignature } from '../../../workflows/document/signed-url.ts';
import { shownSource } from '../../../workflows/document/url-secrets.ts';
import { type DataPlaces, listOfPlaces, renamePlaces, urlOf } from '../../../workflows/plan/data/data-places.ts';
import { digestProperty, entityId, findExisting } from '../../../workflows/plan/identity.ts';
import { knownInputs } from '../../../workflows/plan/known-input.ts';
import type { Dataset } from '../../../workflows/plan/speech-entities.ts';
import { datasetDigest } from '../../../workflows/steps/upload/uploaded-dataset.ts';
import type { DatasetOrigins, DeclaredData, DeclaredList } from '../../api/data.ts';
import type { RepositoryPipeline, RepositorySource, ResourceSource } from '../sources.ts';

/** What the pipelines of the repository declare for a Speech resource, each with the dataset that has it. */
export async function declaredData(
  repository: RepositorySource,
  { source, datasets }: { readonly source: ResourceSource; readonly datasets: readonly Dataset[] },
): Promise<Omit<DeclaredList, 'isCompared'>> {
  const data: DeclaredData[] = [];
  const faulty: DeclaredList['faulty'] = [];
  for (const pipeline of await repository.pipelines()) {
    if (pipeline.pipeline === undefined) faulty.push({ file: pipeline.file, errors: pipeline.diagnostics.errors });
    else data.push(...(await declaredIn(pipeline, { repository, source })));
  }
  return { data: data.map((declared) => ({ ...declared, ...holderOf(declared, datasets) })), faulty };
}

/** The declared data that have the content of a dataset, each with the commit that it came with. */
export async function originsOf(
  dataset: Dataset,
  { repository, declared }: { readonly repository: RepositorySource; readonly declared: readonly DeclaredData[] },
): Promise<DatasetOrigins['origins']> {
  const digest = dataset.customProperties?.[digestProperty];
  const same = declared.filter(
    (one) => digest !== undefined && (one.digest === digest || one.parts?.includes(digest) === true),
  );
  return await Promise.all(
    same.map(async (one) => ({
      declared: one,
      ...(isUrl(one.source) ? { changed: false } : await versionOf(one.sources ?? [one.source], repository)),
    })),
  );
}

async function declaredIn(
  { pipeline, file, folder, lines }: RepositoryPipeline,
  { repository, source }: { readonly repository: RepositorySource; readonly source: ResourceSource },
): Promise<readonly DeclaredData[]> {
  if (pipeline === undefined) return [];
  const found: DeclaredData[] = [];
  for (const { step, input } of knownInputs({ pipeline, env: {} })) {
    const wanted = input.with as UploadWith | undefined;
    if (step.uses !== 'upload' || wanted === undefined) continue;
    if (!isOf(source, step.resource ?? pipeline.resource)) continue;
    const { from, kind, name, locale } = wanted;
    const line = lines.get(step.id);
    const own = {
      pipeline: pipeline.name,
      file,
      ...(line !== undefined && { line }),
      step: step.id,
      kind,
      name,
      locale,
      ...(pipeline.project !== undefined && { project: pipeline.project }),
    };
    const url = urlOf(from);
    if (url !== undefined) {
      found.push({ ...own, source: shownSource(url), digest: datasetDigest(wanted, withoutSignature(url)) });
      continue;
    }
    const places = renamePlaces(from, (place) => path.resolve(folder, place));
    const sources = listOfPlaces(places).map((place) =>
      path.relative(repository.root, place).split(path.sep).join('/'),
    );
    found.push({
      ...own,
      source: sources.join(', '),
      ...(sources.length > 1 && { sources }),
      ...(await described(places, { wanted, repository })),
    });
  }
  return found;
}

async function described(
  places: DataPlaces,
  { wanted, repository }: { readonly wanted: UploadWith; readonly repository: RepositorySource },
): Promise<Pick<DeclaredData, 'digest' | 'parts' | 'files' | 'bytes' | 'seconds' | 'problem'>> {
  try {
    const { digest, files, bytes, seconds, parts = [] } = await repository.data.describe(places, wanted.kind);
    return {
      digest: datasetDigest(wanted, digest),
      ...(parts.length > 0 && { parts: parts.map((part) => datasetDigest(wanted, part.digest)) }),
      files,
      bytes,
      ...(seconds !== undefined && { seconds }),
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The dataset that a run would find for these data; of a set with parts the first one, where all of them are there. */
function holderOf(
  { digest, parts = digest === undefined ? [] : [digest] }: DeclaredData,
  datasets: readonly Dataset[],
): Pick<DeclaredData, 'dataset'> {
  const existing = parts.flatMap((part) => findExisting(datasets, part) ?? []);
  const [first] = existing;
  return first === undefined || existing.length < parts.length ? {} : { dataset: entityId(first.entity.self) };
}

/**
 * Whether a resource that a pipeline names is the one of the page: the embedded emulator stands for every one, and a pipeline that names none
 * works on the one that is given. An Azure resource id ends with the name that the address begins with.
 */
function isOf({ endpoint }: ResourceSource, named: string | undefined): boolean {
  if (named === undefined || !URL.canParse(endpoint)) return true;
  const { host } = new URL(endpoint);
  if (URL.canParse(named)) return new URL(named).host === host;
  return named.toLowerCase().endsWith(`/${host.split('.')[0]}`);
}

/** The last commit of paths, and whether the working tree has another version of one. */
async function versionOf(
  places: readonly string[],
  { git }: RepositorySource,
): Promise<Pick<DatasetOrigins['origins'][number], 'commit' | 'changed'>> {
  const told = async (args: readonly string[]): Promise<string> =>
    await git([...args, '--', ...places.map(pathspecOf)]).catch(() => '');
  const [log, status] = await Promise.all([
    told(['log', '-1', '--format=%H%x00%cI%x00%an%x00%s']),
    told(['status', '--porcelain', '--untracked-files=all']),
  ]);
  const [hash = '', at = '', author = '', subject = ''] = log.trim().split('\0');
  return { ...(hash !== '' && { commit: { hash, at, author, subject } }), changed: status.trim() !== '' };
}

/** Of a pattern all that lies in the folder in which it is looked for. */
function pathspecOf(place: string): string {
  return `:(literal)${folderOfPattern(place)}`;
}
