/** The places where pull requests are reviewed, by the names that `--host` takes. */
export type HostKind = 'github' | 'gitlab' | 'azure-devops' | 'bitbucket' | 'gitea';

/**
 * Where a repository is reviewed: its pull requests, the comments below them, and its issues. Every call throws a {@link HostError}
 * when the host refuses or does not answer. Nothing is ever created twice: a creation is repeated only where the host did not act.
 */
export interface ReviewHost {
  readonly kind: HostKind;
  /** For people: "GitHub". */
  readonly name: string;
  readonly markup: HostMarkup;
  /** All comments below a pull request, oldest first, without those that were deleted and those on lines of files. */
  comments(pullRequest: number): Promise<readonly HostComment[]>;
  createComment(pullRequest: number, body: string): Promise<HostComment>;
  /** Gives a comment another text. False when it is not there any more. */
  updateComment(pullRequest: number, comment: { readonly id: string; readonly body: string }): Promise<boolean>;
  /** The open pull requests that changed last, at most as many as asked for, and whether there are more. */
  openPullRequests(options: {
    readonly most: number;
  }): Promise<{ readonly pullRequests: readonly PullRequest[]; readonly hasMore: boolean }>;
  /** Opens a pull request of a branch that is there. */
  createPullRequest(request: NewPullRequest): Promise<PullRequest>;
  readonly issues: HostIssues;
}

/** What a comment may have in it on a host. */
export interface HostMarkup {
  /** Most characters of a comment or an issue; more are refused. */
  readonly longestText: number;
  /** Whether it takes `<details>` and HTML comments; else tags are shown as they are written. */
  readonly html: boolean;
  /** Whether it draws a code block `mermaid`. */
  readonly mermaid: boolean;
  /** What stands before the number of a pull request, as in "#12"; GitLab writes "!12". */
  readonly numberSign: '#' | '!';
}

export interface HostComment {
  /** The host's own, opaque. */
  readonly id: string;
  readonly body: string;
  /** Who wrote it: the token's own user, or an app where the host does not say who the token is of; else somebody else. */
  readonly isOwn: boolean;
  /** For people; absent where the host has none. */
  readonly url?: string | undefined;
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  /** The branch that would be merged. */
  readonly headBranch: string;
  /** Whether that branch is of another repository, as far as the host tells. */
  readonly isOfFork?: boolean;
}

/** A pull request to be opened. */
export interface NewPullRequest {
  readonly title: string;
  readonly body: string;
  /** The branch that would be merged. */
  readonly headBranch: string;
  /** The branch that it would be merged into. */
  readonly baseBranch: string;
}

/** The issues of a repository, on Azure DevOps the tasks of its project. */
export interface HostIssues {
  /**
   * The issue that was created with this marker, the open one where there are several, else that which changed last; undefined when
   * there is none. Only issues of the token's own user count, as far as the host tells.
   */
  find(marker: string): Promise<HostIssue | undefined>;
  /** The marker, letters, digits and `-`, is hidden in the issue, so that it is found again. */
  create(issue: { readonly marker: string; readonly title: string; readonly body: string }): Promise<HostIssue>;
  /** Gives it another title and text; the marker stays. */
  update(
    issue: HostIssue,
    change: { readonly marker: string; readonly title: string; readonly body: string },
  ): Promise<void>;
  comment(issue: HostIssue, body: string): Promise<void>;
  close(issue: HostIssue): Promise<void>;
  reopen(issue: HostIssue): Promise<void>;
}

export interface HostIssue {
  /** The host's own, opaque. */
  readonly id: string;
  readonly title: string;
  /** As it was given, without the marker. */
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly url: string;
}

/** What went wrong between this program and a host; the message says what to do, and has nothing secret in it. */
export class HostError extends Error {
  override readonly name = 'HostError';
  /** Absent when no answer came. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly status?: number | undefined; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.status = options.status;
  }
}
