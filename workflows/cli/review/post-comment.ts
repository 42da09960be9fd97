import type { HostComment, ReviewHost } from '../../hosts/review-host.ts';
import { type CommentState, findState, isMarked } from '../../report/review/comment-state.ts';
import { isTitled } from '../../report/review/review-comment.ts';

/** What became of the comment of an environment. */
export type Posted = {
  readonly action: 'created' | 'updated' | 'unchanged' | 'silent';
  /** Absent where there is no comment, or the host has no address for it. */
  readonly url?: string | undefined;
};

/** The comments of this program on a pull request, oldest first, with what they remember. */
export async function ownComments(host: ReviewHost, pullRequest: number): Promise<readonly OwnComment[]> {
  const comments = await host.comments(pullRequest);
  return comments
    .filter(({ isOwn, body }) => isOwn && isMarked(body))
    .map((comment) => ({ comment, state: findState(comment.body) }));
}

export interface OwnComment {
  readonly comment: HostComment;
  /** Undefined where somebody has made something else of it. */
  readonly state: CommentState | undefined;
}

/** Those of an environment: of those that remember nothing by their title, and one without a title where there is no other. */
export function commentsOf(environment: string, all: readonly OwnComment[]): readonly OwnComment[] {
  const found = all.filter((one) => isOf(environment, one));
  return found.length > 0 ? found : all.filter((one) => isOf(environment, one) === undefined).slice(0, 1);
}

function isOf(environment: string, { comment, state }: OwnComment): boolean | undefined {
  return state === undefined ? isTitled(comment.body, environment) : state.environment === environment;
}

/**
 * Leaves one comment that says this: the oldest gets the text, where there is none that can be changed a new one is made. Where two jobs
 * made one each at the same time, the younger says which one counts.
 */
export async function postComment(
  host: ReviewHost,
  of: {
    readonly pullRequest: number;
    readonly environment: string;
    readonly body: string;
    /** Of this environment, oldest first. */
    readonly found: readonly OwnComment[];
  },
): Promise<Posted> {
  const { pullRequest, environment, body, found } = of;
  for (const [index, { comment }] of found.entries()) {
    const others = found.slice(index + 1);
    if (isSame(comment.body, body)) {
      await giveWay(host, { pullRequest, kept: comment, others });
      return { action: 'unchanged', url: comment.url };
    }
    // Somebody may have deleted it since, or it is not ours to change.
    if (!(await host.updateComment(pullRequest, { id: comment.id, body }))) continue;
    await giveWay(host, { pullRequest, kept: comment, others });
    return { action: 'updated', url: comment.url };
  }
  const known = new Set(found.map(({ comment }) => comment.id));
  const made = await host.createComment(pullRequest, body);
  const now = await ownComments(host, pullRequest);
  const [kept, ...others] = now.filter((one) => isOf(environment, one) && !known.has(one.comment.id));
  if (kept === undefined || kept.comment.id === made.id || others.length === 0)
    return { action: 'created', url: made.url };
  await host.updateComment(pullRequest, { id: kept.comment.id, body });
  await giveWay(host, { pullRequest, kept: kept.comment, others });
  return { action: 'updated', url: kept.comment.url };
}

async function giveWay(
  host: ReviewHost,
  of: { readonly pullRequest: number; readonly kept: HostComment; readonly others: readonly OwnComment[] },
): Promise<void> {
  const { pullRequest, kept, others } = of;
  const address = URL.parse(kept.url ?? '');
  const other = address === null ? 'an earlier comment' : `[an earlier comment](<${address.href}>)`;
  for (const { comment } of others)
    await host.updateComment(pullRequest, {
      id: comment.id,
      body: `Two jobs made this comment at once: ${other} is kept up to date.`,
    });
}

/** Hosts change line ends and what is blank at the end. */
function isSame(one: string, other: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();
  return plain(one) === plain(other);
}
