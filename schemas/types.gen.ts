/* Made from the schemas by scripts/generate-schemas.ts. Change those, then `npm run schemas`. */
/**
 * An environment variable that the pipeline reads; may be left empty.
 */
export type VariableDeclaration = {
  /**
   * Whether its value is to be hidden: it is masked in everything that is printed or kept, and may stand in `from` of an `upload`, as the whole https URL or in its query, and in `teams`, `slack` and `webhook` of a `notify`, and nowhere else. It is read anew from the environment of the process that executes the run. Names of credentials are always secret.
   */
  readonly secret?: boolean;
  /**
   * What the variable is for.
   */
  readonly description?: string;
} | null;

/**
 * A SpeechOps pipeline as a person writes it: how the model behind a Custom Speech endpoint is kept good.
 */
export interface PipelineDocument {
  /**
   * The pipeline's name, shown in plans, runs and reports.
   */
  readonly name: string;
  /**
   * What the pipeline is for, in a sentence.
   */
  readonly description?: string;
  /**
   * The locale of its data, models and endpoints, as the Speech service writes it; with a matrix it may be `${{ matrix.<name> }}`. Then steps under `finally` have the locale of the first combination.
   */
  readonly locale: string;
  /**
   * Display name of the Custom Speech project that everything is linked to; created when it does not exist. Without it nothing is linked to a project.
   */
  readonly project?: string;
  /**
   * The Speech resource (S0): its base URL, `https://NAME.cognitiveservices.azure.com`, in which expressions may read `matrix`, `inputs` and `env`; it wins over SPEECHOPS_ENDPOINT in the environment. Or its Azure resource id, `/subscriptions/…`; then SPEECHOPS_ENDPOINT says where it is. Without it SPEECHOPS_ENDPOINT alone says it. Where the matrix decides it, steps under `finally` and steps with `once` need a `resource` of their own, if they work on one.
   */
  readonly resource?: string;
  /**
   * Values that a run may be given with `--input`, by name.
   */
  readonly inputs?: {
    readonly [k: string]: InputDeclaration;
  };
  /**
   * The environment variables that expressions read as `env.<name>`, name by name; no others are seen. Names of credentials (`SPEECHOPS_*`, `AZURE_*`, `*TOKEN*`, `*KEY*` and their like) are refused unless the person who runs the pipeline allows them with `--allow-env`.
   */
  readonly env?: {
    readonly [k: string]: VariableDeclaration;
  };
  /**
   * Runs that name the same group run one at a time.
   */
  readonly concurrency?: string;
  /**
   * When the workers of a fleet start the pipeline, after `speechops schedule` has told them; `run` and `submit` take no notice of it. Without it nothing starts by itself.
   */
  readonly schedule?: readonly ScheduleDocument[];
  /**
   * The run fails when its steps take longer, counted from its start: running steps are ended, others are not started. Steps under `finally` run all the same and are not limited by it. Without it there is no limit.
   */
  readonly timeout?: string;
  readonly strategy?: StrategyDocument;
  readonly notify?: NoticeDocument;
  /**
   * The steps. Each starts when everything it refers to or needs has finished; independent steps run side by side.
   */
  readonly steps: readonly StepDocument[];
  /**
   * Steps that run once after all others have ended: also when a step failed, the run used up its time, or somebody cancelled it. They may read the outputs of every step (null when it has none) and `run.status` (`succeeded`, `failed` or `cancelled`), and one that fails fails the run. They are not done when somebody cancels the run a second time, or cancels it while no process executes it.
   */
  readonly finally?: readonly FinallyStep[];
}
/**
 * A value that a run may be given.
 */
export interface InputDeclaration {
  /**
   * What the value is: a rate (`15%` or `0.15`), a duration (`30m`), or a plain string, number or boolean.
   */
  readonly type: 'rate' | 'string' | 'number' | 'boolean' | 'duration';
  /**
   * The value when a run is given none. Without a default the value must be given.
   */
  readonly default?: string | number | boolean;
  /**
   * What the value is for.
   */
  readonly description?: string;
}
/**
 * Times at which the pipeline is run.
 */
export interface ScheduleDocument {
  /**
   * The times, as in crontab and GitHub Actions: minute, hour, day of the month, month, day of the week. Each is `*` or a list of numbers and ranges, with `/` for steps; months and weekdays also have names (`JAN`, `MON`). Where both days are given, one of them is enough.
   */
  readonly cron: string;
  /**
   * The clock that `cron` is read on: a name of the IANA time zone database.
   */
  readonly 'time-zone'?: string;
  /**
   * What becomes of the times at which no worker was there: `once` makes up for all of them with one run, `skip` leaves them out.
   */
  readonly missed?: 'once' | 'skip';
  /**
   * Values of the pipeline's inputs for these runs, in place of their defaults.
   */
  readonly inputs?: {
    readonly [k: string]: string | number | boolean;
  };
  /**
   * What these runs are called, besides the pipeline's name. Needed where there are several entries.
   */
  readonly name?: string;
}
/**
 * Runs the steps once for every combination of values. Without it they run once.
 */
export interface StrategyDocument {
  /**
   * The values by name; expressions read them as `matrix.<name>`. There is a combination for every choice of one value of each name, without those that `exclude` removes and with what `include` adds; at most 256.
   */
  readonly matrix: {
    /**
     * Values for some of the combinations, or combinations of their own. The values of an item are added to every combination whose listed values it does not contradict; when it contradicts all of them, it is one more combination. A later item may change what an earlier one added.
     *
     * Items: One value for each of some names of the matrix.
     */
    readonly include?: {
      /**
       * The value of one name.
       */
      readonly [k: string]: string | number | boolean;
    }[];
    /**
     * Combinations that are left out: those that have all values of an item. `include` comes after it.
     *
     * Items: One value for each of some names of the matrix.
     */
    readonly exclude?: {
      /**
       * The value of one name.
       */
      readonly [k: string]: string | number | boolean;
    }[];
    /**
     * The values of one name.
     */
    readonly [k: string]:
      | (string | number | boolean)[]
      | {
          /**
           * The value of one name.
           */
          readonly [k: string]: string | number | boolean;
        }[]
      | undefined;
  };
  /**
   * How many combinations run at once, in their order. Without it there is no limit.
   */
  readonly 'max-parallel'?: number;
  /**
   * Whether steps that have not started are skipped when a step of another combination fails. Running steps go on; an `approve` step of another combination that waits then is skipped, with `waves` also one of the same, because no answer matters any more.
   */
  readonly 'fail-fast'?: boolean;
  /**
   * The names of groups of combinations, in the order in which they start: a combination belongs to the wave that its value `wave` names. A wave starts when all combinations of the one before have ended well. When one fails, all later waves are skipped, with `fail-fast` also its own steps that have not started, and its swaps that had succeeded are taken back; earlier waves stay. Without it all combinations are one group.
   * @maxItems 64
   */
  readonly waves?: readonly string[];
}
/**
 * Whom the pipeline tells when a person is to answer, and when a run has failed. For anything else there are `notify` steps.
 */
export interface NoticeDocument {
  /**
   * When: `waiting` is when an `approve` step begins to wait, and tells its message with the command that answers; `failed` is when a run has ended as failed.
   */
  readonly on?: ('waiting' | 'failed')[];
  /**
   * A workflow of Teams that posts a card.
   */
  readonly teams?: string;
  /**
   * An incoming webhook of Slack.
   */
  readonly slack?: string;
  /**
   * An address that gets a POST of JSON.
   */
  readonly webhook?: string;
  /**
   * Addresses that get a mail.
   * @maxItems 50
   */
  readonly email?: readonly string[];
}
/**
 * One step: a unit of work with inputs (`with`) and outputs.
 */
export interface StepDocument {
  /**
   * How other steps refer to it: `steps.<id>.outputs.<name>`.
   */
  readonly id: string;
  /**
   * What people see in plans and reports. The id when left out.
   */
  readonly name?: string;
  /**
   * The kind of step: what it does, which settings it takes, and which outputs it has.
   */
  readonly uses: string;
  /**
   * The settings of the step; which ones there are depends on `uses`.
   */
  readonly with?: {
    readonly [k: string]: unknown;
  };
  /**
   * Steps that must have finished first, besides those that an expression refers to.
   */
  readonly needs?: readonly string[];
  /**
   * An expression; the step is skipped when it is false.
   */
  readonly if?: string | boolean;
  /**
   * The base URL of the Speech resource that this step works on, where it is another one than the pipeline's `resource`; expressions in it may read `matrix`, `inputs` and `env`.
   */
  readonly resource?: string;
  /**
   * Whether a pipeline with a matrix does this step once, before those combinations that need it, in place of once for every combination. It reads no `matrix`, needs no step that has copies, and has the locale of the first combination; steps of every combination may read its outputs.
   */
  readonly once?: boolean;
  /**
   * How often and after what time the step is tried again when it fails. Without it the step is tried once.
   */
  readonly retry?: {
    /**
     * How often the step is tried at most, the first time included.
     */
    readonly attempts?: number;
    /**
     * The time before the second attempt; each later one takes twice as long.
     */
    readonly delay?: string;
    /**
     * The longest time between two attempts; `delay` when that is longer.
     */
    readonly 'max-delay'?: string;
    /**
     * After which failures: `world` when the service or the way to it failed, `step` when the answer was no (data rejected, training failed, verification failed).
     */
    readonly on?: ('world' | 'step')[];
  };
  /**
   * The step fails when it takes longer, all attempts and the time between them together. Without it there is no limit of its own.
   */
  readonly timeout?: string;
  /**
   * Whether the run goes on, and may succeed, when the step fails.
   */
  readonly 'continue-on-error'?: boolean;
}
/**
 * One step: a unit of work with inputs (`with`) and outputs.
 */
export interface FinallyStep {
  /**
   * How other steps refer to it: `steps.<id>.outputs.<name>`.
   */
  readonly id: string;
  /**
   * What people see in plans and reports. The id when left out.
   */
  readonly name?: string;
  /**
   * The kind of step: what it does, which settings it takes, and which outputs it has.
   */
  readonly uses: string;
  /**
   * The settings of the step; which ones there are depends on `uses`.
   */
  readonly with?: {
    readonly [k: string]: unknown;
  };
  /**
   * Steps that must have finished first, besides those that an expression refers to.
   */
  readonly needs?: readonly string[];
  /**
   * An expression; the step is skipped when it is false.
   */
  readonly if?: string | boolean;
  /**
   * The base URL of the Speech resource that this step works on, where it is another one than the pipeline's `resource`; expressions in it may read `matrix`, `inputs` and `env`.
   */
  readonly resource?: string;
  /**
   * Whether a pipeline with a matrix does this step once, before those combinations that need it, in place of once for every combination. It reads no `matrix`, needs no step that has copies, and has the locale of the first combination; steps of every combination may read its outputs.
   */
  readonly once?: boolean;
  /**
   * How often and after what time the step is tried again when it fails. Without it the step is tried once.
   */
  readonly retry?: {
    /**
     * How often the step is tried at most, the first time included.
     */
    readonly attempts?: number;
    /**
     * The time before the second attempt; each later one takes twice as long.
     */
    readonly delay?: string;
    /**
     * The longest time between two attempts; `delay` when that is longer.
     */
    readonly 'max-delay'?: string;
    /**
     * After which failures: `world` when the service or the way to it failed, `step` when the answer was no (data rejected, training failed, verification failed).
     */
    readonly on?: ('world' | 'step')[];
  };
  /**
   * The step fails when it takes longer, all attempts and the time between them together. Without it there is no limit of its own.
   */
  readonly timeout?: string;
  /**
   * Whether the run goes on, and may succeed, when the step fails.
   */
  readonly 'continue-on-error'?: boolean;
}

/**
 * What a run did: the file run.json, and what `speechops run --format json` prints.
 */
export interface RunDocument {
  /**
   * The run's id.
   */
  readonly runId: string;
  /**
   * The pipeline's name.
   */
  readonly pipeline: string;
  /**
   * SHA-256 of the plan that was done, as `speechops plan --format json` has it under `hash`; absent in runs of versions that had none.
   */
  readonly planHash?: string;
  /**
   * How the run ended.
   */
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  /**
   * Why the run failed, when that is not for one of its steps: it used up its time.
   */
  readonly error?: string;
  /**
   * When the run started: ISO 8601, UTC.
   */
  readonly startedAt: string;
  /**
   * When the run ended: ISO 8601, UTC.
   */
  readonly finishedAt: string;
  /**
   * Every step of the pipeline by its id, in the order of the pipeline.
   */
  readonly steps: {
    readonly [k: string]: RunStep;
  };
}
/**
 * What became of one step.
 */
export interface RunStep {
  /**
   * `reused` when everything it wanted was there already; `skipped` when its condition was false, a step that it needs did not succeed, or the run ended before it began, or cut it short with nothing half done; `cancelled` when somebody cancelled the run while it changed an endpoint, and its `reason` says how it has left that.
   */
  readonly status: 'succeeded' | 'reused' | 'skipped' | 'cancelled' | 'failed';
  /**
   * The kind of step.
   */
  readonly uses: string;
  /**
   * Its outputs by name; empty when it did not get that far.
   */
  readonly outputs: {
    readonly [k: string]: string | number | boolean;
  };
  /**
   * What it saw in time, as recognitions on an endpoint: of many some hundred, spread evenly, and those that failed. Absent where it saw nothing.
   *
   * @maxItems 500
   */
  readonly series?: readonly RunPoint[];
  /**
   * Why it failed, in one sentence.
   */
  readonly error?: string;
  /**
   * What kind of failure: `step` when the answer is no, `world` when the service or the way to it failed, so that a re-run may succeed unchanged, `cancelled` when somebody ended the run.
   */
  readonly failure?: 'step' | 'world' | 'cancelled';
  /**
   * The step was skipped or cancelled only because the run was ended early, by a person, its timeout or `fail-fast`.
   */
  readonly cutOff?: boolean;
  /**
   * How often it was tried, when it was tried again.
   */
  readonly attempts?: number;
  /**
   * Why it was skipped or cancelled, or the condition it ran on, with the values of that moment.
   */
  readonly reason?: string;
  /**
   * When it started: ISO 8601, UTC. Absent when it never did.
   */
  readonly startedAt?: string;
  /**
   * When it ended: ISO 8601, UTC. Absent when it never started.
   */
  readonly finishedAt?: string;
}
/**
 * One recognition on an endpoint.
 */
export interface RunPoint {
  /**
   * When its result came: ISO 8601, UTC, by the clock of the service.
   */
  readonly at: string;
  /**
   * From connecting to the final result, which includes the sending of the audio.
   */
  readonly milliseconds: number;
  /**
   * Whose answer it was, where that can be told: of the model that the step gave to the endpoint, of the one before it, or like neither.
   */
  readonly answeredBy?: 'model' | 'previous' | 'neither';
  /**
   * Whether a caller could use no answer.
   */
  readonly failed?: boolean;
}

/**
 * Names of recordings; `*` stands for any characters, `?` for one.
 */
export type DataRecordings = readonly string[];
/**
 * Names of recordings; `*` stands for any characters, `?` for one.
 */
export type DataRecordings1 = readonly string[];

/**
 * What is known of a set of data, in `data.yaml` in its folder, or in `<name>.data.yaml` beside an archive or a text: who speaks, which parts it has, where it comes from and what may be done with it. It is never uploaded.
 */
export interface DataDocument {
  /**
   * Of this document.
   */
  readonly version: 1;
  /**
   * Who speaks, by a name or a number that stands for a person: the recordings of each. `speechops data split --by speaker` puts nobody on both sides.
   */
  readonly speakers?: {
    readonly [k: string]: DataRecordings;
  };
  /**
   * Parts that are looked at by themselves, such as a channel or a place: the recordings of each. `speechops data split` puts a share of each into the test.
   */
  readonly slices?: {
    readonly [k: string]: DataRecordings;
  };
  /**
   * Where the data come from.
   */
  readonly source?: string;
  /**
   * By what those who speak have allowed the use of their voices, or why nobody has to.
   */
  readonly consent?: string;
  /**
   * Under which licence the data may be used.
   */
  readonly licence?: string;
  /**
   * The last day on which the data may be kept, such as `2028-05-31`.
   */
  readonly retention?: string;
}

/**
 * Which datasets have the local data of pipelines, in `datasets.lock.yaml` beside them: of each upload the digest, and in each Speech resource the datasets with their lines and hours. `speechops data lock` writes it, and its versions in Git tell which datasets and models were made of the data of each commit.
 */
export interface LockDocument {
  /**
   * Of this document.
   */
  readonly version: 1;
  /**
   * The data of each upload, ordered by pipeline and step.
   */
  readonly data: readonly LockedData[];
}
/**
 * The data of an upload.
 */
export interface LockedData {
  /**
   * The name of the pipeline.
   */
  readonly pipeline: string;
  /**
   * The id of the step.
   */
  readonly step: string;
  /**
   * Where the data lie, as the pipeline writes it: a path, or several paths and patterns.
   */
  readonly from: string | readonly string[];
  /**
   * The kind of dataset that they are.
   */
  readonly kind: string;
  /**
   * Their locale.
   */
  readonly locale: string;
  /**
   * SHA-256 of what the datasets are made of, as the output `digest` of the step has it.
   */
  readonly digest: string;
  /**
   * The Speech resources that have them, ordered by address.
   */
  readonly resources: readonly LockedResource[];
}
/**
 * A Speech resource that has the data.
 */
export interface LockedResource {
  /**
   * Its address, or its Azure resource id where the pipeline names that.
   */
  readonly resource: string;
  /**
   * One dataset, or one for each part of a set, in their order.
   */
  readonly datasets: readonly LockedDataset[];
}
/**
 * A dataset of the service.
 */
export interface LockedDataset {
  /**
   * Its id.
   */
  readonly id: string;
  /**
   * How many lines the service has accepted.
   */
  readonly lines: number;
  /**
   * How many it has rejected; absent where it has accepted all.
   */
  readonly rejected?: number;
  /**
   * How long its recordings are together, by the service; absent for texts.
   */
  readonly hours?: number;
}

/**
 * What Speech resources have otherwise than the repository says: what `speechops drift --format json` prints.
 */
export interface DriftDocument {
  /**
   * The Speech resources that were looked at, for people.
   */
  readonly resource: string;
  /**
   * When they were looked at by the clock of the service: ISO 8601, UTC.
   */
  readonly observedAt: string;
  /**
   * A model expires soon when it does within so many days.
   */
  readonly withinDays: number;
  /**
   * The files that say what is to be there: pipelines, release files, environments, plans of Terraform.
   */
  readonly compared: readonly string[];
  /**
   * What differs, drift before notes.
   */
  readonly findings: readonly DriftFinding[];
}
/**
 * An object that is otherwise than the repository says.
 */
export interface DriftFinding {
  /**
   * What is otherwise. `other-model`: the endpoint serves another model than its release file or its mark says. `unproved-model`, `unheard-model`: the swap that gave it its model has not proved it, or heard nothing that tells it. `expired-model`: the newest base model answers in its place. `expiring-model`: it does soon. `endpoint-gone`, `project-gone`, `dataset-gone`: it is not there. `endpoint-replaced`: another one has its name, and callers use the id. `endpoint-failed`: the service has failed it. `undeclared-endpoint`: no file names it. `canary-left`: a swap has left its canary. `setting-changed`: a setting is another one. `release-unreadable`: the release file says nothing that can be compared. `stack-changed`, `stack-object-gone`: what Terraform has found so.
   */
  kind:
    | 'other-model'
    | 'unproved-model'
    | 'unheard-model'
    | 'expired-model'
    | 'expiring-model'
    | 'endpoint-gone'
    | 'endpoint-replaced'
    | 'endpoint-failed'
    | 'project-gone'
    | 'dataset-gone'
    | 'undeclared-endpoint'
    | 'canary-left'
    | 'setting-changed'
    | 'release-unreadable'
    | 'stack-changed'
    | 'stack-object-gone';
  /**
   * `drift` decides the exit status; a `note` is only told.
   */
  readonly level: 'drift' | 'note';
  readonly object: DriftObject;
  /**
   * Base URL of its Speech resource, where several were looked at.
   */
  readonly resource?: string;
  /**
   * The file that declares it.
   */
  readonly file?: string;
  /**
   * What is to be there, and which file or mark says so.
   */
  readonly declared: string;
  /**
   * What is there.
   */
  readonly there: string;
  /**
   * Since when at the latest, as far as the service tells: ISO 8601, UTC.
   */
  readonly since?: string;
  /**
   * What to do, as a sentence.
   */
  readonly advice: string;
  /**
   * The command that does it, where one does.
   */
  readonly command?: string;
}
/**
 * The object that it is about.
 */
export interface DriftObject {
  /**
   * What it is: an object of a Speech resource, or one of Terraform.
   */
  readonly kind: 'endpoint' | 'project' | 'dataset' | 'terraform';
  /**
   * Its display name, or its address in Terraform.
   */
  readonly name: string;
  /**
   * Its id, as far as it is known.
   */
  readonly id?: string;
  /**
   * Its locale, as far as it is known.
   */
  readonly locale?: string;
}

/**
 * When the objects of Speech resources end: what `speechops lifecycle --format json` prints.
 */
export interface LifecycleDocument {
  /**
   * The Speech resources that were looked at, for people.
   */
  readonly resource: string;
  /**
   * When they were looked at by the clock of the service: ISO 8601, UTC.
   */
  readonly observedAt: string;
  /**
   * An object ends soon when it ends within so many days.
   */
  readonly withinDays: number;
  /**
   * Endpoints, custom models, and the base models that those serve or were trained on, by what ends first.
   */
  readonly objects: readonly LifecycleObject[];
}
/**
 * The end of an object's life, as it was seen at one moment.
 */
export interface LifecycleObject {
  /**
   * What it is.
   */
  readonly kind: 'endpoint' | 'custom-model' | 'base-model';
  /**
   * Its display name.
   */
  readonly name: string;
  /**
   * Its id, without the address of the resource.
   */
  readonly id: string;
  /**
   * Its locale.
   */
  readonly locale: string;
  /**
   * Base URL of its Speech resource, where the pipeline names resources.
   */
  readonly resource?: string;
  /**
   * Display name of the model that an endpoint serves, or of the base model that a custom model was trained on; absent where it is not known.
   */
  readonly model?: string;
  /**
   * Whether recognition or training depends on it now: an endpoint, a model that an endpoint serves, and the newest base model of a locale, where a model that an endpoint serves was trained on it.
   */
  readonly inUse: boolean;
  /**
   * From when on nothing can be trained on it: ISO 8601, UTC. Only base models have it.
   */
  readonly trainableUntil?: string;
  /**
   * From when on it cannot recognise, and of an endpoint the model that it serves: ISO 8601, UTC. Absent where the service tells none.
   */
  readonly recognisesUntil?: string;
  /**
   * The one of these two that matters to its use: ISO 8601, UTC.
   */
  readonly ends?: string;
  /**
   * Whole days until then; below 0 when it is over.
   */
  readonly daysLeft?: number;
  /**
   * `expired` when that is over, `ends soon` when it is within the time asked for.
   */
  readonly state: 'expired' | 'ends soon' | 'lasting' | 'no date told';
  /**
   * What happens then, as a clause.
   */
  readonly consequence: string;
  /**
   * Display name of the newest base model of the locale that endpoints can serve, where it is newer than the one behind this object.
   */
  readonly newerBaseModel?: string;
}

/**
 * What runs of pipelines would do, and what that rests on: the file that `speechops plan --out` writes and `speechops run --plan` does, and what `speechops plan --format json` prints.
 */
export interface PlanDocument {
  /**
   * Of this document. A program that knows another version says so and reads no further.
   */
  readonly version: 1;
  /**
   * The program that planned, and its version.
   */
  readonly program: string;
  /**
   * SHA-256, in hexadecimal, of the pipelines with all that is said of them here but the time. People and the records of runs name the plan by it, or by its first 12 characters.
   */
  readonly hash: string;
  /**
   * The pipelines in the order in which they were named.
   */
  readonly pipelines: readonly SavedPipeline[];
}
/**
 * What a run of one pipeline would do, and what that rests on.
 */
export interface SavedPipeline {
  /**
   * The pipeline's name.
   */
  readonly name: string;
  readonly file?: SavedFile;
  /**
   * SHA-256 of the pipeline as it is executed: with defaults, the values of its inputs and the models that release files name.
   */
  readonly normalised: string;
  /**
   * When the Speech resources were read, by their clock: ISO 8601, UTC. Days that are left are counted from then. It is not part of the hash.
   */
  readonly observedAt: string;
  /**
   * Base URL of the Speech resource, or `embedded-emulator`.
   */
  readonly target: string;
  /**
   * The values of the inputs; secrets are `***`, and URLs have no query.
   */
  readonly inputs: {
    readonly [k: string]: SavedInput;
  };
  /**
   * The inputs that were given, as they were given, without those that have something secret in them: a run of the plan takes these.
   */
  readonly given: {
    readonly [k: string]: string;
  };
  /**
   * The environment variables that the pipeline reads, as far as they are set, without secret ones.
   */
  readonly variables: {
    readonly [k: string]: string;
  };
  /**
   * That what evaluations that are there have recognised was read, too, so that the plan decides what depends on it; absent where it was not.
   */
  readonly evidence?: true;
  /**
   * The files, folders and URLs that it reads.
   */
  readonly data: readonly SavedData[];
  /**
   * What the rules in `policies.yaml` say of the plan, those that say something; absent where there are no rules. They are not part of the hash: `speechops run --plan` asks them anew.
   */
  readonly policies?: readonly SavedPolicy[];
  readonly cost?: SavedCost;
  /**
   * What each step would do, in the order of the pipeline.
   */
  readonly steps: readonly SavedStep[];
}
/**
 * The file that it was read from; absent where it is in none.
 */
export interface SavedFile {
  /**
   * From the folder in which the program was called; `speechops run --plan` looks there.
   */
  readonly path: string;
  /**
   * SHA-256 of its bytes.
   */
  readonly sha256: string;
  /**
   * Of each line the first 12 characters of its SHA-256, by which a run says which lines have changed.
   */
  readonly lines: readonly string[];
}
/**
 * The value of an input.
 */
export interface SavedInput {
  /**
   * The type of the input.
   */
  readonly type: 'rate' | 'string' | 'number' | 'boolean' | 'duration';
  /**
   * Rates are 0..1, durations are seconds.
   */
  readonly value: string | number | boolean;
}
/**
 * Data as they were.
 */
export interface SavedData {
  /**
   * A path as the pipeline writes it, or a URL without its query; of several places all of them, with commas between them.
   */
  readonly path: string;
  /**
   * The places of data that have several; absent where there is one.
   */
  readonly paths?: readonly string[];
  /**
   * The kind of dataset that it is read as; `Language` also of other files, `Acoustic` also of smoke audio; `URL` where the service fetches it.
   */
  readonly kind: string;
  /**
   * SHA-256 of names and contents; of a URL the MD5, ETag or length that its server tells, or `unknown`.
   */
  readonly digest: string;
  readonly changes?: SavedDataChanges;
}
/**
 * How they differ from a revision of the repository; absent where that was not asked for, and for data that the repository does not have.
 */
export interface SavedDataChanges {
  /**
   * The revision for people: as it was named, and its commit.
   */
  readonly since: string;
  /**
   * What is counted.
   */
  readonly unit: 'lines' | 'recordings' | 'files';
  /**
   * How many are new.
   */
  readonly added: number;
  /**
   * How many are gone.
   */
  readonly removed: number;
  /**
   * How many recordings have other audio or another transcript, or files another content.
   */
  readonly changed: number;
  /**
   * Some of them: those that are gone, then those that have changed, then new ones.
   */
  readonly examples: readonly SavedDataChange[];
}
/**
 * A line, a recording with what it says, or a file that has changed.
 */
export interface SavedDataChange {
  /**
   * What became of it.
   */
  readonly change: 'added' | 'removed' | 'changed';
  /**
   * The line, or the name; the beginning of a long one.
   */
  readonly text: string;
}
/**
 * What a rule says of the plan, or of a step.
 */
export interface SavedPolicy {
  /**
   * The id of the rule.
   */
  readonly rule: string;
  /**
   * A plan with `denied` or `needs-acknowledgement` is not done. `undecided` is what the run alone finds out.
   */
  readonly verdict: 'denied' | 'warned' | 'needs-acknowledgement' | 'acknowledged' | 'undecided';
  /**
   * What the rule says, and why it says that here.
   */
  readonly message: string;
  /**
   * The id of the step that it is about.
   */
  readonly step?: string;
  /**
   * Who answers for it.
   */
  readonly acknowledgedBy?: string;
  /**
   * Why it may be done all the same.
   */
  readonly reason?: string;
}
/**
 * What a run is billed for, as far as that is known; absent where there is no `prices.yaml`.
 */
export interface SavedCost {
  /**
   * The currency of all prices and amounts, as ISO 4217 writes it.
   */
  readonly currency: string;
  readonly prices: SavedPricesSource;
  /**
   * What is billed, in the order of the steps.
   */
  readonly items: readonly SavedCostItem[];
  /**
   * The sum of the known amounts that are billed once. Items without an amount are not in it; absent when none of several has one.
   */
  readonly once?: number;
  /**
   * The same of the amounts that are billed for every month from then on, of 730 hours.
   */
  readonly perMonth?: number;
}
/**
 * Where the prices are from.
 */
export interface SavedPricesSource {
  /**
   * The day on which they were read, `YYYY-MM-DD`.
   */
  readonly date: string;
  /**
   * An address without its query, or the name of a contract.
   */
  readonly source: string;
}
/**
 * Something that is billed. Without an amount it is unknown what it costs: the quantity, the price or both are.
 */
export interface SavedCostItem {
  /**
   * The id of the step for which it is billed.
   */
  readonly step: string;
  /**
   * For what: `evaluation candidate, two models`.
   */
  readonly what: string;
  /**
   * Of what the quantity is: hours of audio, hours of training, hours.
   */
  readonly unit: string;
  /**
   * How much of it.
   */
  readonly quantity?: number;
  /**
   * Of one unit.
   */
  readonly price?: number;
  /**
   * What it costs: the quantity times the price.
   */
  readonly amount?: number;
  /**
   * Whether it is billed once or every month from then on.
   */
  readonly per: 'once' | 'month';
  /**
   * What is to be known of it: that the quantity is expected by a person, or that the step may not do it.
   */
  readonly note?: string;
}
/**
 * What a step would do.
 */
export interface SavedStep {
  /**
   * The step's id.
   */
  readonly id: string;
  /**
   * The kind of step.
   */
  readonly uses: string;
  /**
   * What it would do: make or change an object, delete some and nothing else, use one that is there (`reuse`), wait for one that is being made (`adopt`), nothing (`skip`), decide at run time, or fail.
   */
  readonly action: 'create' | 'update' | 'delete' | 'reuse' | 'adopt' | 'skip' | 'at-run-time' | 'fail';
  /**
   * What, and why, in one line.
   */
  readonly summary: string;
  /**
   * The changes of the Speech resource that it may make.
   */
  readonly effects: readonly string[];
  /**
   * What is there already and it deletes besides what it makes or changes, by name; absent where it deletes nothing besides.
   */
  readonly deletes?: readonly string[];
  /**
   * The calls of the Speech-to-text REST API that make these changes, by method and path; absent where it makes none.
   */
  readonly calls?: readonly string[];
  /**
   * The outputs that are certain already.
   */
  readonly outputs: {
    readonly [k: string]: unknown;
  };
  /**
   * The outputs that only the run finds out, although the step makes nothing.
   */
  readonly undecided?: readonly string[];
  /**
   * Base URL of the Speech resource that it works on, or `embedded-emulator`; absent when it works on none.
   */
  readonly resource?: string;
  /**
   * What it takes from the Speech resource, where its sentence may not tell that from something else: the beginning of a sentence, and its end.
   */
  readonly restsOn?: {
    readonly [k: string]: string;
  };
  /**
   * The ids of the steps that it waits for; absent when it waits for none.
   */
  readonly needs?: readonly string[];
  /**
   * What speaks for the step, or is to be so for it to be done, with the present values: `WER > 15.0 %, now 23.4 %`. Absent when it has no condition.
   */
  readonly condition?: string;
  readonly endpointChange?: SavedEndpointChange;
}
/**
 * What an endpoint would serve after the step; absent when it changes none.
 */
export interface SavedEndpointChange {
  /**
   * The endpoint's name.
   */
  readonly endpoint: string;
  /**
   * The model that it serves now; absent where there is no endpoint yet, or the model is not known.
   */
  readonly before?: string;
  /**
   * The day from which on that recognises no more, `YYYY-MM-DD`; absent where the service tells none.
   */
  readonly beforeEnds?: string;
  /**
   * The model that it would serve; absent where that is decided at run time.
   */
  readonly after?: string;
  /**
   * The day on which that ends.
   */
  readonly afterEnds?: string;
  /**
   * The model that `speechops rollback` would give back afterwards; absent where there is none that still recognises.
   */
  readonly rollback?: string;
}

/**
 * Answers to the approve steps of a saved plan, given before it is done: the file that `speechops approve PLAN STEP` keeps beside the plan. They count for that plan alone.
 */
export interface ApprovalsDocument {
  /**
   * Of this document. A program that knows another version says so and reads no further.
   */
  readonly version: 1;
  /**
   * The hash of the plan that was looked at, as plan.json has it under `hash`.
   */
  readonly plan: string;
  /**
   * The answers, in the order in which they were given; of a step the first counts.
   */
  readonly approvals: readonly PlanApproval[];
}
/**
 * An answer to one approve step.
 */
export interface PlanApproval {
  /**
   * The file of the pipeline, as the plan has it.
   */
  readonly pipeline: string;
  /**
   * The id of the approve step.
   */
  readonly step: string;
  /**
   * Whether the answer is yes.
   */
  readonly approved: boolean;
  /**
   * Who answered, taken at their word.
   */
  readonly by: string;
  /**
   * When: ISO 8601, UTC.
   */
  readonly at: string;
  /**
   * What they said to it.
   */
  readonly comment?: string;
}

/**
 * What plans may not do, in `policies.yaml` beside a pipeline or in a folder above it: rules that `speechops plan`, `run` and `submit` hold a plan against.
 */
export interface PoliciesDocument {
  /**
   * Of this document.
   */
  readonly version: 1;
  /**
   * The rules, in the order in which they are told.
   * @maxItems 100
   */
  readonly rules: readonly PolicyRule[];
  /**
   * What somebody answers for, although a rule with `acknowledge` holds.
   *
   * @maxItems 1000
   */
  readonly acknowledgements?: readonly PolicyAcknowledgement[];
}
/**
 * A rule: one of `deny`, `warn` and `acknowledge`, an expression of which it speaks when it is true. One that reads `step` is held against each step that may do something, any other against the plan.
 */
export interface PolicyRule {
  /**
   * The name of the rule.
   */
  readonly id: string;
  /**
   * When the plan may not be done.
   */
  readonly deny?: string;
  /**
   * When something is to be told.
   */
  readonly warn?: string;
  /**
   * When the plan may be done only where somebody answers for it under `acknowledgements`.
   */
  readonly acknowledge?: string;
  /**
   * What the rule says, without a full stop.
   */
  readonly message: string;
  /**
   * What becomes of a value that is not known before the run: `undecided` tells it and lets the run begin, `deny` is as if the rule held.
   */
  readonly unknown?: 'undecided' | 'deny';
}
/**
 * Who answers for what a rule tells, and why. What it leaves out of `step`, `endpoint`, `model` and `plan` may be any.
 */
export interface PolicyAcknowledgement {
  /**
   * The id of the rule.
   */
  readonly rule: string;
  /**
   * The name of the person.
   */
  readonly by: string;
  /**
   * Why it may be done all the same.
   */
  readonly reason: string;
  /**
   * The id of the step that it is about.
   */
  readonly step?: string;
  /**
   * The endpoint that it is about.
   */
  readonly endpoint?: string;
  /**
   * The name of the model that the endpoint may get.
   */
  readonly model?: string;
  /**
   * The hash of the plan that it is about, or its first 12 characters or more: another plan wants another acknowledgement.
   */
  readonly plan?: string;
  /**
   * The last day on which it counts, `YYYY-MM-DD`, in UTC.
   */
  readonly until?: string;
}

/**
 * What the Speech service bills, in `prices.yaml` beside a pipeline or in a folder above it: what `speechops plan` counts the cost of a plan with.
 */
export interface PricesDocument {
  /**
   * Of this document.
   */
  readonly version: 1;
  /**
   * The currency of all prices, as ISO 4217 writes it.
   */
  readonly currency: string;
  /**
   * The day on which the prices were read, `YYYY-MM-DD`.
   */
  readonly date: string;
  /**
   * Where the prices stand: an address, or the name of a contract.
   */
  readonly source: string;
  readonly prices: Prices;
  /**
   * The region of Speech resources whose address names none, for `regions`. `https://westeurope.api.cognitive.microsoft.com` names one, `https://NAME.cognitiveservices.azure.com` does not.
   */
  readonly region?: string;
  /**
   * Prices that differ in a region, by its name. What it leaves out is as in `prices`.
   */
  readonly regions?: {
    readonly [k: string]: Prices;
  };
  /**
   * Hours that nobody knows before a run, as you expect them. What is left out stays unknown.
   */
  readonly 'expected-hours'?: {
    /**
     * Compute hours of one training. The service tells them when it bills; text alone takes minutes, and of audio at most 100 hours are used.
     */
    readonly training?: number;
    /**
     * Hours for which the canary of one swap is there.
     */
    readonly canary?: number;
    /**
     * Hours of audio that one swap recognises on its endpoint, with all streams.
     */
    readonly recognition?: number;
  };
}
/**
 * What each thing costs.
 */
export interface Prices {
  /**
   * Of a compute hour of training, on base models that charge it (meter `S1 Custom Speech Training`).
   */
  readonly training?: number | string;
  /**
   * Of an hour for which an endpoint is there, whether or not it is called (meter `S1 Custom Speech Model Hosting Unit`, unit `1/Hour`).
   */
  readonly hosting?: number | string;
  /**
   * Of an hour of audio that an evaluation recognises with one model (meter `S1 Custom Speech to Text Batch`).
   */
  readonly evaluation?: number | string;
  /**
   * Of an hour of audio that is recognised on an endpoint (meter `S1 Custom Speech To Text`).
   */
  readonly recognition?: number | string;
  /**
   * Of 1,000,000 characters that `speechops data synthesise` has spoken (meter `S1 Neural Text To Speech Characters`, unit `1M`).
   */
  readonly synthesis?: number | string;
}

/**
 * What an endpoint serves since its last swap, and why: the file that a swap step with `release` leaves in the repository.
 */
export interface ReleaseDocument {
  /**
   * The endpoint. Consumers of an endpoint use its id.
   */
  readonly endpoint: {
    /**
     * Its id.
     */
    readonly id: string;
    /**
     * Its display name.
     */
    readonly name: string;
    /**
     * Its locale.
     */
    readonly locale: string;
    /**
     * Base URL of its Speech resource; absent for a service on this machine, whose address is another one tomorrow.
     */
    readonly resource?: string;
  };
  /**
   * The model that the endpoint serves. Batch and fast transcription and Voice Live use its id.
   */
  readonly model: {
    /**
     * Its id; of a base model behind `base/`.
     */
    readonly id: string;
    /**
     * Its display name.
     */
    readonly name: string;
    /**
     * The date from which on it cannot recognise any more, `YYYY-MM-DD`; absent where the service tells none.
     */
    readonly expires?: string;
    /**
     * The base model that it was trained on, or is; absent when the service has it no more.
     */
    readonly baseModel?: {
      /**
       * Its id.
       */
      readonly id: string;
      /**
       * Its display name.
       */
      readonly name: string;
      /**
       * The date from which on nothing can be trained on it, `YYYY-MM-DD`.
       */
      readonly trainableUntil?: string;
    };
    /**
     * The datasets of this Speech resource that it was trained with; none of a base model, and none of a copy, whose `copyOf` has them.
     */
    readonly data: readonly ReleaseDataset[];
    readonly copyOf?: ReleaseSource;
  };
  /**
   * The model that the endpoint served before; absent when it is new, or that is not known.
   */
  readonly previousModel?: {
    /**
     * Its id.
     */
    readonly id: string;
    /**
     * Its display name, while the resource has it.
     */
    readonly name?: string;
    readonly copyOf?: ReleaseSource;
  };
  /**
   * What evaluations have measured of the model, the last one first; none when nothing has.
   */
  readonly measured: readonly ReleaseMeasurement[];
  /**
   * The outputs of the swap step that tell how the model was proved: `probes`, `probeFailures`, `heardAt` and more.
   */
  readonly proof: {
    readonly [k: string]: string | number | boolean;
  };
  /**
   * The run that wrote this.
   */
  readonly run: {
    /**
     * Its id.
     */
    readonly id: string;
    /**
     * The name of its pipeline.
     */
    readonly pipeline: string;
    /**
     * The commit that was checked out in the folder of the pipeline; absent when that is in no Git repository.
     */
    readonly commit?: string;
  };
  /**
   * When, by the clock of the service: ISO 8601, UTC.
   */
  readonly writtenAt: string;
}
/**
 * A dataset, with as much as the service still tells of it.
 */
export interface ReleaseDataset {
  /**
   * Its id.
   */
  readonly id: string;
  /**
   * Its display name.
   */
  readonly name?: string;
  /**
   * Its kind.
   */
  readonly kind?: string;
  /**
   * What it was made from, as SHA-256 in hexadecimal; absent when no pipeline has made it.
   */
  readonly digest?: string;
}
/**
 * The model of another Speech resource of which a `copy` step has made it; absent where it was trained here, or nothing says so.
 */
export interface ReleaseSource {
  /**
   * Its id at that Speech resource.
   */
  readonly id: string;
  /**
   * Its `self` URL there.
   */
  readonly self: string;
  /**
   * Base URL of that Speech resource; absent for a service on this machine, whose address is another one tomorrow.
   */
  readonly resource?: string;
  /**
   * Its display name; absent where the swap could not ask that Speech resource, or the model was gone.
   */
  readonly name?: string;
  /**
   * The datasets of that Speech resource that it was trained with; absent where they are not known, as of a model that is a copy itself.
   */
  readonly data?: readonly ReleaseDataset[];
}
/**
 * The word error rate of the model on a dataset.
 */
export interface ReleaseMeasurement {
  /**
   * The id of the evaluation.
   */
  readonly evaluation: string;
  readonly dataset: ReleaseDataset;
  /**
   * (substitutions + deletions + insertions) / words.
   */
  readonly wer: number;
  /**
   * Words of the reference transcripts; absent where the service gives no counts.
   */
  readonly words?: number;
  /**
   * Words recognised as other words.
   */
  readonly substitutions?: number;
  /**
   * Words that were missed.
   */
  readonly deletions?: number;
  /**
   * Words that the model put in.
   */
  readonly insertions?: number;
}

/**
 * The evidence that a run, a score or an evaluation leaves: what was measured, what was decided and why. The file results.json.
 */
export interface ResultsDocument {
  /**
   * Of this document. A program that knows another version says so and reads no further.
   */
  readonly version: 1;
  /**
   * What left it: a run, `speechops score`, or a plan, of which nothing has run and whose evaluations were there.
   */
  readonly source: 'run' | 'score' | 'plan';
  /**
   * For people: the pipeline's name, or the files that were scored.
   */
  readonly title: string;
  /**
   * The run's id.
   */
  readonly runId?: string;
  /**
   * How the run ended, as in run.json.
   */
  readonly status?: 'succeeded' | 'failed' | 'cancelled';
  readonly verdict: ResultsVerdict;
  readonly made: ResultsMade;
  /**
   * The inputs of the run with their values, secret ones as `***`.
   */
  readonly inputs?: {
    readonly [k: string]: string | number | boolean;
  };
  /**
   * What was done and decided, in order.
   */
  readonly steps: readonly ResultsStep[];
  /**
   * What was measured, one for each test set and pair of models, in the order of the steps.
   */
  readonly sets: readonly ResultsSet[];
  /**
   * Changes of the model behind an endpoint, in order.
   */
  readonly swaps: readonly ResultsSwap[];
  /**
   * What was made from what, from the commit to the endpoint; an object stands behind everything that it is made from.
   */
  readonly lineage: readonly ResultsOrigin[];
  /**
   * What ends when, first end first.
   */
  readonly expiry: readonly ResultsEnd[];
  /**
   * What it has cost, as far as that is known.
   */
  readonly cost?: readonly ResultsCost[];
}
/**
 * What it comes to.
 */
export interface ResultsVerdict {
  /**
   * Whether everything that was checked passed; null where nothing was to be checked, as in a score without a bound.
   */
  readonly passed: boolean | null;
  /**
   * In one sentence.
   */
  readonly sentence: string;
  /**
   * Why, a sentence each.
   */
  readonly reasons: readonly string[];
}
/**
 * By whom, where and when it was made.
 */
export interface ResultsMade {
  /**
   * ISO 8601, UTC.
   */
  readonly startedAt?: string;
  /**
   * ISO 8601, UTC.
   */
  readonly finishedAt: string;
  /**
   * The program and its version.
   */
  readonly program: string;
  /**
   * The account that ran it, where the machine says so.
   */
  readonly by?: string;
  /**
   * The machine, or the CI job.
   */
  readonly host?: string;
  /**
   * The commit of the repository, where it is one.
   */
  readonly commit?: string;
  /**
   * Its branch.
   */
  readonly branch?: string;
  /**
   * The Speech resource, without query.
   */
  readonly resource?: string;
  /**
   * SHA-256 of the plan that the run did, as in run.json.
   */
  readonly planHash?: string;
}
/**
 * A step: what became of it and why.
 */
export interface ResultsStep {
  /**
   * The step's id.
   */
  readonly id: string;
  /**
   * The kind of step.
   */
  readonly uses: string;
  /**
   * As in run.json.
   */
  readonly status: 'succeeded' | 'reused' | 'skipped' | 'cancelled' | 'failed';
  /**
   * Its outputs, or why it failed, in one sentence; may be empty.
   */
  readonly sentence: string;
  /**
   * The condition that decided about it, with the values of that moment.
   */
  readonly reason?: string;
  /**
   * ISO 8601, UTC.
   */
  readonly startedAt?: string;
  /**
   * ISO 8601, UTC.
   */
  readonly finishedAt?: string;
}
/**
 * A test set as one model recognised it, or two.
 */
export interface ResultsSet {
  /**
   * Unique in the document: the step's id, or `score`.
   */
  readonly id: string;
  /**
   * For people: the test set's name.
   */
  readonly title: string;
  /**
   * The normalisation profile; `service` where the numbers are those of the service.
   */
  readonly profile: string;
  /**
   * Rates of another version cannot be compared.
   */
  readonly profileVersion: number;
  /**
   * Rules of one's own: name and digest.
   */
  readonly rules?: string;
  /**
   * What was aligned.
   */
  readonly unit: 'word' | 'char' | 'token';
  /**
   * Which of sclite's marks had a meaning in the texts; absent where no text has any.
   */
  readonly marks?: ('alternations' | 'optionalWords' | 'fragments')[];
  /**
   * Whether compounds that are only split otherwise count as correct.
   */
  readonly mergeCompounds?: boolean;
  /**
   * The model that is measured, for people.
   */
  readonly model: string;
  /**
   * The model that it is compared with.
   */
  readonly against?: string;
  readonly rate: ResultsRate;
  readonly againstRate?: ResultsRate;
  readonly comparison?: ResultsComparison;
  readonly decision?: ResultsDecision;
  /**
   * What is missing here and why, in a sentence: the service did not tell what was recognised in all utterances. Then only those stand here that were recognised by each model, rates and counts are the service's over all, and a comparison is there only where the step had all of them. Absent where nothing is missing.
   */
  readonly incomplete?: string;
  readonly noise?: ResultsNoise;
  /**
   * The rate above which it does not pass.
   */
  readonly bound?: number;
  /**
   * By how much the rate may be above that of the other model.
   */
  readonly regressionBound?: number;
  /**
   * Whether it is within its bounds, of a further set that guards a decision; absent without bounds, and where it has too few words to tell.
   */
  readonly passed?: boolean;
  /**
   * What its bounds say where it is beyond one, or above one by chance, or that it has too few words.
   */
  readonly sentence?: string;
  /**
   * Parts of the set; empty when it was not cut.
   */
  readonly slices: readonly ResultsSlice[];
  /**
   * Terms that are counted by themselves.
   */
  readonly terms?: readonly ResultsTerm[];
  /**
   * Whether the terms are within their bound; false also where that cannot be told, absent without a bound.
   */
  readonly termsPassed?: boolean;
  /**
   * How the terms were recognised, in words, and what their bound says.
   */
  readonly termsSentence?: string;
  /**
   * Words that were taken for others, most frequent first.
   */
  readonly confusions: readonly ResultsConfusion[];
  /**
   * Words of the references that were not recognised, most frequent first.
   */
  readonly missed: readonly ResultsMissedWord[];
  /**
   * Words that a model recognised and that were not said, most frequent first.
   */
  readonly inserted: readonly ResultsInsertedWord[];
  /**
   * Every utterance: `score` orders them as the references, a run by their ids.
   */
  readonly utterances: readonly ResultsUtterance[];
}
/**
 * How it was recognised.
 */
export interface ResultsRate {
  /**
   * A fraction, 0 or more; null without a word.
   */
  readonly value: number | null;
  /**
   * The lower end of its 95 % interval; absent where there are too few utterances for one, or only their sum is known.
   */
  readonly low?: number;
  /**
   * The upper end of its 95 % interval.
   */
  readonly high?: number;
  /**
   * Utterances that were measured; absent, as the counts are, where the service has not told them.
   */
  readonly utterances?: number;
  /**
   * Words (or characters) of the references.
   */
  readonly words?: number;
  /**
   * Substitutions, deletions and insertions.
   */
  readonly errors?: number;
  /**
   * Words taken for others.
   */
  readonly substitutions?: number;
  /**
   * Words that were left out.
   */
  readonly deletions?: number;
  /**
   * Words that a model recognised and that were not said.
   */
  readonly insertions?: number;
}
/**
 * Whether chance explains the difference.
 */
export interface ResultsComparison {
  /**
   * The rate less the one it is compared with: below 0 is better.
   */
  readonly delta: number;
  /**
   * The lower end of its 95 % interval.
   */
  readonly deltaLow?: number;
  /**
   * The upper end of its 95 % interval.
   */
  readonly deltaHigh?: number;
  /**
   * Share of the draws in which it is better, 0 to 1.
   */
  readonly probabilityOfImprovement: number;
  /**
   * Of the paired permutation test; where `together` is there, as it counts beside those of the others (Holm).
   */
  readonly pValue: number;
  /**
   * How many differences were tested together: slices and further sets of one step. Absent where this one was tested alone.
   */
  readonly together?: number;
  /**
   * Of NIST's matched pairs test.
   */
  readonly matchedPairsPValue?: number;
  /**
   * From which the draws come.
   */
  readonly seed?: number;
  /**
   * What it comes to by chance alone: by the interval and the p-value.
   */
  readonly verdict: 'better' | 'worse' | 'no difference' | 'too few';
}
/**
 * What the step decided about the model, which more than chance goes into; absent where the step decided nothing, as of a further set.
 */
export interface ResultsDecision {
  /**
   * Whether it is; false also where the recordings do not tell.
   */
  readonly better: boolean;
  /**
   * The same in words, as the output `verdict` has it.
   */
  readonly sentence: string;
}
/**
 * How far evaluations of the same differ; absent where there was one.
 */
export interface ResultsNoise {
  /**
   * How many there are.
   */
  readonly evaluations: number;
  /**
   * How many utterances were not recognised alike in all of them; absent where that cannot be told.
   */
  readonly unstable?: number;
  /**
   * The least rate of the model among them; absent likewise.
   */
  readonly low?: number;
  /**
   * The highest rate of the model among them; absent likewise.
   */
  readonly high?: number;
  /**
   * Whether the highest rate of the model is below the lowest of the other among them; false also where that cannot be told, absent with one model.
   */
  readonly passed?: boolean;
  /**
   * The same in words, or why it cannot be told.
   */
  readonly sentence: string;
}
/**
 * A part of a set.
 */
export interface ResultsSlice {
  /**
   * What the set is cut by.
   */
  readonly by: string;
  /**
   * What the utterances of this part share; null where they have no value.
   */
  readonly value: string | null;
  readonly rate: ResultsRate;
  readonly againstRate?: ResultsRate;
  readonly comparison?: ResultsComparison;
  /**
   * The rate above which it does not pass.
   */
  readonly bound?: number;
  /**
   * By how much the rate may be above that of the other model.
   */
  readonly regressionBound?: number;
  /**
   * Whether it is within its bounds; absent without bounds, and where it has too few words to tell.
   */
  readonly passed?: boolean;
  /**
   * What its bounds say where it is beyond one, or above one by chance, or that it has too few words.
   */
  readonly sentence?: string;
}
/**
 * How often a term was said and recognised.
 */
export interface ResultsTerm {
  /**
   * The term.
   */
  readonly name: string;
  /**
   * Said and recognised.
   */
  readonly hits: number;
  /**
   * Said and not recognised.
   */
  readonly misses: number;
  /**
   * Recognised and not said.
   */
  readonly falseAlarms: number;
  readonly against?: ResultsTermCounts;
}
/**
 * The same in what the model beside it recognised; absent without one, and where nobody counted it.
 */
export interface ResultsTermCounts {
  /**
   * Said and recognised.
   */
  readonly hits: number;
  /**
   * Said and not recognised.
   */
  readonly misses: number;
  /**
   * Recognised and not said.
   */
  readonly falseAlarms: number;
}
/**
 * A word that was taken for another.
 */
export interface ResultsConfusion {
  /**
   * What was said.
   */
  readonly reference: string;
  /**
   * What was recognised.
   */
  readonly hypothesis: string;
  /**
   * How often.
   */
  readonly count: number;
  /**
   * How often by the model that it is compared with.
   */
  readonly againstCount?: number;
}
/**
 * A word that was said and not recognised.
 */
export interface ResultsMissedWord {
  /**
   * The word.
   */
  readonly word: string;
  /**
   * How often it was missed.
   */
  readonly count: number;
  /**
   * How often nothing stands in its place.
   */
  readonly deleted: number;
  /**
   * How often another word does.
   */
  readonly substituted: number;
  /**
   * How often the model that it is compared with missed it.
   */
  readonly againstCount?: number;
}
/**
 * A word that was recognised and not said.
 */
export interface ResultsInsertedWord {
  /**
   * The word.
   */
  readonly word: string;
  /**
   * How often.
   */
  readonly count: number;
  /**
   * How often the model that it is compared with made it up.
   */
  readonly againstCount?: number;
}
/**
 * One utterance: what was said and what each model recognised, as it was compared.
 */
export interface ResultsUtterance {
  /**
   * Unique in its set.
   */
  readonly id: string;
  /**
   * Where its audio is, relative to this document or as an address without query.
   */
  readonly audio?: string;
  /**
   * Its speaker, or the recording that it is a part of.
   */
  readonly group?: string;
  /**
   * What was said: words (or tokens) with one space between them, or characters. Where a model recognised an optional word that was not said, there is an empty word.
   */
  readonly reference: string;
  readonly recognised: ResultsRecognised;
  readonly against?: ResultsRecognised;
  /**
   * Whether it was not recognised alike in all evaluations of the same, by one of the models.
   */
  readonly unstable?: boolean;
}
/**
 * What the model recognised.
 */
export interface ResultsRecognised {
  /**
   * Words with a space between them, or characters.
   */
  readonly text: string;
  /**
   * What it was aligned with, where that is another way of an alternation than the utterance's `reference`.
   */
  readonly reference?: string;
  /**
   * A letter a step of the alignment, first word first: `C` correct, `S` substituted, `D` deleted, `I` inserted.
   */
  readonly operations: string;
}
/**
 * A change of the model behind an endpoint.
 */
export interface ResultsSwap {
  /**
   * The step's id.
   */
  readonly step: string;
  /**
   * The endpoint, for people.
   */
  readonly endpoint: string;
  /**
   * The host of its Speech resource, where the run has worked on several.
   */
  readonly resource?: string;
  /**
   * What it serves now.
   */
  readonly model: string;
  /**
   * What it served before.
   */
  readonly previousModel?: string;
  /**
   * What was tried there and taken back; absent where nothing was.
   */
  readonly triedModel?: string;
  /**
   * Whether the model was heard there; `taken back` when the endpoint serves the model of before.
   */
  readonly proof: 'proved' | 'unheard' | 'unproved' | 'taken back';
  /**
   * When the service took the change: ISO 8601, UTC.
   */
  readonly changedAt?: string;
  /**
   * When the service took the change back to the model of before: ISO 8601, UTC.
   */
  readonly takenBackAt?: string;
  /**
   * The first answer of the new model: ISO 8601, UTC.
   */
  readonly firstOfModel?: string;
  /**
   * The last answer of the one before: ISO 8601, UTC.
   */
  readonly lastOfPrevious?: string;
  /**
   * Recognitions that failed.
   */
  readonly failures?: number;
  /**
   * Recognitions on the endpoint, in order of time: of many some hundred, spread evenly, and those that failed.
   */
  readonly probes: readonly ResultsProbe[];
}
/**
 * One recognition on an endpoint.
 */
export interface ResultsProbe {
  /**
   * When its result came: ISO 8601, UTC.
   */
  readonly at: string;
  /**
   * From connecting to the final result, which includes the sending of the audio.
   */
  readonly milliseconds: number;
  /**
   * Whose answer it was, where that can be told.
   */
  readonly answeredBy?: 'model' | 'previous' | 'neither';
  /**
   * Whether it failed.
   */
  readonly failed?: boolean;
}
/**
 * An object and what it was made from.
 */
export interface ResultsOrigin {
  /**
   * Unique in the document.
   */
  readonly id: string;
  /**
   * What it is.
   */
  readonly kind: 'commit' | 'run' | 'dataset' | 'base-model' | 'custom-model' | 'evaluation' | 'endpoint';
  /**
   * For people.
   */
  readonly name: string;
  /**
   * Of its content.
   */
  readonly digest?: string;
  /**
   * Ids of what it was made from.
   */
  readonly from: readonly string[];
}
/**
 * The end of an object's life.
 */
export interface ResultsEnd {
  /**
   * What ends.
   */
  readonly kind: string;
  /**
   * For people.
   */
  readonly name: string;
  /**
   * The host of its Speech resource, where the run has worked on several.
   */
  readonly resource?: string;
  /**
   * ISO 8601, UTC.
   */
  readonly ends: string;
  /**
   * What happens then.
   */
  readonly consequence: string;
}
/**
 * Something that is billed.
 */
export interface ResultsCost {
  /**
   * For what.
   */
  readonly what: string;
  /**
   * How much of it.
   */
  readonly amount: number;
  /**
   * Of what: hours of audio, hours of training.
   */
  readonly unit: string;
}

/**
 * One environment. What is not said here comes from the one it extends: mappings are merged key by key, everything else is replaced.
 */
export interface EnvironmentSettings {
  /**
   * Name of the environment whose settings this one starts from.
   */
  readonly extends?: string;
  /**
   * Whether it is only there to be extended: no stack is made of it. Not inherited.
   *
   * @default false
   */
  readonly abstract?: boolean;
  /**
   * Id of the Azure subscription. Without it Terraform reads ARM_SUBSCRIPTION_ID.
   */
  readonly subscription?: string;
  /**
   * Id of the Entra tenant. Without it Terraform uses the one that is signed in to.
   */
  readonly tenant?: string;
  /**
   * The Azure cloud; it decides hosts and private DNS zones.
   *
   * @default 'public'
   */
  readonly cloud?: 'public' | 'usgovernment' | 'china';
  /**
   * The Azure region of everything, as `az account list-locations` names it: `westeurope`.
   */
  readonly location: string;
  /**
   * Takes a region that this version of SpeechOps does not know.
   *
   * @default false
   */
  readonly allowUnlistedLocation?: boolean;
  /**
   * Name of the resource group; `rg-<name>-<environment>` when it is not given.
   */
  readonly resourceGroup?: string;
  /**
   * Whether the stack makes the resource group; otherwise it must exist.
   *
   * @default true
   */
  readonly createResourceGroup?: boolean;
  /**
   * Which Azure resource providers Terraform registers; `none` for an identity that may not register any. Without it the azurerm provider's own default.
   */
  readonly resourceProviderRegistrations?: 'core' | 'extended' | 'all' | 'none' | 'legacy';
  /**
   * Exact version of the azurerm provider, 4.55.0 or a later one of 4.x; that of the bindings, 4.55.0, when it is not given. 5.x does not take what stacks are written in.
   */
  readonly azurermVersion?: string;
  /**
   * Whether destroying the account also purges it. An account that is deleted but not purged keeps its name and subdomain for 48 hours, and making it anew fails with FlagMustBeSetForRestore. Purging needs a right on the subscription, see `deploy-identity.may-purge`.
   *
   * @default true
   */
  readonly purgeOnDestroy?: boolean;
  /**
   * Tags of every resource that takes tags.
   *
   * @default {}
   */
  readonly tags?: {
    readonly [k: string]: string;
  };
  readonly backend?: BackendSettings;
  /**
   * What exists already and the stack takes over: ids of objects, by the address at which `terraform plan` wants to create each, such as `azurerm_cognitive_account.account`. An entry may stay when the object is in the state. Not inherited.
   *
   * @default {}
   */
  readonly import?: {
    readonly [k: string]: string;
  };
  readonly account?: AccountSettings;
  readonly storage?: StorageSettings;
  readonly byosStorage?: ByosStorageSettings;
  readonly customerManagedKey?: CustomerManagedKeySettings;
  /**
   * Roles that principals get, by a name of your choice, which stays part of the resource's address.
   *
   * @default {}
   */
  readonly roleGrants?: {
    readonly [k: string]: RoleGrantSettings;
  };
  /**
   * Private endpoints of the account, by a name of your choice. They are made one after the other, after everything else that changes the account.
   *
   * @default {}
   */
  readonly privateEndpoints?: {
    readonly [k: string]: PrivateEndpointSettings;
  };
  /**
   * Diagnostic settings beside the one of `monitoring`, by a name of your choice.
   *
   * @default {}
   */
  readonly diagnosticSettings?: {
    readonly [k: string]: DiagnosticSettingSettings;
  };
  readonly monitoring?: MonitoringSettings;
  readonly deployIdentity?: DeployIdentitySettings;
  readonly customSpeech?: CustomSpeechSettings;
  readonly deleteLock?: DeleteLockSettings;
  readonly budget?: BudgetSettings;
}
/**
 * Where Terraform keeps the state of the stack. Without it in a file `terraform.<environment>.tfstate` beside cdktf.json.
 */
export interface BackendSettings {
  /**
   * `local` is a file; `azurerm` a blob in Azure Storage, reached with Entra ID and locked while it is in use; `hcp` a workspace of HCP Terraform or Terraform Enterprise; `gitlab` a state that a GitLab project keeps.
   *
   * @default 'local'
   */
  readonly kind?: 'local' | 'azurerm' | 'hcp' | 'gitlab';
  /**
   * Storage account of the state; for `azurerm` it must be given.
   */
  readonly storageAccount?: string;
  /**
   * Its container.
   *
   * @default 'tfstate'
   */
  readonly container?: string;
  /**
   * Name of the blob; `<name>/<environment>.tfstate` when it is not given. For `hcp` the workspace, for `gitlab` the state; there `<name>-<environment>`.
   */
  readonly key?: string;
  /**
   * Resource group of the storage account, for identities that have to look it up.
   */
  readonly resourceGroup?: string;
  /**
   * Subscription of the storage account, when it is another one.
   */
  readonly subscription?: string;
  /**
   * Organization of the workspace; for `hcp` it must be given. Set the execution mode of the workspace to Local, because no other machine has the provider for Custom Speech. Terraform reads the token from TF_TOKEN_app_terraform_io or `terraform login`.
   */
  readonly organization?: string;
  /**
   * Id or path of the GitLab project, such as `contoso/speech`; for `gitlab` it must be given. Terraform reads TF_HTTP_USERNAME and TF_HTTP_PASSWORD: in a job `gitlabCiToken` and CI_JOB_TOKEN, elsewhere a name and an access token with the scope `api`.
   */
  readonly project?: string;
  /**
   * Host of Terraform Enterprise or of a GitLab of your own; `app.terraform.io` or `gitlab.com` when it is not given.
   */
  readonly host?: string;
}
/**
 * The Speech account: kind SpeechServices, S0, with a custom subdomain.
 *
 * @default {}
 */
export interface AccountSettings {
  /**
   * Resource id of an account that somebody else manages, in the environment's own subscription. It is read and used, and never changed or destroyed: of the other settings only `customSubdomain` may stand beside it, and none under `account` is inherited. Where the account takes keys, Terraform lists them at every plan and has them in its state.
   */
  readonly existing?: string;
  /**
   * Name of the account; `<name>-<environment>` when it is not given.
   */
  readonly name?: string;
  /**
   * The pricing tier: only S0 has Custom Speech endpoints that stay.
   *
   * @default 'S0'
   */
  readonly sku?: string;
  /**
   * The subdomain that Entra ID and private endpoints need; the account's name when it is not given. It is unique in all of Azure, and changing it makes a new account.
   */
  readonly customSubdomain?: string;
  /**
   * Whether keys are accepted beside Entra ID.
   *
   * @default false
   */
  readonly keyAuth?: boolean;
  /**
   * Whether the keys become (sensitive) outputs of the stack; needs `keyAuth`.
   *
   * @default false
   */
  readonly keyOutputs?: boolean;
  /**
   * Whether the account has an identity of its own, with which it reads datasets from your storage.
   *
   * @default true
   */
  readonly systemIdentity?: boolean;
  /**
   * Resource ids of user-assigned identities that the account has as well.
   *
   * @default []
   */
  readonly identityIds?: readonly string[];
  /**
   * Whether the account can be reached from the internet, within the network rules below. On unless there is a private endpoint.
   */
  readonly publicAccess?: boolean;
  /**
   * What happens to calls that no rule lets in.
   *
   * @default 'Deny'
   */
  readonly defaultAction?: 'Deny' | 'Allow';
  /**
   * Public IPv4 addresses and ranges up to /30 that may call, at most 100.
   *
   * @default []
   */
  readonly ipRules?: readonly string[];
  /**
   * Subnets that may call, through their service endpoint Microsoft.CognitiveServices.
   *
   * @default []
   */
  readonly subnetRules?: readonly SubnetRuleSettings[];
  /**
   * Whether the account may only call the hosts in `fqdns` and those of the stack's own storage.
   *
   * @default false
   */
  readonly outboundRestricted?: boolean;
  /**
   * Hosts that the account may call; needs `outboundRestricted`.
   *
   * @default []
   */
  readonly fqdns?: readonly string[];
  /**
   * Whether Terraform refuses every plan that would destroy the account.
   *
   * @default false
   */
  readonly preventDestroy?: boolean;
  readonly timeouts?: TimeoutsSettings;
}
export interface SubnetRuleSettings {
  /**
   * Resource id of the subnet.
   */
  readonly subnetId: string;
  /**
   * Whether the subnet may lack the service endpoint for now.
   *
   * @default false
   */
  readonly ignoreMissingServiceEndpoint?: boolean;
}
/**
 * How long Terraform waits for Azure, such as `30m`; without them the azurerm provider's own limits.
 */
export interface TimeoutsSettings {
  /**
   * For making it.
   */
  readonly create?: string;
  /**
   * For reading it.
   */
  readonly read?: string;
  /**
   * For changing it.
   */
  readonly update?: string;
  /**
   * For deleting it.
   */
  readonly delete?: string;
}
/**
 * A storage account for datasets that the Speech account reads with its own identity. No keys, no public blobs, closed network.
 */
export interface StorageSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Name of the storage account, unique in all of Azure; `st<name><environment>` without hyphens when it is not given, cut and with a digest at its end where that has more than 24 characters.
   */
  readonly name?: string;
  /**
   * How the data is replicated. Changing between `LRS`, `GRS`, `RAGRS` and the zonal `ZRS`, `GZRS`, `RAGZRS` replaces the storage account and all that is in it.
   *
   * @default 'LRS'
   */
  readonly replication?: 'LRS' | 'ZRS' | 'GRS' | 'RAGRS' | 'GZRS' | 'RAGZRS';
  /**
   * Its private containers.
   *
   * @default ['datasets']
   */
  readonly containers?: readonly string[];
  /**
   * Moves blobs to the cool tier when they have not been changed for this long; 0 for never.
   *
   * @default 30
   */
  readonly coolAfterDays?: number;
  /**
   * Deletes blobs that have not been changed for this long; 0 for never.
   *
   * @default 0
   */
  readonly deleteAfterDays?: number;
  /**
   * Deletes previous versions of blobs that are this old; 0 for never.
   *
   * @default 90
   */
  readonly deleteVersionsAfterDays?: number;
  /**
   * How long deleted blobs and containers can be brought back.
   *
   * @default 7
   */
  readonly softDeleteDays?: number;
  /**
   * Whether the storage can be reached from the internet at all, within the rules below. Off, it is reached through `privateEndpoints` alone, by runners too. Whether the Speech account, which is let in by name, still reaches storage that is off the internet is nowhere documented: try it, or send datasets by blocks (`via: blocks`).
   *
   * @default true
   */
  readonly publicAccess?: boolean;
  /**
   * Private endpoints of the storage's blobs, by a name of your choice. They are in other networks than those of the account, unless both name a `subnetId` of one network: runners need a way to both.
   *
   * @default {}
   */
  readonly privateEndpoints?: {
    readonly [k: string]: PrivateEndpointSettings;
  };
  /**
   * Public IPv4 addresses and ranges that may read and write.
   *
   * @default []
   */
  readonly ipRules?: readonly string[];
  /**
   * Subnets that may read and write, through their service endpoint Microsoft.Storage.
   *
   * @default []
   */
  readonly subnetIds?: readonly string[];
  /**
   * Whether Azure's trusted services get in as well; the Speech account does in any case.
   *
   * @default false
   */
  readonly trustedServices?: boolean;
  /**
   * Whether data is encrypted a second time underneath. Fixed when the storage account is made.
   *
   * @default false
   */
  readonly infrastructureEncryption?: boolean;
  /**
   * Whether Terraform refuses every plan that would destroy the storage account.
   *
   * @default false
   */
  readonly preventDestroy?: boolean;
}
/**
 * A private endpoint of the account, or of the blobs of its dataset storage, in a subnet that exists (`subnet-id`) or in a network that is made (`address-space` and `subnet-prefix`).
 */
export interface PrivateEndpointSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Name of the private endpoint; `pep-<account>-<its name here>` when it is not given, of storage `pep-<storage>-<its name here>`.
   */
  readonly name?: string;
  /**
   * Resource id of the subnet.
   */
  readonly subnetId?: string;
  /**
   * Address space of the network that is made, for this endpoint alone: nothing connects it to the network of another endpoint, so that who is in one does not reach the endpoint in another. For several endpoints in one network, make that and name a subnet of it in each.
   */
  readonly addressSpace?: readonly string[];
  /**
   * Address range of the subnet that is made in it.
   */
  readonly subnetPrefix?: string;
  /**
   * Whether the endpoint is put into private DNS zones here; otherwise something else does it, such as an Azure policy.
   *
   * @default true
   */
  readonly manageDns?: boolean;
  /**
   * Resource ids of existing private DNS zones; a zone that is linked to the endpoint's network is made when there are none. A zone has one record of the account, or of the storage, so each of several endpoints needs a zone of its own or `manage-dns: false`.
   *
   * @default []
   */
  readonly dnsZoneIds?: readonly string[];
  /**
   * Name of the DNS zone group.
   *
   * @default 'default'
   */
  readonly dnsZoneGroupName?: string;
  /**
   * Whether the owner of the account must approve the connection by hand; needs `requestMessage`.
   *
   * @default false
   */
  readonly manualConnection?: boolean;
  /**
   * What the owner is told when approval is asked for.
   */
  readonly requestMessage?: string;
  /**
   * A fixed address in the subnet; Azure picks one when it is not given.
   */
  readonly privateIpAddress?: string;
  /**
   * Name of the endpoint's network interface; Azure makes one up when it is not given.
   */
  readonly networkInterfaceName?: string;
  /**
   * Name of the connection; the endpoint's own name when it is not given.
   */
  readonly connectionName?: string;
  /**
   * Resource ids of application security groups that the endpoint joins.
   *
   * @default []
   */
  readonly applicationSecurityGroupIds?: readonly string[];
  /**
   * Region of the endpoint, when its network is in another one than the account.
   */
  readonly location?: string;
  /**
   * Resource group of the endpoint, when it is another one than the account's.
   */
  readonly resourceGroup?: string;
  /**
   * Tags of the endpoint and of the network that is made for it, beside those of the environment, and in place of those with the same name.
   *
   * @default {}
   */
  readonly tags?: {
    readonly [k: string]: string;
  };
  readonly lock?: PrivateEndpointLockSettings;
}
/**
 * A lock on this endpoint alone: Azure refuses to delete the endpoint while the lock is there. Without it the endpoint has no lock of its own.
 */
export interface PrivateEndpointLockSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * `ReadOnly` also refuses changes, Terraform's own included.
   *
   * @default 'CanNotDelete'
   */
  readonly level?: 'CanNotDelete' | 'ReadOnly';
  /**
   * Name of the lock; `lock-<endpoint>` when it is not given.
   */
  readonly name?: string;
  /**
   * What people who meet the lock are told.
   *
   * @default 'Made by SpeechOps: its network reaches the Speech account through this endpoint.'
   */
  readonly notes?: string;
}
/**
 * Bring your own storage: the Speech service keeps models, artifacts and logs in this storage account instead of its own. Fixed when the Speech account is made.
 */
export interface ByosStorageSettings {
  /**
   * Whether it is attached.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Resource id of an existing storage account; one is made when it is not given.
   */
  readonly storageAccountId?: string;
  /**
   * Name of the storage account that is made; `st<name><environment>byos` without hyphens when it is not given, cut and with a digest at its end where that has more than 24 characters.
   */
  readonly name?: string;
  /**
   * How the data is replicated. Changing between `LRS`, `GRS`, `RAGRS` and the zonal `ZRS`, `GZRS`, `RAGZRS` replaces the storage account and all that is in it, and the Speech account with it.
   *
   * @default 'LRS'
   */
  readonly replication?: 'LRS' | 'ZRS' | 'GRS' | 'RAGRS' | 'GZRS' | 'RAGZRS';
  /**
   * Public IPv4 addresses and ranges that may reach the storage account that is made.
   *
   * @default []
   */
  readonly ipRules?: readonly string[];
  /**
   * Subnets that may reach the storage account that is made.
   *
   * @default []
   */
  readonly subnetIds?: readonly string[];
  /**
   * Whether Terraform refuses every plan that would destroy the storage account that is made.
   *
   * @default false
   */
  readonly preventDestroy?: boolean;
}
/**
 * Your own key, in a key vault or a Managed HSM, for the storage accounts of the stack. Custom Speech data is encrypted with your key only where it is in your own storage (`byosStorage`).
 */
export interface CustomerManagedKeySettings {
  /**
   * Whether it is used.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Resource id of the key vault, which needs purge protection.
   */
  readonly keyVaultId?: string;
  /**
   * Resource id of the Managed HSM in place of a key vault, which needs purge protection.
   */
  readonly managedHsmId?: string;
  /**
   * Name of the key.
   */
  readonly keyName: string;
  /**
   * Version of the key. Without it storage follows the key's rotation.
   */
  readonly keyVersion?: string;
  /**
   * Resource id of a user-assigned identity that may use the key; one is made when it is not given.
   */
  readonly identityId?: string;
  /**
   * Client id of the identity in `identityId`, for `encryptAccount`.
   */
  readonly identityClientId?: string;
  /**
   * Whether the identity that is made may use the key: it gets Key Vault Crypto Service Encryption User on the vault, or Managed HSM Crypto Service Encryption User on the key. That is a role inside the HSM, which only who has Managed HSM Policy Administrator there can give.
   *
   * @default true
   */
  readonly grantKeyAccess?: boolean;
  /**
   * Whether the Speech account itself is encrypted with the key, too; needs `keyVersion` and `keyVaultId`. It does not cover Custom Speech data.
   *
   * @default false
   */
  readonly encryptAccount?: boolean;
}
/**
 * A role for a principal.
 */
export interface RoleGrantSettings {
  /**
   * Whether it is granted.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Name of a built-in role, such as `Cognitive Services Speech Contributor`, or the id of any role definition.
   */
  readonly role: string;
  /**
   * Object id of the user, group, service principal or managed identity.
   */
  readonly principal: string;
  /**
   * What the principal is. Say `ServicePrincipal` for one that was made a moment ago.
   */
  readonly principalType?: 'User' | 'Group' | 'ServicePrincipal';
  /**
   * What the role is for; `privateEndpoints` are those of the account.
   *
   * @default 'account'
   */
  readonly on?: 'account' | 'storage' | 'byos-storage' | 'private-endpoints' | 'resource-group';
  /**
   * Name of the one private endpoint that `on: private-endpoints` is about; all of them when it is not given.
   */
  readonly endpoint?: string;
  /**
   * Resource id of something else that the role is for, instead of `on`.
   */
  readonly scope?: string;
  /**
   * Why it is granted.
   */
  readonly description?: string;
  /**
   * A condition in Azure's language (version 2.0) that limits the role.
   */
  readonly condition?: string;
  /**
   * Whether Terraform skips looking the principal up, for a service principal that was made a moment ago.
   *
   * @default false
   */
  readonly skipPrincipalCheck?: boolean;
  /**
   * Resource id of a managed identity in another tenant.
   */
  readonly delegatedIdentityId?: string;
}
/**
 * A private endpoint of the account, or of the blobs of its dataset storage, in a subnet that exists (`subnet-id`) or in a network that is made (`address-space` and `subnet-prefix`).
 */
export interface PrivateEndpointSettings1 {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Name of the private endpoint; `pep-<account>-<its name here>` when it is not given, of storage `pep-<storage>-<its name here>`.
   */
  readonly name?: string;
  /**
   * Resource id of the subnet.
   */
  readonly subnetId?: string;
  /**
   * Address space of the network that is made, for this endpoint alone: nothing connects it to the network of another endpoint, so that who is in one does not reach the endpoint in another. For several endpoints in one network, make that and name a subnet of it in each.
   */
  readonly addressSpace?: readonly string[];
  /**
   * Address range of the subnet that is made in it.
   */
  readonly subnetPrefix?: string;
  /**
   * Whether the endpoint is put into private DNS zones here; otherwise something else does it, such as an Azure policy.
   *
   * @default true
   */
  readonly manageDns?: boolean;
  /**
   * Resource ids of existing private DNS zones; a zone that is linked to the endpoint's network is made when there are none. A zone has one record of the account, or of the storage, so each of several endpoints needs a zone of its own or `manage-dns: false`.
   *
   * @default []
   */
  readonly dnsZoneIds?: readonly string[];
  /**
   * Name of the DNS zone group.
   *
   * @default 'default'
   */
  readonly dnsZoneGroupName?: string;
  /**
   * Whether the owner of the account must approve the connection by hand; needs `requestMessage`.
   *
   * @default false
   */
  readonly manualConnection?: boolean;
  /**
   * What the owner is told when approval is asked for.
   */
  readonly requestMessage?: string;
  /**
   * A fixed address in the subnet; Azure picks one when it is not given.
   */
  readonly privateIpAddress?: string;
  /**
   * Name of the endpoint's network interface; Azure makes one up when it is not given.
   */
  readonly networkInterfaceName?: string;
  /**
   * Name of the connection; the endpoint's own name when it is not given.
   */
  readonly connectionName?: string;
  /**
   * Resource ids of application security groups that the endpoint joins.
   *
   * @default []
   */
  readonly applicationSecurityGroupIds?: readonly string[];
  /**
   * Region of the endpoint, when its network is in another one than the account.
   */
  readonly location?: string;
  /**
   * Resource group of the endpoint, when it is another one than the account's.
   */
  readonly resourceGroup?: string;
  /**
   * Tags of the endpoint and of the network that is made for it, beside those of the environment, and in place of those with the same name.
   *
   * @default {}
   */
  readonly tags?: {
    readonly [k: string]: string;
  };
  readonly lock?: PrivateEndpointLockSettings;
}
/**
 * Where the account's logs and metrics go: at least one of a workspace, a storage account, an event hub and a partner solution.
 */
export interface DiagnosticSettingSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Name of the setting; its name here when it is not given.
   */
  readonly name?: string;
  /**
   * Resource id of a Log Analytics workspace.
   */
  readonly workspaceId?: string;
  /**
   * The tables of the workspace: `Dedicated` has one a category.
   */
  readonly destinationType?: 'Dedicated' | 'AzureDiagnostics';
  /**
   * Resource id of a storage account.
   */
  readonly storageAccountId?: string;
  /**
   * Resource id of an event hub namespace's authorization rule.
   */
  readonly eventHubRuleId?: string;
  /**
   * Name of the event hub; Azure picks one a category when it is not given.
   */
  readonly eventHubName?: string;
  /**
   * Resource id of a partner solution.
   */
  readonly partnerSolutionId?: string;
  /**
   * Groups of logs: `allLogs`, `audit`. All logs when neither groups nor categories are given.
   */
  readonly logGroups?: readonly string[];
  /**
   * Single kinds of logs instead of groups: `Audit`, `RequestResponse`, `Trace`.
   *
   * @default []
   */
  readonly logCategories?: readonly string[];
  /**
   * Kinds of metrics.
   *
   * @default ['AllMetrics']
   */
  readonly metricCategories?: readonly string[];
}
/**
 * Logs and metrics in a Log Analytics workspace, and alerts on throttling, server errors, latency and models that expire.
 */
export interface MonitoringSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Resource id of an existing Log Analytics workspace; one is made when it is not given.
   */
  readonly workspaceId?: string;
  /**
   * The Azure region of the workspace under `workspaceId`: alerts that ask it must be in its region. That of everything when it is not given.
   */
  readonly workspaceLocation?: string;
  /**
   * How long the workspace that is made keeps its data.
   *
   * @default 30
   */
  readonly retentionDays?: number;
  /**
   * Groups of logs: `allLogs`, `audit`. All logs when neither groups nor categories are given.
   */
  readonly logGroups?: readonly string[];
  /**
   * Single kinds of logs instead of groups: `Audit`, `RequestResponse`, `Trace`.
   *
   * @default []
   */
  readonly logCategories?: readonly string[];
  /**
   * Kinds of metrics.
   *
   * @default ['AllMetrics']
   */
  readonly metricCategories?: readonly string[];
  /**
   * Whether there are alerts.
   *
   * @default true
   */
  readonly alerts?: boolean;
  /**
   * Who is told about alerts.
   *
   * @default []
   */
  readonly alertEmails?: readonly string[];
  /**
   * Resource ids of action groups that are told, too.
   *
   * @default []
   */
  readonly actionGroupIds?: readonly string[];
  /**
   * Alerts when more calls than this were refused within 5 minutes because of a quota.
   *
   * @default 0
   */
  readonly throttledCalls?: number;
  /**
   * Alerts when more calls than this failed within 5 minutes through a fault of the service.
   *
   * @default 5
   */
  readonly serverErrors?: number;
  /**
   * Alerts when calls took longer than this on average over 15 minutes.
   *
   * @default 2000
   */
  readonly latencyMilliseconds?: number;
  /**
   * Alerts when the model of an endpoint, under `customSpeech` or in `modelExpiry`, has fewer days left than this. An endpoint whose model has expired silently serves the newest base model.
   *
   * @default 30
   */
  readonly expiryDays?: number;
  /**
   * The last day of the models of endpoints that are not under `customSpeech`, by a name of your choice: `2027-01-15`. Those under `customSpeech` are asked for it.
   *
   * @default {}
   */
  readonly modelExpiry?: {
    readonly [k: string]: string;
  };
}
/**
 * An identity for CI that signs in with OpenID Connect: there is no client secret. It runs pipelines against the account and its dataset storage.
 */
export interface DeployIdentitySettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Name of the identity; `id-<name>-<environment>` when it is not given.
   */
  readonly name?: string;
  /**
   * Whether it may run pipelines: Cognitive Services Speech Contributor on the account, Storage Blob Data Contributor on the dataset storage, and Storage Blob Data Reader on `byosStorage`, where results of evaluations are.
   *
   * @default true
   */
  readonly runner?: boolean;
  /**
   * Whether it may see and purge deleted accounts, through a role of its own on the subscription.
   *
   * @default false
   */
  readonly mayPurge?: boolean;
  readonly github?: GithubTrustSettings;
  readonly gitlab?: GitlabTrustSettings;
  readonly azureDevops?: AzureDevopsTrustSettings;
  /**
   * Other issuers that are trusted, by a name of your choice.
   *
   * @default {}
   */
  readonly federatedCredentials?: {
    readonly [k: string]: FederatedCredentialSettings;
  };
}
/**
 * Trusts workflows of a GitHub repository.
 */
export interface GithubTrustSettings {
  /**
   * The repository, `owner/name`.
   */
  readonly repository: string;
  /**
   * Id of the owner in GitHub (`gh api users/OWNER --jq .id`). Tokens of a repository that was made, renamed or transferred since 15 July 2026 name owner and repository with their ids.
   */
  readonly ownerId?: number;
  /**
   * Id of the repository in GitHub (`gh api repos/OWNER/NAME --jq .id`).
   */
  readonly repositoryId?: number;
  /**
   * Whether tokens without ids are trusted, too: those of an older repository. When it is not given, they are unless there are ids. With ids and `true` both are trusted, while the repository moves.
   */
  readonly byName?: boolean;
  /**
   * GitHub environments whose jobs are trusted.
   *
   * @default []
   */
  readonly environments?: readonly string[];
  /**
   * Branches whose workflows are trusted.
   *
   * @default []
   */
  readonly branches?: readonly string[];
  /**
   * Tags whose workflows are trusted.
   *
   * @default []
   */
  readonly tags?: readonly string[];
  /**
   * Whether workflows of pull requests are trusted, before anybody has approved them.
   *
   * @default false
   */
  readonly pullRequests?: boolean;
}
/**
 * Trusts jobs of a GitLab project.
 */
export interface GitlabTrustSettings {
  /**
   * The project, `group/name`.
   */
  readonly project: string;
  /**
   * The GitLab server.
   *
   * @default 'https://gitlab.com'
   */
  readonly url?: string;
  /**
   * Branches whose jobs are trusted.
   *
   * @default []
   */
  readonly branches?: readonly string[];
  /**
   * Tags whose jobs are trusted.
   *
   * @default []
   */
  readonly tags?: readonly string[];
}
/**
 * Trusts service connections of an Azure DevOps project.
 */
export interface AzureDevopsTrustSettings {
  /**
   * Name of the organization, for `serviceConnections`.
   */
  readonly organization?: string;
  /**
   * Id of the organization, for `serviceConnections`; needed unless `issuer` is given.
   */
  readonly organizationId?: string;
  /**
   * Name of the project, for `serviceConnections`.
   */
  readonly project?: string;
  /**
   * Names of service connections (workload identity federation) whose issuer is Azure DevOps itself: older ones. That issuer ends on 1 July 2027 in the public cloud.
   *
   * @default []
   */
  readonly serviceConnections?: readonly string[];
  /**
   * Subjects of service connections whose issuer is Entra ID, as the connection shows them (`/eid1/c/pub/t/…/sc/…`): new ones. They need `issuer`.
   *
   * @default []
   */
  readonly subjects?: readonly string[];
  /**
   * The issuer that the service connections show: `https://login.microsoftonline.com/<tenant>/v2.0` with `subjects`. Of `serviceConnections` it is `https://vstoken.dev.azure.com/<organization-id>` when it is not given.
   */
  readonly issuer?: string;
}
export interface FederatedCredentialSettings {
  /**
   * The issuer's URL, as in the token.
   */
  readonly issuer: string;
  /**
   * The subject, exactly as in the token.
   */
  readonly subject: string;
}
/**
 * Custom Speech projects and endpoints inside the account. Models are the pipelines' matter: an endpoint starts with the newest base model of its locale, and `speechops run` swaps it. The section stays, empty, until what it had is deleted: it brings the provider along.
 */
export interface CustomSpeechSettings {
  /**
   * Base URL of an emulator on this machine, such as `http://127.0.0.1:7270`, that is asked in place of the account.
   */
  readonly emulator?: string;
  /**
   * Custom Speech projects, by a name of your choice, which is part of the address: `customspeech_project.<name>`.
   *
   * @default {}
   */
  readonly projects?: {
    readonly [k: string]: CustomSpeechProjectSettings;
  };
  /**
   * Custom Speech endpoints, by a name of your choice, which is part of the address: `customspeech_endpoint.<name>`.
   *
   * @default {}
   */
  readonly endpoints?: {
    readonly [k: string]: CustomSpeechEndpointSettings;
  };
}
/**
 * A Custom Speech project: a folder of one locale that shows datasets, models and endpoints together in the portal.
 */
export interface CustomSpeechProjectSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Its display name, which pipelines say under `project`; the name of your choice when it is not given.
   */
  readonly name?: string;
  /**
   * Language and region, such as `en-US`. Another one makes another project.
   */
  readonly locale: string;
  /**
   * What it is for.
   */
  readonly description?: string;
}
/**
 * A Custom Speech endpoint: what applications recognise with. Its id stays when a pipeline swaps its model.
 */
export interface CustomSpeechEndpointSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Its display name, by which pipelines swap its model; the name of your choice when it is not given.
   */
  readonly name?: string;
  /**
   * Language and region, such as `en-US`. Another one makes another endpoint.
   */
  readonly locale: string;
  /**
   * The project that shows it in the portal, one of those under `projects`.
   */
  readonly project?: string;
  /**
   * What it is for.
   */
  readonly description?: string;
  /**
   * Whether audio and transcripts are kept; needs `byosStorage`, where they are kept, or an `existing` account with such storage: the service refuses it without.
   *
   * @default false
   */
  readonly contentLogging?: boolean;
  /**
   * Whether Terraform refuses every plan that would destroy the endpoint, whose id applications have.
   *
   * @default false
   */
  readonly preventDestroy?: boolean;
}
/**
 * A lock that stops people and other tools from deleting. It does not stop Terraform: plans that destroy or replace the account are refused by `account.prevent-destroy`.
 */
export interface DeleteLockSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * What is locked. Terraform takes the lock of the `account` away before it replaces the account. That of the `resourceGroup` stays, and Azure refuses in the middle of the apply.
   *
   * @default 'account'
   */
  readonly on?: 'account' | 'resource-group';
  /**
   * `ReadOnly` also refuses changes, Terraform's own included.
   *
   * @default 'CanNotDelete'
   */
  readonly level?: 'CanNotDelete' | 'ReadOnly';
  /**
   * Name of the lock; `lock-<account>` when it is not given.
   */
  readonly name?: string;
  /**
   * What people who meet the lock are told.
   *
   * @default 'Made by SpeechOps: models and endpoints cannot be brought back.'
   */
  readonly notes?: string;
}
/**
 * Tells people when a month costs more than expected. It stops nothing.
 */
export interface BudgetSettings {
  /**
   * Whether it exists.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * What a month may cost, in the currency of the subscription.
   */
  readonly amount: number;
  /**
   * Tells when this much of it was spent.
   *
   * @default [80, 100]
   */
  readonly actualPercentages?: readonly number[];
  /**
   * Tells when the month is expected to cost this much of it.
   *
   * @default [100]
   */
  readonly forecastPercentages?: readonly number[];
  /**
   * Who is told.
   *
   * @default []
   */
  readonly emails?: readonly string[];
  /**
   * Roles on the subscription whose holders are told, such as `Owner`.
   *
   * @default []
   */
  readonly roles?: readonly string[];
  /**
   * Resource ids of action groups that are told.
   *
   * @default []
   */
  readonly actionGroupIds?: readonly string[];
  /**
   * First day of the first month, such as `2026-12-01`; the month in which the budget is made when it is not given.
   */
  readonly start?: string;
}

/**
 * One environment. What is not said here comes from the one it extends: mappings are merged key by key, everything else is replaced.
 */
export interface SettledEnvironment {
  /**
   * Id of the Azure subscription. Without it Terraform reads ARM_SUBSCRIPTION_ID.
   */
  readonly subscription?: string;
  /**
   * Id of the Entra tenant. Without it Terraform uses the one that is signed in to.
   */
  readonly tenant?: string;
  /**
   * The Azure cloud; it decides hosts and private DNS zones.
   *
   * @default 'public'
   */
  readonly cloud: 'public' | 'usgovernment' | 'china';
  /**
   * The Azure region of everything, as `az account list-locations` names it: `westeurope`.
   */
  readonly location: string;
  /**
   * Takes a region that this version of SpeechOps does not know.
   *
   * @default false
   */
  readonly allowUnlistedLocation: boolean;
  /**
   * Name of the resource group; `rg-<name>-<environment>` when it is not given.
   */
  readonly resourceGroup?: string;
  /**
   * Whether the stack makes the resource group; otherwise it must exist.
   *
   * @default true
   */
  readonly createResourceGroup: boolean;
  /**
   * Which Azure resource providers Terraform registers; `none` for an identity that may not register any. Without it the azurerm provider's own default.
   */
  readonly resourceProviderRegistrations?: 'core' | 'extended' | 'all' | 'none' | 'legacy';
  /**
   * Exact version of the azurerm provider, 4.55.0 or a later one of 4.x; that of the bindings, 4.55.0, when it is not given. 5.x does not take what stacks are written in.
   */
  readonly azurermVersion?: string;
  /**
   * Whether destroying the account also purges it. An account that is deleted but not purged keeps its name and subdomain for 48 hours, and making it anew fails with FlagMustBeSetForRestore. Purging needs a right on the subscription, see `deploy-identity.may-purge`.
   *
   * @default true
   */
  readonly purgeOnDestroy: boolean;
  /**
   * Tags of every resource that takes tags.
   *
   * @default {}
   */
  readonly tags: {
    readonly [k: string]: string;
  };
  readonly backend?: SettledBackend;
  /**
   * What exists already and the stack takes over: ids of objects, by the address at which `terraform plan` wants to create each, such as `azurerm_cognitive_account.account`. An entry may stay when the object is in the state. Not inherited.
   *
   * @default {}
   */
  readonly import: {
    readonly [k: string]: string;
  };
  readonly account: SettledAccount;
  readonly storage?: SettledStorage;
  readonly byosStorage?: SettledByosStorage;
  readonly customerManagedKey?: SettledCustomerManagedKey;
  /**
   * Roles that principals get, by a name of your choice, which stays part of the resource's address.
   *
   * @default {}
   */
  readonly roleGrants: {
    readonly [k: string]: SettledRoleGrant;
  };
  /**
   * Private endpoints of the account, by a name of your choice. They are made one after the other, after everything else that changes the account.
   *
   * @default {}
   */
  readonly privateEndpoints: {
    readonly [k: string]: SettledPrivateEndpoint;
  };
  /**
   * Diagnostic settings beside the one of `monitoring`, by a name of your choice.
   *
   * @default {}
   */
  readonly diagnosticSettings: {
    readonly [k: string]: SettledDiagnosticSetting;
  };
  readonly monitoring?: SettledMonitoring;
  readonly deployIdentity?: SettledDeployIdentity;
  readonly customSpeech?: SettledCustomSpeech;
  readonly deleteLock?: SettledDeleteLock;
  readonly budget?: SettledBudget;
}
/**
 * Where Terraform keeps the state of the stack. Without it in a file `terraform.<environment>.tfstate` beside cdktf.json.
 */
export interface SettledBackend {
  /**
   * `local` is a file; `azurerm` a blob in Azure Storage, reached with Entra ID and locked while it is in use; `hcp` a workspace of HCP Terraform or Terraform Enterprise; `gitlab` a state that a GitLab project keeps.
   *
   * @default 'local'
   */
  readonly kind: 'local' | 'azurerm' | 'hcp' | 'gitlab';
  /**
   * Storage account of the state; for `azurerm` it must be given.
   */
  readonly storageAccount?: string;
  /**
   * Its container.
   *
   * @default 'tfstate'
   */
  readonly container: string;
  /**
   * Name of the blob; `<name>/<environment>.tfstate` when it is not given. For `hcp` the workspace, for `gitlab` the state; there `<name>-<environment>`.
   */
  readonly key?: string;
  /**
   * Resource group of the storage account, for identities that have to look it up.
   */
  readonly resourceGroup?: string;
  /**
   * Subscription of the storage account, when it is another one.
   */
  readonly subscription?: string;
  /**
   * Organization of the workspace; for `hcp` it must be given. Set the execution mode of the workspace to Local, because no other machine has the provider for Custom Speech. Terraform reads the token from TF_TOKEN_app_terraform_io or `terraform login`.
   */
  readonly organization?: string;
  /**
   * Id or path of the GitLab project, such as `contoso/speech`; for `gitlab` it must be given. Terraform reads TF_HTTP_USERNAME and TF_HTTP_PASSWORD: in a job `gitlabCiToken` and CI_JOB_TOKEN, elsewhere a name and an access token with the scope `api`.
   */
  readonly project?: string;
  /**
   * Host of Terraform Enterprise or of a GitLab of your own; `app.terraform.io` or `gitlab.com` when it is not given.
   */
  readonly host?: string;
}
/**
 * The Speech account: kind SpeechServices, S0, with a custom subdomain.
 *
 * @default {}
 */
export interface SettledAccount {
  /**
   * Resource id of an account that somebody else manages, in the environment's own subscription. It is read and used, and never changed or destroyed: of the other settings only `customSubdomain` may stand beside it, and none under `account` is inherited. Where the account takes keys, Terraform lists them at every plan and has them in its state.
   */
  readonly existing?: string;
  /**
   * Name of the account; `<name>-<environment>` when it is not given.
   */
  readonly name?: string;
  /**
   * The pricing tier: only S0 has Custom Speech endpoints that stay.
   *
   * @default 'S0'
   */
  readonly sku: string;
  /**
   * The subdomain that Entra ID and private endpoints need; the account's name when it is not given. It is unique in all of Azure, and changing it makes a new account.
   */
  readonly customSubdomain?: string;
  /**
   * Whether keys are accepted beside Entra ID.
   *
   * @default false
   */
  readonly keyAuth: boolean;
  /**
   * Whether the keys become (sensitive) outputs of the stack; needs `keyAuth`.
   *
   * @default false
   */
  readonly keyOutputs: boolean;
  /**
   * Whether the account has an identity of its own, with which it reads datasets from your storage.
   *
   * @default true
   */
  readonly systemIdentity: boolean;
  /**
   * Resource ids of user-assigned identities that the account has as well.
   *
   * @default []
   */
  readonly identityIds: readonly string[];
  /**
   * Whether the account can be reached from the internet, within the network rules below. On unless there is a private endpoint.
   */
  readonly publicAccess?: boolean;
  /**
   * What happens to calls that no rule lets in.
   *
   * @default 'Deny'
   */
  readonly defaultAction: 'Deny' | 'Allow';
  /**
   * Public IPv4 addresses and ranges up to /30 that may call, at most 100.
   *
   * @default []
   */
  readonly ipRules: readonly string[];
  /**
   * Subnets that may call, through their service endpoint Microsoft.CognitiveServices.
   *
   * @default []
   */
  readonly subnetRules: readonly SettledSubnetRule[];
  /**
   * Whether the account may only call the hosts in `fqdns` and those of the stack's own storage.
   *
   * @default false
   */
  readonly outboundRestricted: boolean;
  /**
   * Hosts that the account may call; needs `outboundRestricted`.
   *
   * @default []
   */
  readonly fqdns: readonly string[];
  /**
   * Whether Terraform refuses every plan that would destroy the account.
   *
   * @default false
   */
  readonly preventDestroy: boolean;
  readonly timeouts?: SettledTimeouts;
}
export interface SettledSubnetRule {
  /**
   * Resource id of the subnet.
   */
  readonly subnetId: string;
  /**
   * Whether the subnet may lack the service endpoint for now.
   *
   * @default false
   */
  readonly ignoreMissingServiceEndpoint: boolean;
}
/**
 * How long Terraform waits for Azure, such as `30m`; without them the azurerm provider's own limits.
 */
export interface SettledTimeouts {
  /**
   * For making it.
   */
  readonly create?: string;
  /**
   * For reading it.
   */
  readonly read?: string;
  /**
   * For changing it.
   */
  readonly update?: string;
  /**
   * For deleting it.
   */
  readonly delete?: string;
}
/**
 * A storage account for datasets that the Speech account reads with its own identity. No keys, no public blobs, closed network.
 */
export interface SettledStorage {
  /**
   * Name of the storage account, unique in all of Azure; `st<name><environment>` without hyphens when it is not given, cut and with a digest at its end where that has more than 24 characters.
   */
  readonly name?: string;
  /**
   * How the data is replicated. Changing between `LRS`, `GRS`, `RAGRS` and the zonal `ZRS`, `GZRS`, `RAGZRS` replaces the storage account and all that is in it.
   *
   * @default 'LRS'
   */
  readonly replication: 'LRS' | 'ZRS' | 'GRS' | 'RAGRS' | 'GZRS' | 'RAGZRS';
  /**
   * Its private containers.
   *
   * @default ['datasets']
   */
  readonly containers: readonly string[];
  /**
   * Moves blobs to the cool tier when they have not been changed for this long; 0 for never.
   *
   * @default 30
   */
  readonly coolAfterDays: number;
  /**
   * Deletes blobs that have not been changed for this long; 0 for never.
   *
   * @default 0
   */
  readonly deleteAfterDays: number;
  /**
   * Deletes previous versions of blobs that are this old; 0 for never.
   *
   * @default 90
   */
  readonly deleteVersionsAfterDays: number;
  /**
   * How long deleted blobs and containers can be brought back.
   *
   * @default 7
   */
  readonly softDeleteDays: number;
  /**
   * Whether the storage can be reached from the internet at all, within the rules below. Off, it is reached through `privateEndpoints` alone, by runners too. Whether the Speech account, which is let in by name, still reaches storage that is off the internet is nowhere documented: try it, or send datasets by blocks (`via: blocks`).
   *
   * @default true
   */
  readonly publicAccess: boolean;
  /**
   * Private endpoints of the storage's blobs, by a name of your choice. They are in other networks than those of the account, unless both name a `subnetId` of one network: runners need a way to both.
   *
   * @default {}
   */
  readonly privateEndpoints: {
    readonly [k: string]: SettledPrivateEndpoint;
  };
  /**
   * Public IPv4 addresses and ranges that may read and write.
   *
   * @default []
   */
  readonly ipRules: readonly string[];
  /**
   * Subnets that may read and write, through their service endpoint Microsoft.Storage.
   *
   * @default []
   */
  readonly subnetIds: readonly string[];
  /**
   * Whether Azure's trusted services get in as well; the Speech account does in any case.
   *
   * @default false
   */
  readonly trustedServices: boolean;
  /**
   * Whether data is encrypted a second time underneath. Fixed when the storage account is made.
   *
   * @default false
   */
  readonly infrastructureEncryption: boolean;
  /**
   * Whether Terraform refuses every plan that would destroy the storage account.
   *
   * @default false
   */
  readonly preventDestroy: boolean;
}
/**
 * A private endpoint of the account, or of the blobs of its dataset storage, in a subnet that exists (`subnet-id`) or in a network that is made (`address-space` and `subnet-prefix`).
 */
export interface SettledPrivateEndpoint {
  /**
   * Name of the private endpoint; `pep-<account>-<its name here>` when it is not given, of storage `pep-<storage>-<its name here>`.
   */
  readonly name?: string;
  /**
   * Resource id of the subnet.
   */
  readonly subnetId?: string;
  /**
   * Address space of the network that is made, for this endpoint alone: nothing connects it to the network of another endpoint, so that who is in one does not reach the endpoint in another. For several endpoints in one network, make that and name a subnet of it in each.
   */
  readonly addressSpace?: readonly string[];
  /**
   * Address range of the subnet that is made in it.
   */
  readonly subnetPrefix?: string;
  /**
   * Whether the endpoint is put into private DNS zones here; otherwise something else does it, such as an Azure policy.
   *
   * @default true
   */
  readonly manageDns: boolean;
  /**
   * Resource ids of existing private DNS zones; a zone that is linked to the endpoint's network is made when there are none. A zone has one record of the account, or of the storage, so each of several endpoints needs a zone of its own or `manage-dns: false`.
   *
   * @default []
   */
  readonly dnsZoneIds: readonly string[];
  /**
   * Name of the DNS zone group.
   *
   * @default 'default'
   */
  readonly dnsZoneGroupName: string;
  /**
   * Whether the owner of the account must approve the connection by hand; needs `requestMessage`.
   *
   * @default false
   */
  readonly manualConnection: boolean;
  /**
   * What the owner is told when approval is asked for.
   */
  readonly requestMessage?: string;
  /**
   * A fixed address in the subnet; Azure picks one when it is not given.
   */
  readonly privateIpAddress?: string;
  /**
   * Name of the endpoint's network interface; Azure makes one up when it is not given.
   */
  readonly networkInterfaceName?: string;
  /**
   * Name of the connection; the endpoint's own name when it is not given.
   */
  readonly connectionName?: string;
  /**
   * Resource ids of application security groups that the endpoint joins.
   *
   * @default []
   */
  readonly applicationSecurityGroupIds: readonly string[];
  /**
   * Region of the endpoint, when its network is in another one than the account.
   */
  readonly location?: string;
  /**
   * Resource group of the endpoint, when it is another one than the account's.
   */
  readonly resourceGroup?: string;
  /**
   * Tags of the endpoint and of the network that is made for it, beside those of the environment, and in place of those with the same name.
   *
   * @default {}
   */
  readonly tags: {
    readonly [k: string]: string;
  };
  readonly lock?: SettledPrivateEndpointLock;
}
/**
 * A lock on this endpoint alone: Azure refuses to delete the endpoint while the lock is there. Without it the endpoint has no lock of its own.
 */
export interface SettledPrivateEndpointLock {
  /**
   * `ReadOnly` also refuses changes, Terraform's own included.
   *
   * @default 'CanNotDelete'
   */
  readonly level: 'CanNotDelete' | 'ReadOnly';
  /**
   * Name of the lock; `lock-<endpoint>` when it is not given.
   */
  readonly name?: string;
  /**
   * What people who meet the lock are told.
   *
   * @default 'Made by SpeechOps: its network reaches the Speech account through this endpoint.'
   */
  readonly notes: string;
}
/**
 * Bring your own storage: the Speech service keeps models, artifacts and logs in this storage account instead of its own. Fixed when the Speech account is made.
 */
export interface SettledByosStorage {
  /**
   * Resource id of an existing storage account; one is made when it is not given.
   */
  readonly storageAccountId?: string;
  /**
   * Name of the storage account that is made; `st<name><environment>byos` without hyphens when it is not given, cut and with a digest at its end where that has more than 24 characters.
   */
  readonly name?: string;
  /**
   * How the data is replicated. Changing between `LRS`, `GRS`, `RAGRS` and the zonal `ZRS`, `GZRS`, `RAGZRS` replaces the storage account and all that is in it, and the Speech account with it.
   *
   * @default 'LRS'
   */
  readonly replication: 'LRS' | 'ZRS' | 'GRS' | 'RAGRS' | 'GZRS' | 'RAGZRS';
  /**
   * Public IPv4 addresses and ranges that may reach the storage account that is made.
   *
   * @default []
   */
  readonly ipRules: readonly string[];
  /**
   * Subnets that may reach the storage account that is made.
   *
   * @default []
   */
  readonly subnetIds: readonly string[];
  /**
   * Whether Terraform refuses every plan that would destroy the storage account that is made.
   *
   * @default false
   */
  readonly preventDestroy: boolean;
}
/**
 * Your own key, in a key vault or a Managed HSM, for the storage accounts of the stack. Custom Speech data is encrypted with your key only where it is in your own storage (`byosStorage`).
 */
export interface SettledCustomerManagedKey {
  /**
   * Resource id of the key vault, which needs purge protection.
   */
  readonly keyVaultId?: string;
  /**
   * Resource id of the Managed HSM in place of a key vault, which needs purge protection.
   */
  readonly managedHsmId?: string;
  /**
   * Name of the key.
   */
  readonly keyName: string;
  /**
   * Version of the key. Without it storage follows the key's rotation.
   */
  readonly keyVersion?: string;
  /**
   * Resource id of a user-assigned identity that may use the key; one is made when it is not given.
   */
  readonly identityId?: string;
  /**
   * Client id of the identity in `identityId`, for `encryptAccount`.
   */
  readonly identityClientId?: string;
  /**
   * Whether the identity that is made may use the key: it gets Key Vault Crypto Service Encryption User on the vault, or Managed HSM Crypto Service Encryption User on the key. That is a role inside the HSM, which only who has Managed HSM Policy Administrator there can give.
   *
   * @default true
   */
  readonly grantKeyAccess: boolean;
  /**
   * Whether the Speech account itself is encrypted with the key, too; needs `keyVersion` and `keyVaultId`. It does not cover Custom Speech data.
   *
   * @default false
   */
  readonly encryptAccount: boolean;
}
/**
 * A role for a principal.
 */
export interface SettledRoleGrant {
  /**
   * Name of a built-in role, such as `Cognitive Services Speech Contributor`, or the id of any role definition.
   */
  readonly role: string;
  /**
   * Object id of the user, group, service principal or managed identity.
   */
  readonly principal: string;
  /**
   * What the principal is. Say `ServicePrincipal` for one that was made a moment ago.
   */
  readonly principalType?: 'User' | 'Group' | 'ServicePrincipal';
  /**
   * What the role is for; `privateEndpoints` are those of the account.
   *
   * @default 'account'
   */
  readonly on: 'account' | 'storage' | 'byos-storage' | 'private-endpoints' | 'resource-group';
  /**
   * Name of the one private endpoint that `on: private-endpoints` is about; all of them when it is not given.
   */
  readonly endpoint?: string;
  /**
   * Resource id of something else that the role is for, instead of `on`.
   */
  readonly scope?: string;
  /**
   * Why it is granted.
   */
  readonly description?: string;
  /**
   * A condition in Azure's language (version 2.0) that limits the role.
   */
  readonly condition?: string;
  /**
   * Whether Terraform skips looking the principal up, for a service principal that was made a moment ago.
   *
   * @default false
   */
  readonly skipPrincipalCheck: boolean;
  /**
   * Resource id of a managed identity in another tenant.
   */
  readonly delegatedIdentityId?: string;
}
/**
 * A private endpoint of the account, or of the blobs of its dataset storage, in a subnet that exists (`subnet-id`) or in a network that is made (`address-space` and `subnet-prefix`).
 */
export interface SettledPrivateEndpoint1 {
  /**
   * Name of the private endpoint; `pep-<account>-<its name here>` when it is not given, of storage `pep-<storage>-<its name here>`.
   */
  readonly name?: string;
  /**
   * Resource id of the subnet.
   */
  readonly subnetId?: string;
  /**
   * Address space of the network that is made, for this endpoint alone: nothing connects it to the network of another endpoint, so that who is in one does not reach the endpoint in another. For several endpoints in one network, make that and name a subnet of it in each.
   */
  readonly addressSpace?: readonly string[];
  /**
   * Address range of the subnet that is made in it.
   */
  readonly subnetPrefix?: string;
  /**
   * Whether the endpoint is put into private DNS zones here; otherwise something else does it, such as an Azure policy.
   *
   * @default true
   */
  readonly manageDns: boolean;
  /**
   * Resource ids of existing private DNS zones; a zone that is linked to the endpoint's network is made when there are none. A zone has one record of the account, or of the storage, so each of several endpoints needs a zone of its own or `manage-dns: false`.
   *
   * @default []
   */
  readonly dnsZoneIds: readonly string[];
  /**
   * Name of the DNS zone group.
   *
   * @default 'default'
   */
  readonly dnsZoneGroupName: string;
  /**
   * Whether the owner of the account must approve the connection by hand; needs `requestMessage`.
   *
   * @default false
   */
  readonly manualConnection: boolean;
  /**
   * What the owner is told when approval is asked for.
   */
  readonly requestMessage?: string;
  /**
   * A fixed address in the subnet; Azure picks one when it is not given.
   */
  readonly privateIpAddress?: string;
  /**
   * Name of the endpoint's network interface; Azure makes one up when it is not given.
   */
  readonly networkInterfaceName?: string;
  /**
   * Name of the connection; the endpoint's own name when it is not given.
   */
  readonly connectionName?: string;
  /**
   * Resource ids of application security groups that the endpoint joins.
   *
   * @default []
   */
  readonly applicationSecurityGroupIds: readonly string[];
  /**
   * Region of the endpoint, when its network is in another one than the account.
   */
  readonly location?: string;
  /**
   * Resource group of the endpoint, when it is another one than the account's.
   */
  readonly resourceGroup?: string;
  /**
   * Tags of the endpoint and of the network that is made for it, beside those of the environment, and in place of those with the same name.
   *
   * @default {}
   */
  readonly tags: {
    readonly [k: string]: string;
  };
  readonly lock?: SettledPrivateEndpointLock;
}
/**
 * Where the account's logs and metrics go: at least one of a workspace, a storage account, an event hub and a partner solution.
 */
export interface SettledDiagnosticSetting {
  /**
   * Name of the setting; its name here when it is not given.
   */
  readonly name?: string;
  /**
   * Resource id of a Log Analytics workspace.
   */
  readonly workspaceId?: string;
  /**
   * The tables of the workspace: `Dedicated` has one a category.
   */
  readonly destinationType?: 'Dedicated' | 'AzureDiagnostics';
  /**
   * Resource id of a storage account.
   */
  readonly storageAccountId?: string;
  /**
   * Resource id of an event hub namespace's authorization rule.
   */
  readonly eventHubRuleId?: string;
  /**
   * Name of the event hub; Azure picks one a category when it is not given.
   */
  readonly eventHubName?: string;
  /**
   * Resource id of a partner solution.
   */
  readonly partnerSolutionId?: string;
  /**
   * Groups of logs: `allLogs`, `audit`. All logs when neither groups nor categories are given.
   */
  readonly logGroups?: readonly string[];
  /**
   * Single kinds of logs instead of groups: `Audit`, `RequestResponse`, `Trace`.
   *
   * @default []
   */
  readonly logCategories: readonly string[];
  /**
   * Kinds of metrics.
   *
   * @default ['AllMetrics']
   */
  readonly metricCategories: readonly string[];
}
/**
 * Logs and metrics in a Log Analytics workspace, and alerts on throttling, server errors, latency and models that expire.
 */
export interface SettledMonitoring {
  /**
   * Resource id of an existing Log Analytics workspace; one is made when it is not given.
   */
  readonly workspaceId?: string;
  /**
   * The Azure region of the workspace under `workspaceId`: alerts that ask it must be in its region. That of everything when it is not given.
   */
  readonly workspaceLocation?: string;
  /**
   * How long the workspace that is made keeps its data.
   *
   * @default 30
   */
  readonly retentionDays: number;
  /**
   * Groups of logs: `allLogs`, `audit`. All logs when neither groups nor categories are given.
   */
  readonly logGroups?: readonly string[];
  /**
   * Single kinds of logs instead of groups: `Audit`, `RequestResponse`, `Trace`.
   *
   * @default []
   */
  readonly logCategories: readonly string[];
  /**
   * Kinds of metrics.
   *
   * @default ['AllMetrics']
   */
  readonly metricCategories: readonly string[];
  /**
   * Whether there are alerts.
   *
   * @default true
   */
  readonly alerts: boolean;
  /**
   * Who is told about alerts.
   *
   * @default []
   */
  readonly alertEmails: readonly string[];
  /**
   * Resource ids of action groups that are told, too.
   *
   * @default []
   */
  readonly actionGroupIds: readonly string[];
  /**
   * Alerts when more calls than this were refused within 5 minutes because of a quota.
   *
   * @default 0
   */
  readonly throttledCalls: number;
  /**
   * Alerts when more calls than this failed within 5 minutes through a fault of the service.
   *
   * @default 5
   */
  readonly serverErrors: number;
  /**
   * Alerts when calls took longer than this on average over 15 minutes.
   *
   * @default 2000
   */
  readonly latencyMilliseconds: number;
  /**
   * Alerts when the model of an endpoint, under `customSpeech` or in `modelExpiry`, has fewer days left than this. An endpoint whose model has expired silently serves the newest base model.
   *
   * @default 30
   */
  readonly expiryDays: number;
  /**
   * The last day of the models of endpoints that are not under `customSpeech`, by a name of your choice: `2027-01-15`. Those under `customSpeech` are asked for it.
   *
   * @default {}
   */
  readonly modelExpiry: {
    readonly [k: string]: string;
  };
}
/**
 * An identity for CI that signs in with OpenID Connect: there is no client secret. It runs pipelines against the account and its dataset storage.
 */
export interface SettledDeployIdentity {
  /**
   * Name of the identity; `id-<name>-<environment>` when it is not given.
   */
  readonly name?: string;
  /**
   * Whether it may run pipelines: Cognitive Services Speech Contributor on the account, Storage Blob Data Contributor on the dataset storage, and Storage Blob Data Reader on `byosStorage`, where results of evaluations are.
   *
   * @default true
   */
  readonly runner: boolean;
  /**
   * Whether it may see and purge deleted accounts, through a role of its own on the subscription.
   *
   * @default false
   */
  readonly mayPurge: boolean;
  readonly github?: SettledGithubTrust;
  readonly gitlab?: SettledGitlabTrust;
  readonly azureDevops?: SettledAzureDevopsTrust;
  /**
   * Other issuers that are trusted, by a name of your choice.
   *
   * @default {}
   */
  readonly federatedCredentials: {
    readonly [k: string]: SettledFederatedCredential;
  };
}
/**
 * Trusts workflows of a GitHub repository.
 */
export interface SettledGithubTrust {
  /**
   * The repository, `owner/name`.
   */
  readonly repository: string;
  /**
   * Id of the owner in GitHub (`gh api users/OWNER --jq .id`). Tokens of a repository that was made, renamed or transferred since 15 July 2026 name owner and repository with their ids.
   */
  readonly ownerId?: number;
  /**
   * Id of the repository in GitHub (`gh api repos/OWNER/NAME --jq .id`).
   */
  readonly repositoryId?: number;
  /**
   * Whether tokens without ids are trusted, too: those of an older repository. When it is not given, they are unless there are ids. With ids and `true` both are trusted, while the repository moves.
   */
  readonly byName?: boolean;
  /**
   * GitHub environments whose jobs are trusted.
   *
   * @default []
   */
  readonly environments: readonly string[];
  /**
   * Branches whose workflows are trusted.
   *
   * @default []
   */
  readonly branches: readonly string[];
  /**
   * Tags whose workflows are trusted.
   *
   * @default []
   */
  readonly tags: readonly string[];
  /**
   * Whether workflows of pull requests are trusted, before anybody has approved them.
   *
   * @default false
   */
  readonly pullRequests: boolean;
}
/**
 * Trusts jobs of a GitLab project.
 */
export interface SettledGitlabTrust {
  /**
   * The project, `group/name`.
   */
  readonly project: string;
  /**
   * The GitLab server.
   *
   * @default 'https://gitlab.com'
   */
  readonly url: string;
  /**
   * Branches whose jobs are trusted.
   *
   * @default []
   */
  readonly branches: readonly string[];
  /**
   * Tags whose jobs are trusted.
   *
   * @default []
   */
  readonly tags: readonly string[];
}
/**
 * Trusts service connections of an Azure DevOps project.
 */
export interface SettledAzureDevopsTrust {
  /**
   * Name of the organization, for `serviceConnections`.
   */
  readonly organization?: string;
  /**
   * Id of the organization, for `serviceConnections`; needed unless `issuer` is given.
   */
  readonly organizationId?: string;
  /**
   * Name of the project, for `serviceConnections`.
   */
  readonly project?: string;
  /**
   * Names of service connections (workload identity federation) whose issuer is Azure DevOps itself: older ones. That issuer ends on 1 July 2027 in the public cloud.
   *
   * @default []
   */
  readonly serviceConnections: readonly string[];
  /**
   * Subjects of service connections whose issuer is Entra ID, as the connection shows them (`/eid1/c/pub/t/…/sc/…`): new ones. They need `issuer`.
   *
   * @default []
   */
  readonly subjects: readonly string[];
  /**
   * The issuer that the service connections show: `https://login.microsoftonline.com/<tenant>/v2.0` with `subjects`. Of `serviceConnections` it is `https://vstoken.dev.azure.com/<organization-id>` when it is not given.
   */
  readonly issuer?: string;
}
export interface SettledFederatedCredential {
  /**
   * The issuer's URL, as in the token.
   */
  readonly issuer: string;
  /**
   * The subject, exactly as in the token.
   */
  readonly subject: string;
}
/**
 * Custom Speech projects and endpoints inside the account. Models are the pipelines' matter: an endpoint starts with the newest base model of its locale, and `speechops run` swaps it. The section stays, empty, until what it had is deleted: it brings the provider along.
 */
export interface SettledCustomSpeech {
  /**
   * Base URL of an emulator on this machine, such as `http://127.0.0.1:7270`, that is asked in place of the account.
   */
  readonly emulator?: string;
  /**
   * Custom Speech projects, by a name of your choice, which is part of the address: `customspeech_project.<name>`.
   *
   * @default {}
   */
  readonly projects: {
    readonly [k: string]: SettledCustomSpeechProject;
  };
  /**
   * Custom Speech endpoints, by a name of your choice, which is part of the address: `customspeech_endpoint.<name>`.
   *
   * @default {}
   */
  readonly endpoints: {
    readonly [k: string]: SettledCustomSpeechEndpoint;
  };
}
/**
 * A Custom Speech project: a folder of one locale that shows datasets, models and endpoints together in the portal.
 */
export interface SettledCustomSpeechProject {
  /**
   * Its display name, which pipelines say under `project`; the name of your choice when it is not given.
   */
  readonly name?: string;
  /**
   * Language and region, such as `en-US`. Another one makes another project.
   */
  readonly locale: string;
  /**
   * What it is for.
   */
  readonly description?: string;
}
/**
 * A Custom Speech endpoint: what applications recognise with. Its id stays when a pipeline swaps its model.
 */
export interface SettledCustomSpeechEndpoint {
  /**
   * Its display name, by which pipelines swap its model; the name of your choice when it is not given.
   */
  readonly name?: string;
  /**
   * Language and region, such as `en-US`. Another one makes another endpoint.
   */
  readonly locale: string;
  /**
   * The project that shows it in the portal, one of those under `projects`.
   */
  readonly project?: string;
  /**
   * What it is for.
   */
  readonly description?: string;
  /**
   * Whether audio and transcripts are kept; needs `byosStorage`, where they are kept, or an `existing` account with such storage: the service refuses it without.
   *
   * @default false
   */
  readonly contentLogging: boolean;
  /**
   * Whether Terraform refuses every plan that would destroy the endpoint, whose id applications have.
   *
   * @default false
   */
  readonly preventDestroy: boolean;
}
/**
 * A lock that stops people and other tools from deleting. It does not stop Terraform: plans that destroy or replace the account are refused by `account.prevent-destroy`.
 */
export interface SettledDeleteLock {
  /**
   * What is locked. Terraform takes the lock of the `account` away before it replaces the account. That of the `resourceGroup` stays, and Azure refuses in the middle of the apply.
   *
   * @default 'account'
   */
  readonly on: 'account' | 'resource-group';
  /**
   * `ReadOnly` also refuses changes, Terraform's own included.
   *
   * @default 'CanNotDelete'
   */
  readonly level: 'CanNotDelete' | 'ReadOnly';
  /**
   * Name of the lock; `lock-<account>` when it is not given.
   */
  readonly name?: string;
  /**
   * What people who meet the lock are told.
   *
   * @default 'Made by SpeechOps: models and endpoints cannot be brought back.'
   */
  readonly notes: string;
}
/**
 * Tells people when a month costs more than expected. It stops nothing.
 */
export interface SettledBudget {
  /**
   * What a month may cost, in the currency of the subscription.
   */
  readonly amount: number;
  /**
   * Tells when this much of it was spent.
   *
   * @default [80, 100]
   */
  readonly actualPercentages: readonly number[];
  /**
   * Tells when the month is expected to cost this much of it.
   *
   * @default [100]
   */
  readonly forecastPercentages: readonly number[];
  /**
   * Who is told.
   *
   * @default []
   */
  readonly emails: readonly string[];
  /**
   * Roles on the subscription whose holders are told, such as `Owner`.
   *
   * @default []
   */
  readonly roles: readonly string[];
  /**
   * Resource ids of action groups that are told.
   *
   * @default []
   */
  readonly actionGroupIds: readonly string[];
  /**
   * First day of the first month, such as `2026-12-01`; the month in which the budget is made when it is not given.
   */
  readonly start?: string;
}

/**
 * The parts of an environment with their defaults in place, by the names that the schema has for them.
 */
export interface SettledParts {
  readonly 'environment': SettledEnvironment;
  readonly 'backend': SettledBackend;
  readonly 'account': SettledAccount;
  readonly 'timeouts': SettledTimeouts;
  readonly 'storage': SettledStorage;
  readonly 'byos-storage': SettledByosStorage;
  readonly 'customer-managed-key': SettledCustomerManagedKey;
  readonly 'role-grant': SettledRoleGrant;
  readonly 'private-endpoint': SettledPrivateEndpoint;
  readonly 'private-endpoint-lock': SettledPrivateEndpointLock;
  readonly 'diagnostic-setting': SettledDiagnosticSetting;
  readonly 'monitoring': SettledMonitoring;
  readonly 'deploy-identity': SettledDeployIdentity;
  readonly 'custom-speech': SettledCustomSpeech;
  readonly 'custom-speech-project': SettledCustomSpeechProject;
  readonly 'custom-speech-endpoint': SettledCustomSpeechEndpoint;
  readonly 'delete-lock': SettledDeleteLock;
  readonly 'budget': SettledBudget;
}

/**
 * Rules of one's own that make two ways of writing equal before words are compared; named with `speechops score --rules`.
 */
export interface RulesDocument {
  /**
   * The profile whose rules come first.
   */
  extends:
    | 'none'
    | 'lexical'
    | 'azure-en-US'
    | 'azure-de-DE'
    | 'azure-fr-FR'
    | 'azure-es-ES'
    | 'azure-it-IT'
    | 'azure-pt-BR'
    | 'azure-ja-JP'
    | 'azure-zh-CN'
    | 'whisper-en'
    | 'open-asr-leaderboard';
  /**
   * Pairs of words that are heard and the words that count for them, `[okay, ok]`. Whole words only, several with spaces between; the longest is replaced first.
   */
  readonly replace?: readonly string[][];
  /**
   * Words that do not count, on neither side.
   *
   * Items: A word, or several with spaces between.
   */
  readonly fillers?: readonly string[];
  /**
   * Spellings of one word, each with the one that counts for it.
   */
  readonly spellings?: {
    /**
     * The spelling that counts.
     */
    readonly [k: string]: string;
  };
}

/**
 * What the person who runs pipelines allows them, in a file that no pull request can change; named with --settings.
 */
export interface SettingsDocument {
  /**
   * Names of environment variables that pipelines may read: for `speechops worker` all that they may read, elsewhere those with the name of a credential.
   *
   * Items: The name of an environment variable.
   */
  readonly 'allow-env': readonly string[];
}

/**
 * Makes sure that the Speech resource has a dataset with this content: reuses the one with the same digest, or uploads it. What one dataset cannot hold becomes several.
 */
export interface UploadWith {
  /**
   * What the data is: Acoustic is audio with transcripts, AudioFiles is audio alone, Language is plain text, LanguageMarkdown is structured text, Pronunciation is a list of pronunciations, OutputFormatting is display format rules.
   */
  readonly kind: 'Acoustic' | 'AudioFiles' | 'Language' | 'LanguageMarkdown' | 'Pronunciation' | 'OutputFormatting';
  /**
   * Where the data is: a folder, a .zip or a text file, relative to the pipeline's file, or a pattern such as `data/*` that finds some of these; or an http or https URL that the service can fetch. A list is one dataset: recordings with their transcripts, texts one behind the other. What one dataset cannot hold, and the parts that `speechops data pack` has made of a set, become datasets of their own, which later steps take as one. Of the settings of an `upload` this one alone takes secret variables, in an https URL.
   * @maxItems 100
   */
  readonly from: string | readonly string[];
  /**
   * The dataset's display name. The step's id when left out.
   */
  readonly name: string;
  /**
   * The dataset's description.
   */
  readonly description?: string;
  /**
   * The data's locale. The pipeline's when left out.
   */
  readonly locale: string;
  /**
   * Whether the service normalises the transcripts on import (numbers to words, punctuation away).
   */
  readonly 'text-normalization': 'Default' | 'None';
  /**
   * The step fails when the service rejects a larger share of the lines. As 0..1.
   */
  readonly 'max-rejected': number;
  /**
   * What is done about faults that are found in local data before they are uploaded: `fail` when the service would refuse them or reject more lines than max-rejected allows, `warn` to upload them all the same, `off` to look at nothing.
   */
  readonly check: 'fail' | 'warn' | 'off';
  /**
   * The way that local data take to the Speech resource: `blocks` sends them to the resource itself, `storage` to a container of Azure Storage from which the resource fetches them, `auto` decides by what is known: storage where `container` names one and either `read-with` is `identity` or the data have 64 MiB or more, else blocks.
   */
  readonly via: 'auto' | 'blocks' | 'storage';
  /**
   * The container of Azure Storage that local data go through, `https://ACCOUNT.blob.core.windows.net/CONTAINER`. The identity that runs the pipeline writes to it (Storage Blob Data Contributor on the account), and what it has written stays there.
   */
  readonly container?: string;
  /**
   * How the Speech resource gets at data in the container: by a `signature`, a URL that reads this one blob for two days; or with its own `identity`, which has to have the role Storage Blob Data Reader and a way through the storage account's firewall, as with the `storage` of environment.yaml.
   */
  readonly 'read-with': 'signature' | 'identity';
  /**
   * Why models may be trained with recordings or sentences that are in a test set of the pipeline as well; the word error rate is too good then. Without a reason the step fails.
   */
  readonly 'allow-leak'?: string;
}

/**
 * What later steps can read.
 */
export interface UploadOutputs {
  /**
   * The dataset's `self` URL; of a set with parts those of all of them, with a space between two.
   */
  readonly dataset: string;
  /**
   * SHA-256 over the data's names and contents, in hexadecimal; of a set with parts over those of the parts.
   */
  readonly digest: string;
  /**
   * Lines that the service accepted.
   */
  readonly accepted: number;
  /**
   * Lines that the service rejected.
   */
  readonly rejected: number;
  /**
   * The lines that the service rejected, each as `place: reason (what to do)` on a line of its own; at most 200, and absent when there are none, or the service's report cannot be read.
   */
  readonly rejections?: string;
  /**
   * Of a URL whose dataset is there already: by what the server told the dataset holds what the URL holds now. `nothing` when the server told nothing here that could be compared.
   */
  readonly comparison?: 'MD5' | 'ETag' | 'length' | 'nothing';
}

/**
 * Look at parts of the dataset by themselves, too, and bound each of them: nothing is `better` where one is beyond a bound, and chance does not explain that, all parts, sets and bounds of the step together (Holm). Without a bound the parts are shown alone. A list cuts the dataset in several ways.
 * @maxItems 10
 */
export type EvaluateSlices =
  | {
      /**
       * What the recordings of a part share: a column of `manifest`. `speaker` without it is what stands in their names before the first `-` or `_`.
       */
      readonly by: string;
      /**
       * A file that tells something of each recording, relative to the pipeline's file: tab-separated, or comma-separated with `"` as RFC 4180 has it, with a header line; its first column names the recording, with or without folder and `.wav`. Recordings that it does not name, or without a value, are a part of their own.
       */
      readonly manifest?: string;
      /**
       * The word error rate of `model` that no part may be above. As 0..1.
       */
      readonly 'max-wer'?: number;
      /**
       * By how much the word error rate of `model` may be above that of `against` in a part: the difference of the two rates. With `0%` no part may become worse. As 0..1.
       */
      readonly 'max-regression'?: number;
      /**
       * How many words a part has to have to decide anything, and 50 recordings with them; fewer words ask for fewer recordings in the same proportion. Smaller parts are shown, and `slicesVerdict` counts them.
       */
      readonly 'min-words': number;
    }
  | readonly EvaluateSlice[];

/**
 * Measures the word error rate of a model on a dataset, and of another one beside it when `against` is given.
 */
export interface EvaluateWith {
  /**
   * The dataset to recognise: an Acoustic dataset's `self` URL or id. Of a set with parts, which an expression gives with spaces between them, each part is evaluated, and all of them count as one test set.
   */
  readonly dataset: string;
  /**
   * The model to measure: `endpoint/<name>` is what that endpoint serves (the newest base model while it does not exist, which the result then says), `base` is the newest base model, `base/<name>` the one of that display name, else a model's `self` URL or id.
   */
  readonly model: string;
  /**
   * A second model to compare with, in the same forms; with `base` beside an endpoint the result says when the newest base model is as good as what the endpoint serves. With it the step also says which one is better.
   */
  readonly against?: string;
  /**
   * By how much the word error rate of `model` has to be lower for `better`: the difference of the two rates. With `0%` any improvement counts that chance does not explain. As 0..1.
   */
  readonly 'min-improvement': number;
  /**
   * How many words the dataset has to have for `better`, and 50 recordings with them: intervals of fewer are too narrow. Fewer words ask for fewer recordings in the same proportion. Chance must not explain the difference in any case.
   */
  readonly 'min-words': number;
  readonly slices?: EvaluateSlices;
  /**
   * Further test sets that guard the decision: the same models are measured on each of them, in an evaluation of its own, and nothing is `better` where one is beyond a bound, and chance does not explain that, all parts, sets and bounds of the step together (Holm). Without a bound a set is shown alone.
   * @maxItems 20
   */
  readonly sets?: readonly EvaluateSet[];
  /**
   * A file of terms that are counted by themselves, relative to the pipeline's file: names, drugs, call signs, one a line, its spellings separated by `|`, as `speechops score --terms` takes it. They are looked for in what `model` recognised and in the dataset's transcript, as the profile of the locale writes them.
   */
  readonly terms?: string;
  /**
   * Nothing is `better` whose term error rate is above this, and chance does not explain that: terms that were missed, or recognised where they were not said, for each time that one was said. As 0..1.
   */
  readonly 'max-term-error-rate'?: number;
  /**
   * How many times the dataset is evaluated in all, because the service does not always recognise the same audio alike: nothing is `better` where the difference is within the noise, that is, where the highest rate of `model` among the evaluations is not below the lowest of `against`. Every rate of `model` is then below every rate of `against`, whichever evaluations are paired. Rates, intervals and p-values are those of the first. Each evaluation is paid for; all are found again by a later run.
   */
  readonly noise?: number;
  /**
   * An endpoint, `endpoint/<name>`, through which the recordings of the dataset are recognised, too, each time that the step is done: what its callers get now, scored here. That shows what no field of the service does: another model that answers, as after the end of the endpoint's own, and a service that has changed.
   */
  readonly live?: string;
  /**
   * The evaluation's display name. The step's id when left out.
   */
  readonly name: string;
}
/**
 * How a dataset is cut, and what each part of it must keep.
 */
export interface EvaluateSlice {
  /**
   * What the recordings of a part share: a column of `manifest`. `speaker` without it is what stands in their names before the first `-` or `_`.
   */
  readonly by: string;
  /**
   * A file that tells something of each recording, relative to the pipeline's file: tab-separated, or comma-separated with `"` as RFC 4180 has it, with a header line; its first column names the recording, with or without folder and `.wav`. Recordings that it does not name, or without a value, are a part of their own.
   */
  readonly manifest?: string;
  /**
   * The word error rate of `model` that no part may be above. As 0..1.
   */
  readonly 'max-wer'?: number;
  /**
   * By how much the word error rate of `model` may be above that of `against` in a part: the difference of the two rates. With `0%` no part may become worse. As 0..1.
   */
  readonly 'max-regression'?: number;
  /**
   * How many words a part has to have to decide anything, and 50 recordings with them; fewer words ask for fewer recordings in the same proportion. Smaller parts are shown, and `slicesVerdict` counts them.
   */
  readonly 'min-words': number;
}
/**
 * A test set.
 */
export interface EvaluateSet {
  /**
   * The dataset to recognise, as `dataset` of the step.
   */
  readonly dataset: string;
  /**
   * What the set is called in verdicts and reports. The display name of its dataset when left out.
   */
  readonly name?: string;
  /**
   * The word error rate of `model` that the set may not be above. As 0..1.
   */
  readonly 'max-wer'?: number;
  /**
   * By how much the word error rate of `model` may be above that of `against` on the set: the difference of the two rates. With `0%` it may not become worse. As 0..1.
   */
  readonly 'max-regression'?: number;
  /**
   * How many words the set has to have to decide anything, and 50 recordings with them; fewer words ask for fewer recordings in the same proportion. A smaller set is shown, and `setsVerdict` says so.
   */
  readonly 'min-words': number;
}

/**
 * What later steps can read.
 */
export interface EvaluateOutputs {
  /**
   * The evaluation's `self` URL; of a set with parts those of all of them, with a space between two.
   */
  readonly evaluation: string;
  /**
   * The `self` URL of the model that was measured.
   */
  readonly model: string;
  /**
   * The word error rate: (substitutions + deletions + insertions) / words. Above 1 when there are many insertions. The service's own rate, rounded to 0.01 %, where the service gives no counts.
   */
  readonly wer: number;
  /**
   * The lower end of the rate's 95 % interval, drawn from the recordings; of fewer than 10 it is made wider, and of one or two it is 0. The same as `wer` where `incomplete` is there.
   */
  readonly werLow: number;
  /**
   * The upper end of it, likewise; of one or two recordings 1, or `wer` where that is above 1.
   */
  readonly werHigh: number;
  /**
   * The recordings whose results were read; absent with `incomplete`.
   */
  readonly utterances?: number;
  /**
   * Why the results of the recordings cannot be used, as where the evaluation is partial or has no files: then nothing is `better`, and there is no interval. Absent when they can.
   */
  readonly incomplete?: string;
  /**
   * Words of the reference transcripts; absent where the service gives no counts.
   */
  readonly words?: number;
  /**
   * Words recognised as other words; absent where the service gives no counts.
   */
  readonly substitutions?: number;
  /**
   * Words that were missed; absent where the service gives no counts.
   */
  readonly deletions?: number;
  /**
   * Words that the model put in and the reference does not have; absent where the service gives no counts.
   */
  readonly insertions?: number;
  /**
   * The parts as `results.json` has them, as JSON (`fromJSON`): those beyond a bound first, then the largest, as many as 60,000 characters take.
   */
  readonly slices?: string;
  /**
   * How many parts have fewer words or recordings than `min-words` of `slices` asks for: they decide nothing.
   */
  readonly slicesTooFew?: number;
  /**
   * Whether no part is beyond a bound, those of too few words left aside; false where the recordings do not tell. Absent without a bound.
   */
  readonly slicesPass?: boolean;
  /**
   * The same in words: which part is beyond which bound, and how many have too few words.
   */
  readonly slicesVerdict?: string;
  /**
   * The further sets as `results.json` has them, as JSON (`fromJSON`), in their order: `name`, `evaluation`, `rate`, `againstRate`, `comparison`, `bound`, `regressionBound`, `passed`, `sentence`.
   */
  readonly sets?: string;
  /**
   * Whether the evaluation of the step's own dataset was there before, with `sets` and with `live`; the further sets say so themselves.
   */
  readonly reused?: boolean;
  /**
   * Whether no further set is beyond a bound, those of too few words left aside; false where one that is bounded does not tell, as when its evaluation failed or is partial. Absent without a bound.
   */
  readonly setsPass?: boolean;
  /**
   * The same in words: which set is beyond which bound, and how many have too few words.
   */
  readonly setsVerdict?: string;
  /**
   * The term error rate: (misses + false alarms) / times that terms were said. Absent where none was said, or the recordings do not tell.
   */
  readonly termErrorRate?: number;
  /**
   * How often the terms were said.
   */
  readonly termsSaid?: number;
  /**
   * The terms that were said or recognised as `results.json` has them, as JSON (`fromJSON`): most errors first, as many as 60,000 characters take.
   */
  readonly terms?: string;
  /**
   * Whether the terms are within `max-term-error-rate`; false where none was said, where they are above it and said in fewer than 10 recordings, or the recordings do not tell.
   */
  readonly termsPass?: boolean;
  /**
   * How the terms were recognised, in words, and whether that is within the bound.
   */
  readonly termsVerdict?: string;
  /**
   * How many evaluations of the same were compared.
   */
  readonly evaluations?: number;
  /**
   * How many of them this run has made or waited for, the others were there.
   */
  readonly evaluationsMade?: number;
  /**
   * How many recordings were not recognised alike in all of them, by `model`, or by `against` where there is one. Absent where one of the evaluations failed, is partial or does not tell; then nothing is `better`.
   */
  readonly unstable?: number;
  /**
   * The names of these recordings, as JSON (`fromJSON`), as many as 60,000 characters take.
   */
  readonly unstableRecordings?: string;
  /**
   * The same in words, with the rates: `3 of 200 recordings were not recognised alike in 3 evaluations; the rate was 7.8 % to 8.1 %`, or why that cannot be told.
   */
  readonly noise?: string;
  /**
   * The least word error rate of `model` among the evaluations.
   */
  readonly werNoiseLow?: number;
  /**
   * The highest of them.
   */
  readonly werNoiseHigh?: number;
  /**
   * Whether the highest rate of `model` among the evaluations is below the lowest of `against`; false where that cannot be told. Absent without `against`.
   */
  readonly noisePass?: boolean;
  /**
   * The word error rate of what the endpoint of `live` answered, over the recordings of at most 60 s.
   */
  readonly liveWer?: number;
  /**
   * Words of the transcripts of these recordings.
   */
  readonly liveWords?: number;
  /**
   * How many recordings were recognised through the endpoint.
   */
  readonly liveRecordings?: number;
  /**
   * Answers that a caller could not use; their words count as not recognised.
   */
  readonly liveFailures?: number;
  /**
   * How much of what `model` recognised in its evaluation the endpoint answers otherwise, as a word error rate: near 0 while that model answers. An endpoint's own model stays the one that is compared when it has expired. Absent where the service does not tell what was recognised.
   */
  readonly liveDrift?: number;
  /**
   * The date from which on the measured model cannot recognise any more, `YYYY-MM-DD`; absent where the service tells none.
   */
  readonly expires?: string;
  /**
   * Whole days until then, by the clock of the service; below 0 when it has expired. Absent where the service tells no date, and then a comparison takes it for 0.
   */
  readonly 'days-left'?: number;
  /**
   * Which model was measured in place of what the endpoint of `model` serves, and why: `newest base model, endpoint calls does not exist`. Absent when no model stood in.
   */
  readonly standIn?: string;
  /**
   * The word error rate of the model given as `against`.
   */
  readonly againstWer?: number;
  /**
   * The `self` URL of the model that it was compared with.
   */
  readonly againstModel?: string;
  /**
   * The same of the model given as `against`.
   */
  readonly againstStandIn?: string;
  /**
   * The difference: the rate of `model` less that of `against`, below 0 where `model` makes fewer errors. Like the following numbers it is absent with `incomplete`.
   */
  readonly delta?: number;
  /**
   * The lower end of the difference's 95 % interval: both models on the same draws of recordings, or of speakers where 20 or more are known.
   */
  readonly deltaLow?: number;
  /**
   * The upper end of it.
   */
  readonly deltaHigh?: number;
  /**
   * The share of the draws in which `model` has the lower rate.
   */
  readonly probabilityOfImprovement?: number;
  /**
   * How often chance alone gives a difference as large: the permutation test.
   */
  readonly pValue?: number;
  /**
   * The p-value of the matched pairs sentence-segment word error test (MAPSSWE), for readers of NIST. It decides nothing.
   */
  readonly matchedPairsP?: number;
  /**
   * Whether the dataset has fewer words or recordings than `min-words` asks for.
   */
  readonly tooFew?: boolean;
  /**
   * Whether `model` has the lower word error rate of the two, and not by chance: the interval of the difference is below 0 and `pValue` below 0.05, by at least `min-improvement`, over at least `min-words`, and `slicesPass`, `setsPass` and `termsPass` where there are bounds for parts, further sets and terms. With `noise` its highest rate is below the lowest of `against`, too.
   */
  readonly better?: boolean;
  /**
   * The same in words: `better`, `not better`, or why a lower rate does not count, as `better by 0.1 %, less than 1.0 %` or `too few to tell` with what to do, or which part of the dataset or further set is beyond a bound, that its terms are, or that noise explains it. Where one of the two is a base model and the custom one is not better, it says that, too.
   */
  readonly verdict?: string;
}

/**
 * Makes sure that a model adapted with these datasets exists: reuses the one with the same digest, or trains it.
 */
export interface TrainWith {
  /**
   * The datasets to adapt the base model with: `self` URLs or ids, at least one. An expression may give several with spaces between them, as the parts of a set are.
   */
  readonly datasets: readonly string[];
  /**
   * The model to adapt: `newest` is the newest base model of the locale that takes these kinds of data, else a base model's display name (`"20240614"`, in quotes), `self` URL or id.
   */
  readonly 'base-model': string;
  /**
   * How much the adaptation weighs against the base model, in percent (customModelWeightPercent). The service chooses when left out.
   */
  readonly weight?: number;
  /**
   * The model's display name. The step's id when left out.
   */
  readonly name: string;
  /**
   * The model's description.
   */
  readonly description?: string;
  /**
   * Train when the word error rate that `measured-by` found is above this, and the lower end of its interval with it. With one or more of the three `if-…` settings the step is skipped unless one of them holds. As 0..1.
   */
  readonly 'if-wer-above'?: number;
  /**
   * Where the word error rate for `if-wer-above` comes from: the id of an evaluate step, or an expression. As the rate that it found.
   */
  readonly 'measured-by'?: number;
  /**
   * What has to be above `if-wer-above`: the `lower-bound` of the rate's 95 % interval, so that chance does not train, or the rate itself, `point`.
   */
  readonly 'if-wer-above-by': 'lower-bound' | 'point';
  /**
   * The lower end of that interval. Of the step in `measured-by` when left out; where that is an expression, the same as it. As the rate that it found.
   */
  readonly 'measured-at-least'?: number;
  /**
   * The upper end of that interval, for people. Of the step in `measured-by` when left out; where that is an expression, the same as it. As the rate that it found.
   */
  readonly 'measured-at-most'?: number;
  /**
   * Train when the model of `in-use` recognises no more from a date on that is within this time, or has passed; `60d`. In seconds.
   */
  readonly 'if-expiring-within'?: number;
  /**
   * Whether to train when there is a newer base model for these kinds of data than the one that the model of `in-use` was trained on.
   */
  readonly 'if-newer-base'?: boolean;
  /**
   * The model whose age `if-expiring-within` and `if-newer-base` look at: `endpoint/<name>` is the one that this endpoint was given last and that was proved there, else a model's `self` URL or id. While the endpoint does not exist, neither of them holds.
   */
  readonly 'in-use'?: string;
}

/**
 * What later steps can read.
 */
export interface TrainOutputs {
  /**
   * The model's `self` URL.
   */
  readonly model: string;
  /**
   * The date from which on it cannot recognise any more, `YYYY-MM-DD`; absent where the service tells none.
   */
  readonly expires?: string;
  /**
   * Whole days until then, by the clock of the service; below 0 when it has expired. Absent where the service tells no date, and then a comparison takes it for 0.
   */
  readonly 'days-left'?: number;
}

/**
 * Puts a model behind an endpoint without downtime, proves that it is served, and puts the previous one back when it is not.
 */
export interface SwapWith {
  /**
   * Display name of the endpoint, or its id. It has to exist in the pipeline's locale, unless `create` is true.
   */
  readonly endpoint: string;
  /**
   * Create the endpoint, which is charged for as long as it exists, when there is none of this name in the pipeline's locale. Without it a name that does not exist is refused, as a typing error.
   */
  readonly create: boolean;
  /**
   * The model to serve: a model's `self` URL or id, `base` for the newest base model, `base/<name>` for the one of that display name, `release` for the one that the endpoint's file in the folder `release` names when the run is planned.
   */
  readonly model: string;
  /**
   * `direct` gives the model to the endpoint at once. `canary` makes another endpoint first, `<endpoint>-canary-<run>`, which is charged while it exists: only when every recording is answered there as by the model, and `max-wer` holds, the endpoint itself is changed. The canary is removed in every outcome.
   */
  readonly strategy: 'direct' | 'canary';
  /**
   * Recognise audio on the endpoint before, during and after the swap, and go back when that fails. A service that does not answer is waited for, within the step's timeout, and else for an hour. Without it only the service's own report is believed, and the endpoint is marked `unheard`.
   */
  readonly verify?: {
    /**
     * A folder with WAV files of at most 60 s and their trans.txt, relative to the pipeline's file.
     */
    readonly audio: string;
    /**
     * How it is recognised: `sdk` through Microsoft's Speech SDK over WebSocket, the documented way to a custom endpoint; `rest` through the REST API for short audio, which is not promised for custom models.
     */
    readonly channel: 'sdk' | 'rest';
    /**
     * Go back when the word error rate on the audio is above this. Without it only failed recognitions count. As 0..1.
     */
    readonly 'max-wer'?: number;
    /**
     * Go back when the word error rate on the audio is above that of the newest evaluation of the model by more than this: `5%` allows 12 % where the evaluation found 7 %. A model that no evaluation has measured is not bounded by it. As 0..1.
     */
    readonly 'max-wer-above-evaluation'?: number;
    /**
     * Go back when, after the change, more than one in twenty final results takes longer than this (`afterFinalP95Seconds`); change nothing when it does before. A recording counts from connecting to its whole answer, and a phrase of a stream from its end, so that the audio should be short. In seconds.
     */
    readonly 'max-latency'?: number;
    /**
     * How many streams to keep open on the endpoint, through the SDK, from before the change to the end of the proof, each of which speaks the audio over and over in real time. Go back when one of them loses a phrase or its connection, or fails. They count towards the concurrent requests of the endpoint, 100 by default, of which single recognitions need two.
     */
    readonly streams: number;
    /**
     * How often the audio is recognised while the swap settles. In seconds.
     */
    readonly every: number;
    /**
     * How many recordings of an evaluation to use at most that tell the two models apart: on which each of them recognised another text. Before the change they have to answer as the model that is served; the new model counts as served when they answer as it did. 0 turns that off.
     */
    readonly discriminate: number;
    /**
     * How long to go on recognising after the change, by the clock of the service, where nothing tells the two models apart. Microsoft says that the previous model serves for several minutes. In seconds.
     */
    readonly 'settle-at-least': number;
  };
  /**
   * A folder of the repository, relative to the pipeline's file, in which the file `<endpoint>.yaml` says what the endpoint serves since its last swap and why: model, data, word error rates, proof, run and commit. It is made when it is not there; commit the file.
   */
  readonly release?: string;
  /**
   * Refuse a model that expires within this many days.
   */
  readonly 'min-days-left': number;
  /**
   * Go back when the service has not finished by then, or the new model does not answer. Going back has the same time. In seconds.
   */
  readonly 'settle-timeout': number;
}

/**
 * What later steps can read.
 */
export interface SwapOutputs {
  /**
   * The endpoint's `self` URL.
   */
  readonly endpoint: string;
  /**
   * The `self` URL of the model it serves now.
   */
  readonly model: string;
  /**
   * The date from which on that model cannot recognise any more, `YYYY-MM-DD`; absent where the service tells none.
   */
  readonly expires?: string;
  /**
   * Whole days until then, by the clock of the service; below 0 when it has expired. Absent where the service tells no date, and then a comparison takes it for 0.
   */
  readonly 'days-left'?: number;
  /**
   * The path of the file that says what the endpoint serves, relative to the pipeline's file.
   */
  readonly release?: string;
  /**
   * Whether the step created the endpoint.
   */
  readonly created: boolean;
  /**
   * The `self` URL of the model it served before; empty when it served none.
   */
  readonly previousModel: string;
  /**
   * Recognitions that were made as proof and got an answer.
   */
  readonly probes: number;
  /**
   * How many of the answers were none that a caller can use.
   */
  readonly probeFailures: number;
  /**
   * How often a recognition got no answer (429, 5xx, a lost connection) and was repeated.
   */
  readonly probeRepeats: number;
  /**
   * Streams that were kept open.
   */
  readonly streams: number;
  /**
   * Recordings that they spoke to the end.
   */
  readonly streamPhrases: number;
  /**
   * How many of these got no phrase in answer.
   */
  readonly streamPhrasesLost: number;
  /**
   * How often a connection of theirs was lost, which Microsoft's SDK hides by connecting again.
   */
  readonly streamDrops: number;
  /**
   * Streams that ended with an error.
   */
  readonly streamFailures: number;
  /**
   * Within how long half of the recognitions had their first result before the change; absent where none was measured.
   */
  readonly beforeFirstResultP50Seconds?: number;
  /**
   * Within how long 95 % of the recognitions had their first result before the change; absent where none was measured.
   */
  readonly beforeFirstResultP95Seconds?: number;
  /**
   * Within how long half of the recognitions had their final result before the change; absent where none was measured.
   */
  readonly beforeFinalP50Seconds?: number;
  /**
   * Within how long 95 % of the recognitions had their final result before the change; absent where none was measured.
   */
  readonly beforeFinalP95Seconds?: number;
  /**
   * Within how long half of the recognitions had their first result while the model changed; absent where none was measured.
   */
  readonly whileFirstResultP50Seconds?: number;
  /**
   * Within how long 95 % of the recognitions had their first result while the model changed; absent where none was measured.
   */
  readonly whileFirstResultP95Seconds?: number;
  /**
   * Within how long half of the recognitions had their final result while the model changed; absent where none was measured.
   */
  readonly whileFinalP50Seconds?: number;
  /**
   * Within how long 95 % of the recognitions had their final result while the model changed; absent where none was measured.
   */
  readonly whileFinalP95Seconds?: number;
  /**
   * Within how long half of the recognitions had their first result after the change; absent where none was measured.
   */
  readonly afterFirstResultP50Seconds?: number;
  /**
   * Within how long 95 % of the recognitions had their first result after the change; absent where none was measured.
   */
  readonly afterFirstResultP95Seconds?: number;
  /**
   * Within how long half of the recognitions had their final result after the change; absent where none was measured.
   */
  readonly afterFinalP50Seconds?: number;
  /**
   * Within how long 95 % of the recognitions had their final result after the change; absent where none was measured.
   */
  readonly afterFinalP95Seconds?: number;
  /**
   * The slowest final result of the first three single recognitions from the first answer of the new model on; absent where nothing told it.
   */
  readonly warmUpSeconds?: number;
  /**
   * Whether the previous model was put back.
   */
  readonly rolledBack: boolean;
  /**
   * `true` where the step has given the endpoint the model, or may have, and has not taken it back, also in an earlier attempt or before its process was killed, and when it failed after that; absent else.
   */
  readonly given?: boolean;
  /**
   * The `self` URL of the model that was taken back; absent where none was.
   */
  readonly triedModel?: string;
  /**
   * When the service had taken the change back to the previous model: ISO 8601, by its clock. Absent where none was taken back.
   */
  readonly takenBackAt?: string;
  /**
   * Whether the endpoint was heard to answer as the model that it serves now, in this step or in the swap that gave it the model.
   */
  readonly heard: boolean;
  /**
   * When it was, in this step: ISO 8601, by the clock of the service.
   */
  readonly heardAt?: string;
  /**
   * When the service had taken the change of the endpoint's model: ISO 8601, by its clock. Absent where the step changed none.
   */
  readonly changedAt?: string;
  /**
   * When the endpoint first answered as the new model.
   */
  readonly firstOfCandidate?: string;
  /**
   * When it last answered as the previous model, after the change.
   */
  readonly lastOfPrevious?: string;
  /**
   * How many recordings told the two models apart.
   */
  readonly discriminating: number;
  /**
   * How many answers to them were like neither model.
   */
  readonly neitherAnswers: number;
}

/**
 * Waits for a person: the run goes on when somebody approves, and fails when somebody rejects or nobody answers in time.
 */
export interface ApproveWith {
  /**
   * What is to be decided, for the person who decides.
   */
  readonly message: string;
  /**
   * Who may decide, by the names that `speechops approve --by` gives. Everybody when left out.
   */
  readonly by?: readonly string[];
  /**
   * How long to wait, counted from when the steps it needs had ended. In seconds.
   */
  readonly expires: number;
}

/**
 * Who approved, and when; of a step that failed because somebody said no, who that was.
 */
export interface ApproveOutputs {
  /**
   * Who approved.
   */
  readonly approvedBy?: string;
  /**
   * When: ISO 8601, UTC.
   */
  readonly approvedAt?: string;
  /**
   * Who said no.
   */
  readonly rejectedBy?: string;
  /**
   * When: ISO 8601, UTC.
   */
  readonly rejectedAt?: string;
  /**
   * What they said to it, if anything.
   */
  readonly comment?: string;
}

/**
 * Makes sure that the Speech resource of the step has a model of another one: reuses the copy that is there, waits for one under way, or has the service copy it. No key is needed: the target authorizes the copy, and the source sends it.
 */
export interface CopyWith {
  /**
   * The custom model to copy: its `self` URL or id at the source. It is for the locale of the step.
   */
  readonly model: string;
  /**
   * The base URL of the Speech resource that has the model, `https://NAME.cognitiveservices.azure.com`; expressions in it may read `matrix`, `inputs` and `env`.
   */
  readonly from: string;
  /**
   * The Azure resource id of the account in `from`, `/subscriptions/…/providers/Microsoft.CognitiveServices/accounts/NAME`: the target authorizes a copy for it alone.
   */
  readonly account: string;
}

/**
 * What later steps can read.
 */
export interface CopyOutputs {
  /**
   * The `self` URL of the model at the target.
   */
  readonly model: string;
  /**
   * The id of the model at the source.
   */
  readonly source: string;
  /**
   * The date from which on it cannot recognise any more, `YYYY-MM-DD`; absent where the service tells none.
   */
  readonly expires?: string;
  /**
   * Whole days until then, by the clock of the service; below 0 when it has expired. Absent where the service tells no date, and then a comparison takes it for 0.
   */
  readonly 'days-left'?: number;
}

/**
 * Tells people something: in a channel of Teams or Slack, by e-mail, or another program by a webhook. Under `finally` it tells how a run has ended.
 */
export interface NotifyWith {
  /**
   * What people are told; lines stay lines. It is shown as it is, without formatting.
   */
  readonly message: string;
  /**
   * What stands above it, or the subject of the mail. The pipeline's name when left out.
   */
  readonly title?: string;
  /**
   * Address of a workflow of Teams, `When a Teams webhook request is received`, which posts a card. Everybody who has the address can post, so take it from a secret variable, `${{ env.TEAMS_URL }}`.
   */
  readonly teams?: string;
  /**
   * Address of an incoming webhook of Slack, a secret as the one of Teams is.
   */
  readonly slack?: string;
  /**
   * Address that gets a POST of JSON: `title`, `message`, `pipeline`, `run` and `step`.
   */
  readonly webhook?: string;
  /**
   * Addresses that get a mail, by the host that SPEECHOPS_SMTP_URL names (`smtps://USER:PASSWORD@HOST`), from the address in SPEECHOPS_MAIL_FROM.
   * @maxItems 50
   */
  readonly email?: readonly string[];
}

/**
 * What later steps can read.
 */
export interface NotifyOutputs {
  /**
   * By which ways people were told: `teams, email`.
   */
  readonly told: string;
}

/**
 * Deletes old models and datasets of the pipeline's locale that nothing uses. Never a model that an endpoint serves, may still answer with or served before, or that a release file names, none that was copied elsewhere unless `served-at` says where it is served, and nothing that another step of the pipeline uses, or a run of the same store that has not ended; nothing that no pipeline has made, unless `all` is true. A plan lists what would be deleted and why, and a run deletes nothing else.
 */
export interface PruneWith {
  /**
   * How old what is deleted has to be: models and datasets that were made within this time stay, and so do those that an evaluation within it has used. In seconds.
   */
  readonly 'older-than': number;
  /**
   * The same for datasets and models that have failed, which are of no use; these go first. In seconds.
   */
  readonly 'failed-older-than': number;
  /**
   * What is deleted.
   */
  readonly kinds: ('datasets' | 'models')[];
  /**
   * The folder of release files that swaps write, relative to the pipeline's file: what one of them names stays, also a model of which it says that a copy is served elsewhere. It has to exist.
   */
  readonly release?: string;
  /**
   * The base URLs of the Speech resources to which models are copied: a model stays whose copy an endpoint there serves, may still answer with or served before. Without it every model stays that was copied elsewhere.
   */
  readonly 'served-at'?: readonly string[];
  /**
   * Whether objects may be deleted, too, that no pipeline has made.
   */
  readonly all: boolean;
  /**
   * How many objects a run deletes at most: what has failed goes first, then models, then datasets, of each the oldest first.
   */
  readonly limit: number;
  /**
   * The ids of objects that stay in any case; the plan adds those that other steps of the pipeline find and use.
   */
  readonly keep?: readonly string[];
  /**
   * The ids of the objects that may be deleted; the plan writes them here when it is left out, so that a run deletes no other.
   */
  readonly only?: readonly string[];
}

/**
 * What later steps can read.
 */
export interface PruneOutputs {
  /**
   * How many objects it has deleted.
   */
  readonly deleted: number;
  /**
   * How many the service has refused to delete, because it uses them.
   */
  readonly refused: number;
  /**
   * What it has deleted, by kind and display name.
   */
  readonly names: string;
}

/**
 * The settings of each step kind as a step gets them: defaults applied, expressions evaluated, rates as 0..1, durations in seconds.
 */
export interface StepWith {
  readonly upload: UploadWith;
  readonly evaluate: EvaluateWith;
  readonly train: TrainWith;
  readonly swap: SwapWith;
  readonly approve: ApproveWith;
  readonly copy: CopyWith;
  readonly notify: NotifyWith;
  readonly prune: PruneWith;
}

/**
 * The outputs of each step kind.
 */
export interface StepOutputs {
  readonly upload: UploadOutputs;
  readonly evaluate: EvaluateOutputs;
  readonly train: TrainOutputs;
  readonly swap: SwapOutputs;
  readonly approve: ApproveOutputs;
  readonly copy: CopyOutputs;
  readonly notify: NotifyOutputs;
  readonly prune: PruneOutputs;
}
