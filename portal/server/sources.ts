import type { Decision } from '../../workflows/durable/decision.ts';
import type { RunDetails, RunSummary } from '../../workflows/durable/journal.ts';
import type { DiagnosticCounts } from '../../workflows/document/diagnostics/diagnostics.ts';
import type { DataPort, Ports } from '../../workflows/engine/ports.ts';
import type { ReviewHost } from '../../workflows/hosts/review-host.ts';
import type { Pipeline } from '../../workflows/language/pipeline.ts';
import type { ListedSchedule } from '../../workflows/report/commands/schedules-text.ts';
import type { RunLog } from '../../workflows/store/run-log.ts';

/** What the portal reads and steers. The command line gives it; tests have their own. */
export interface PortalSources {
  /** The Speech resources that the repository works on; one at least. */
  readonly resources: readonly ResourceSource[];
  readonly repository: RepositorySource;
  readonly runs: RunsSource;
  /** Absent where no emulator can be the one Speech resource. */
  readonly clock?: ClockSource;
}

/** A Speech resource, opened anew each time: an embedded emulator may have to make room for a run meanwhile. */
export interface ResourceSource {
  /** Its name in addresses of the page: letters, digits and hyphens. */
  readonly id: string;
  readonly name: string;
  /** Its base URL, or `embedded-emulator`. */
  readonly endpoint: string;
  /**
   * Rejects when it cannot be opened, with what to do. An embedded emulator is lent for some seconds: then the signal is aborted, and `act` is called
   * again when others have had their turn. What it has to keep for that it keeps outside of itself.
   */
  borrow<T>(act: (ports: Ports, turn: AbortSignal) => Promise<T>): Promise<T>;
}

/** Thrown in place of opening a Speech resource that a run has for itself, and will give back. */
export class BusyResource extends Error {
  override readonly name = 'BusyResource';
}

/** The files of the repository, by paths from its root with `/`. */
export interface RepositorySource {
  /** The absolute folder of the Git repository, or the current folder without one. */
  readonly root: string;
  /** The absolute folder in which runs leave their files. */
  readonly runsFolder: string;
  /** What Git prints; rejects with its message where there is no Git or no repository. */
  git(args: readonly string[]): Promise<string>;
  /** Where pull requests of a Git remote are reviewed, with the token of the environment; a fault says what to set. */
  reviewHost(remote: string): Promise<{ readonly host: ReviewHost } | { readonly fault: string }>;
  /** The pipelines of the working tree, by file; those with faults too. */
  pipelines(): Promise<readonly RepositoryPipeline[]>;
  /** The data of the pipelines. What has been digested is digested again when it has changed. */
  readonly data: Pick<DataPort, 'describe' | 'content' | 'recordingValues'>;
}

/** A file of the repository as it is to be. */
export interface FileChange {
  /** From the root of the repository, with `/`. */
  readonly file: string;
  /** As it was seen; absent where there was none. */
  readonly before?: string | undefined;
  readonly after: string;
}

/** A file of the repository that is a pipeline. */
export interface RepositoryPipeline {
  /** From the root of the repository, with `/`. */
  readonly file: string;
  /** Absolute; the pipeline's paths are relative to it. */
  readonly folder: string;
  readonly text: string;
  /** Absent where the file has errors. */
  readonly pipeline?: Pipeline;
  readonly diagnostics: DiagnosticCounts;
  /** The line of each step's id, from 1, by the ids that the steps of the checked pipeline have. */
  readonly lines: ReadonlyMap<string, number>;
}

/** The runs, as `speechops runs` reads them. */
export interface RunsSource {
  borrow<T>(act: (runs: RunsAccess) => Promise<T>): Promise<T>;
  /** A text that is another one whenever something of the runs has changed; cheap to ask for. */
  version(): Promise<string>;
  /**
   * Starts `speechops resume` or `fork` as a process of its own, which outlives the page. Resolves with the run that goes on, when it
   * does, and without it when the process still waits; rejects with what it says when it ends before.
   */
  start(args: readonly string[]): Promise<{ readonly runId?: string }>;
  /** What workers share; absent where runs belong to this machine alone. */
  fleet?(): Promise<FleetState>;
}

/** The schedules of a fleet, and its workers. */
export interface FleetState {
  readonly schedules: readonly ListedSchedule[];
  readonly executors: readonly FleetExecutor[];
  /** How many runs wait for a worker. */
  readonly queued: number;
}

/** A process that executes runs of a fleet, or waits for some. */
export interface FleetExecutor {
  readonly name: string;
  readonly isAlive: boolean;
  /** The runs that it executes. */
  readonly runIds: readonly string[];
}

export interface RunsAccess {
  /** The newest first. */
  runs(options?: { readonly limit?: number }): Promise<readonly RunSummary[]>;
  details(runId: string): Promise<RunDetails | undefined>;
  /** The last lines of the log, oldest first. */
  log(runId: string, options?: { readonly limit?: number; readonly after?: number }): ReturnType<RunLog['read']>;
  decide(runId: string, stepId: string, decision: Decision): Promise<Decision>;
  /** How often it has been cancelled since it was last resumed. */
  cancel(runId: string): Promise<number>;
}

/** The clock of an emulator, which decides what has expired there. */
export interface ClockSource {
  /** Rejects when what may be an emulator is none. */
  now(): Promise<Date>;
  /** Moves it on; never back. */
  advance(seconds: number): Promise<Date>;
}
