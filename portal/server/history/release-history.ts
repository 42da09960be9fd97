import { realpathSync } from 'node:fs';
import path from 'node:path';
import { releaseSchema } from '../../../schemas/documents.ts';
import type { JsonSchema } from '../../../schemas/index.ts';
import type { ReleaseDocument } from '../../../schemas/types.gen.ts';
import { releaseTextOf } from '../../../workflows/data/release-files.ts';
import { createFindings } from '../../../workflows/document/diagnostics/diagnostics.ts';
import { readBySchema } from '../../../workflows/document/schema/read-by-schema.ts';
import type { RepositorySource } from '../sources.ts';

/** A release file of the repository, as it is in the working tree. */
export interface ReleaseFile {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
  readonly document: ReleaseDocument;
}

/** A release with the commit that has brought it into its file. */
export interface CommittedRelease {
  readonly document: ReleaseDocument;
  /** Absent while it is not committed. */
  readonly commit?: { readonly id: string; readonly author: string; readonly subject: string };
}

/** The release files that are of endpoints with these ids, by the endpoints' ids; none without Git. */
export async function releaseFilesOf(
  ids: readonly string[],
  repository: RepositorySource,
): Promise<ReadonlyMap<string, ReleaseFile>> {
  const files = new Set((await placesOf(ids, repository, ['*.yaml'])).map(({ file }) => file));
  const root = realRoot(repository);
  const found = [...files].flatMap((file) => {
    const text = releaseTextOf(path.join(root, file), { roots: [root] });
    const document = typeof text === 'string' ? releaseIn(text) : undefined;
    return document === undefined || typeof text !== 'string' ? [] : [{ file, text, document }];
  });
  return new Map(found.toReversed().map((one) => [one.document.endpoint.id.toLowerCase(), one]));
}

/** What a release file has said, the newest first: once for each run, as of the commit that has brought it. */
export async function historyOf(
  { file, text, document }: ReleaseFile,
  { git }: RepositorySource,
): Promise<readonly CommittedRelease[]> {
  // Names and subjects are anybody's, and no NUL is in them.
  const format = '--format=%H%x00%an%x00%s';
  const printed = await git(['--literal-pathspecs', 'log', '-z', `-n${mostCommits}`, format, '--', file]).catch(
    () => '',
  );
  const fields = printed.split('\0');
  const commits = fields.flatMap((id, index) => {
    const [author = '', subject = ''] = fields.slice(index + 1);
    return index % 3 === 0 && /^[0-9a-f]{40,64}$/.test(id) ? [{ id, author, subject }] : [];
  });
  const releases: CommittedRelease[] = [];
  for (const commit of commits) {
    const before = await git(['show', '--end-of-options', `${commit.id}:${file}`]).catch(() => '');
    const released = releaseIn(before);
    if (released !== undefined) releases.push({ document: released, commit });
  }
  const isCommitted = releases[0] !== undefined && releases[0].document.run.id === document.run.id;
  const all = isCommitted || text === '' ? releases : [{ document }, ...releases];
  // Of several commits with the same release the first has brought it.
  return [...new Map(all.map((one) => [one.document.run.id, one])).values()];
}

/** More is no history that people read. */
const mostCommits = 50;

/** Where one of these texts stands in a file that Git knows, or would add; none without Git. */
export async function placesOf(
  texts: readonly string[],
  { git }: RepositorySource,
  patterns: readonly string[] = [],
): Promise<readonly { readonly file: string; readonly line: number; readonly found: string }[]> {
  if (texts.length === 0) return [];
  const printed = await git([
    'grep',
    '--line-number',
    '-I',
    '--fixed-strings',
    '--ignore-case',
    '--only-matching',
    '--null',
    '--untracked',
    ...texts.flatMap((text) => ['-e', text]),
    '--',
    ...patterns,
  ]).catch(() => '');
  return printed.split('\n').flatMap((row) => {
    const [file = '', line = '', found = ''] = row.split('\0');
    return found === '' ? [] : [{ file, line: Number(line), found: found.toLowerCase() }];
  });
}

function releaseIn(text: string): ReleaseDocument | undefined {
  const findings = createFindings('', text);
  return readBySchema<ReleaseDocument>(text, {
    schema: releaseSchema as JsonSchema,
    what: 'the release',
    findings,
  })?.document;
}

function realRoot({ root }: RepositorySource): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}
