import type { StepActivity } from '../../fleet/activity.ts';
import type { Count } from '../../telemetry/telemetry.ts';
import type { LogLine } from './worker-log.ts';

/** How a process executes runs of the fleet. */
export interface ExecutorSettings {
  readonly executor: string;
  readonly isForSuspects: boolean;
  /** Whether its metrics are read from time to time. */
  readonly isRead: boolean;
  readonly concurrency: number;
  /** The environment variables that pipelines may read, as the operator of the worker has listed them. */
  readonly variables: readonly string[];
  /** The absolute path of the file that lists some of them, if one does: no pipeline may lie in its repository. */
  readonly settingsFile?: string;
  readonly requestsPer10s?: number;
  readonly callbacks?: { readonly url: string; readonly secret: string };
}

/** What the process that looks after executors tells one of them. */
export type ToExecutor =
  | { readonly kind: 'begin'; readonly settings: ExecutorSettings }
  | { readonly kind: 'leave'; readonly withinSeconds: number }
  /** `memoryBeside`: bytes that the other processes of the worker use. */
  | { readonly kind: 'read-metrics'; readonly number: number; readonly memoryBeside: number }
  | { readonly kind: 'count'; readonly count: Count };

/** The last thing that an executor tells: that it cannot begin, or that what it has begun is left in good order. */
export type LastMessage =
  | { readonly kind: 'refused'; readonly message: string; readonly isUsage: boolean }
  | { readonly kind: 'left' };

/** What an executor tells it. */
export type FromExecutor =
  | LastMessage
  /** Again and again, as long as its event loop goes round. */
  | { readonly kind: 'alive'; readonly status: ExecutorStatus | undefined }
  /** It takes runs. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly line: LogLine }
  | { readonly kind: 'run'; readonly runId: string; readonly isInside: boolean }
  | { readonly kind: 'step'; readonly step: string; readonly activity: StepActivity }
  | { readonly kind: 'metrics'; readonly number: number; readonly text: string | undefined }
  | { readonly kind: 'count'; readonly count: Count };

/** The way from an executor to the process that looks after it, and back. */
export interface ExecutorChannel {
  tell(message: FromExecutor): void;
  /** Hears everything that was told so far, and what is told from now on. */
  listen(heard: (message: ToExecutor) => void): void;
}

export interface ExecutorStatus {
  readonly runs: number;
  readonly steps: number;
  readonly isReady: boolean;
}
