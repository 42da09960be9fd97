import type { HostKind } from './review-host.ts';

/** Where the pull request of a job is reviewed, and with what it may be commented. */
export interface HostPlace {
  readonly kind: HostKind;
  /** Base URL of the API, without a slash at its end. */
  readonly apiUrl: string;
  /** `owner/name`, of GitLab also the project's number, of Azure DevOps `project/repository`. */
  readonly repository: string;
  readonly token: string;
  /** Absent where the job is not of a pull request and none is named. */
  readonly pullRequest?: number | undefined;
  /** The commit that the job looks at. */
  readonly commit?: string | undefined;
  /** Where people see the job. */
  readonly jobUrl?: string | undefined;
}
