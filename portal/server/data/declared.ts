import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { isUrl, withoutSignature } from '../../../workflows/document/signed-url.ts';
import { shownSource } from '../../../workflows/document/url-secrets.ts';
import { digestProperty, entityId, findExisting } from '../../../workflows/plan/identity.ts';
import { knownInputs } from '../../../workflows/plan/plan-pipeline.ts';
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
  const same = declared.filter((one) => digest !== undefined && one.digest === digest);
  return await Promise.all(
    same.map(async (one) => ({
      declared: one,
      ...(isUrl(one.source) ? { changed: false } : await versionOf(one.source, repository)),
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
    if (isUrl(from)) {
      found.push({ ...own, source: shownSource(from), digest: datasetDigest(wanted, withoutSignature(from)) });
      continue;
    }
    const place = path.resolve(folder, from);
    found.push({
      ...own,
      source: path.relative(repository.root, place).split(path.sep).join('/'),
      ...(await described(place, { wanted, repository })),
    });
  }
  return found;
}

async function described(
  place: string,
  { wanted, repository }: { readonly wanted: UploadWith; readonly repository: RepositorySource },
): Promise<Pick<DeclaredData, 'digest' | 'files' | 'bytes' | 'seconds' | 'problem'>> {
  try {
    const { digest, files, bytes, seconds } = await repository.data.describe(place, wanted.kind);
    return { digest: datasetDigest(wanted, digest), files, bytes, ...(seconds !== undefined && { seconds }) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The dataset that a run would find for these data. */
function holderOf({ digest }: DeclaredData, datasets: readonly Dataset[]): Pick<DeclaredData, 'dataset'> {
  const existing = digest === undefined ? undefined : findExisting(datasets, digest);
  return existing === undefined ? {} : { dataset: entityId(existing.entity.self) };
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

/** The last commit of a path, and whether the working tree has another version of it. */
async function versionOf(
  place: string,
  { git }: RepositorySource,
): Promise<Pick<DatasetOrigins['origins'][number], 'commit' | 'changed'>> {
  const told = async (args: readonly string[]): Promise<string> =>
    await git(['--literal-pathspecs', ...args, '--', place]).catch(() => '');
  const [log, status] = await Promise.all([
    told(['log', '-1', '--format=%H%x00%cI%x00%an%x00%s']),
    told(['status', '--porcelain', '--untracked-files=all']),
  ]);
  const [hash = '', at = '', author = '', subject = ''] = log.trim().split('\0');
  return { ...(hash !== '' && { commit: { hash, at, author, subject } }), changed: status.trim() !== '' };
}
