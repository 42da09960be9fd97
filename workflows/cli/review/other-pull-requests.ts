import type { PullRequest, ReviewHost } from '../../hosts/review-host.ts';
import type { CommentState, EndpointPlace } from '../../report/review/comment-state.ts';
import { type OtherRequest, sharedEndpoints, withOther } from '../../report/review/other-requests.ts';
import { type OwnComment, ownComments } from './post-comment.ts';

/** Open pull requests with a comment of this program, in which endpoints are named that this one changes, or did. */
export interface OtherPullRequests {
  readonly sharing: readonly OtherRequest[];
  /** Absent when all open pull requests were looked at. */
  readonly note?: string | undefined;
  /** All comments of this program there that say which endpoints they are about. */
  readonly comments: readonly OtherComment[];
  /** This pull request as the host lists it. */
  readonly own?: PullRequest | undefined;
}

interface OtherComment {
  readonly request: PullRequest;
  readonly comment: OwnComment['comment'];
  readonly state: CommentState;
}

/** So many are looked at, those first that changed last: each takes a request. */
const mostLookedAt = 50;
const atOnce = 5;

/** Looks at the open pull requests that changed last. */
export async function otherPullRequests(
  host: ReviewHost,
  { pullRequest, endpoints }: { readonly pullRequest: number; readonly endpoints: readonly EndpointPlace[] },
): Promise<OtherPullRequests> {
  const { pullRequests, hasMore } = await host.openPullRequests({ most: mostLookedAt });
  const others = pullRequests.filter(({ number }) => number !== pullRequest);
  const comments: OtherComment[] = [];
  for (let at = 0; at < others.length; at += atOnce) {
    const found = others.slice(at, at + atOnce).map(async (request) => {
      const own = await ownComments(host, request.number);
      return own.flatMap(({ comment, state }) => (state === undefined ? [] : [{ comment, state, request }]));
    });
    comments.push(...(await Promise.all(found)).flat());
  }
  const sharing = others.flatMap(({ number, title, url }) => {
    const names = comments
      .filter(({ request }) => request.number === number)
      .flatMap(({ state }) => sharedEndpoints(endpoints, state));
    return names.length === 0 ? [] : [{ number, title, url, endpoints: [...new Set(names)] }];
  });
  return {
    sharing,
    comments,
    own: pullRequests.find(({ number }) => number === pullRequest),
    ...(hasMore
      ? { note: `Only the ${mostLookedAt} open pull requests that changed last were looked at for the same endpoints.` }
      : {}),
  };
}

/**
 * Tells the other pull requests of this one, and takes back what they were told where it does not change their endpoint any more. Answers the
 * numbers of those that were told something else than before. `own` is this pull request, `endpoints` those of all its comments.
 */
export async function tellOthers(
  host: ReviewHost,
  of: {
    readonly others: OtherPullRequests;
    readonly own: PullRequest;
    readonly endpoints: readonly EndpointPlace[];
    readonly most: number;
  },
): Promise<readonly number[]> {
  const { others, own, endpoints, most } = of;
  const told: number[] = [];
  for (const { request, comment, state } of others.comments) {
    const shared = sharedEndpoints(endpoints, state);
    const body = withOther(comment.body, { ...own, endpoints: shared }, { numberSign: host.markup.numberSign, most });
    if (body === undefined) continue;
    if (await host.updateComment(request.number, { id: comment.id, body })) told.push(request.number);
  }
  return told;
}
