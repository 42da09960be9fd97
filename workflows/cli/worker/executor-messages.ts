import type { StepActivity } from '../../fleet/activity.ts';
import type { Count } from '../../telemetry/telemetry.ts';
import type { LogLine } from './worker-log.ts';

/** How an executor executes runs of the fleet. */
export interface ExecutorSettings {
  readonly executor: string;
  readonly isForSuspects: boolean;
  /** Whether its metrics are read from time to time. */
  readonly isRead: boolean;
  readonly concurrency: number;
  /** The environment variables that pipelines may read, as the operator of the worker has listed them. */
  readonly variables: readonly string[];
  /** Absolute path of the file that lists some of them, if one does: no pipeline may lie in its repository. */
  readonly settingsFile?: string;
  readonly requestsPer10s?: number;
  readonly callbacks?: { readonly url: string; readonly secret: string };
}

/** A message of the supervisor to one of its executors. */
export type ToExecutor =
  | { readonly kind: 'begin'; readonly settings: ExecutorSettings }
  | { readonly kind: 'leave'; readonly withinSeconds: number }
  /** `memoryBeside`: bytes that the other processes of the worker use. */
  | { readonly kind: 'read-metrics'; readonly number: number; readonly memoryBeside: number }
  | { readonly kind: 'count'; readonly count: Count };

/** The last message of an executor: it cannot begin, or it has ended in good order. */
export type LastMessage =
  | { readonly kind: 'refused'; readonly message: string; readonly isUsage: boolean }
  | { readonly kind: 'left' };

/** A message of an executor to its supervisor. */
export type FromExecutor =
  | LastMessage
  /** Sent every second while the event loop of the executor runs. */
  | { readonly kind: 'alive'; readonly status: ExecutorStatus | undefined }
  /** The executor takes runs. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly line: LogLine }
  | { readonly kind: 'run'; readonly runId: string; readonly isInside: boolean }
  | { readonly kind: 'step'; readonly step: string; readonly activity: StepActivity }
  | { readonly kind: 'metrics'; readonly number: number; readonly text: string | undefined }
  | { readonly kind: 'count'; readonly count: Count };

/** The connection of an executor to its supervisor. */
export interface ExecutorChannel {
  tell(message: FromExecutor): void;
  /** Calls `heard` with every message that has come so far, and with every later one. */
  listen(heard: (message: ToExecutor) => void): void;
}

export interface ExecutorStatus {
  readonly runs: number;
  readonly steps: number;
  readonly isReady: boolean;
}
