/* Made from the schemas by scripts/generate-schemas.ts. Change those, then `npm run schemas`. */
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
   * The Speech resource (S0): its base URL, `https://NAME.cognitiveservices.azure.com`, in which expressions may read `matrix`, `inputs` and `env`; it wins over SPEECHOPS_ENDPOINT in the environment. Or its Azure resource id, `/subscriptions/…`; then SPEECHOPS_ENDPOINT says where it is. Without it SPEECHOPS_ENDPOINT alone says it. Where the matrix decides it, steps under `finally` that work on a resource are refused.
   */
  readonly resource?: string;
  /**
   * Values that a run may be given with --input, by name.
   */
  readonly inputs?: {
    readonly [k: string]: InputDeclaration;
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
  /**
   * The steps. Each starts when everything it refers to or needs has finished; independent steps run side by side.
   */
  readonly steps: readonly StepDocument[];
  /**
   * Steps that run once after all others have ended, whatever became of those: also when a step failed or the run used up its time. They may read the outputs of every step (null when it has none) and `run.status`, and one that fails fails the run. A cancelled run does not run them; when it is resumed they run at its end.
   */
  readonly finally?: FinallyStep[];
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
   * Whether steps that have not started are skipped when a step of another combination fails. Running steps go on.
   */
  readonly 'fail-fast'?: boolean;
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
   * The kind of step.
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
   * The kind of step.
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
   * `reused` when everything it wanted was there already; `skipped` when its condition was false or a step that it needs did not succeed.
   */
  readonly status: 'succeeded' | 'reused' | 'skipped' | 'failed';
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
   * Why it failed, in one sentence.
   */
  readonly error?: string;
  /**
   * What kind of failure: `step` when the answer is no, `world` when the service or the way to it failed, so that a re-run may succeed unchanged, `cancelled` when somebody ended the run.
   */
  readonly failure?: 'step' | 'world' | 'cancelled';
  /**
   * The step was skipped only because the run was ended early, by its timeout or by `fail-fast`.
   */
  readonly cutOff?: boolean;
  /**
   * How often it was tried, when it was tried again.
   */
  readonly attempts?: number;
  /**
   * Why it was skipped, or the condition it ran on, with the values of that moment.
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
 * Makes sure that the Speech resource has a dataset with this content: reuses the one with the same digest, or uploads it.
 */
export interface UploadWith {
  /**
   * What the data is: Acoustic is audio with transcripts, AudioFiles is audio alone, Language is plain text, LanguageMarkdown is structured text, Pronunciation is a list of pronunciations, OutputFormatting is display format rules.
   */
  readonly kind: 'Acoustic' | 'AudioFiles' | 'Language' | 'LanguageMarkdown' | 'Pronunciation' | 'OutputFormatting';
  /**
   * Where the data is: a folder, a .zip or a text file, relative to the pipeline's file; or an http or https URL that the service can fetch.
   */
  readonly from: string;
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
}

/**
 * What later steps can read.
 */
export interface UploadOutputs {
  /**
   * The dataset's `self` URL.
   */
  readonly dataset: string;
  /**
   * SHA-256 over the data's names and contents, in hexadecimal.
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
}

/**
 * Measures the word error rate of a model on a dataset, and of another one beside it when `against` is given.
 */
export interface EvaluateWith {
  /**
   * The dataset to recognise: an Acoustic dataset's `self` URL or id.
   */
  readonly dataset: string;
  /**
   * The model to measure: `endpoint/<name>` is what that endpoint serves (the newest base model until it exists), `base` is the newest base model, else a model's `self` URL or id.
   */
  readonly model: string;
  /**
   * A second model to compare with, in the same forms. With it the step also says which one is better.
   */
  readonly against?: string;
  /**
   * The evaluation's display name. The step's id when left out.
   */
  readonly name: string;
}

/**
 * What later steps can read.
 */
export interface EvaluateOutputs {
  /**
   * The evaluation's `self` URL.
   */
  readonly evaluation: string;
  /**
   * The word error rate: (substitutions + deletions + insertions) / words. Above 1 when there are many insertions.
   */
  readonly wer: number;
  /**
   * Words of the reference transcripts.
   */
  readonly words: number;
  /**
   * Words recognised as other words.
   */
  readonly substitutions: number;
  /**
   * Words that were missed.
   */
  readonly deletions: number;
  /**
   * Words that nobody said.
   */
  readonly insertions: number;
  /**
   * The word error rate of the model given as `against`.
   */
  readonly againstWer?: number;
  /**
   * Whether `model` has the lower word error rate of the two.
   */
  readonly better?: boolean;
}

/**
 * Makes sure that a model adapted with these datasets exists: reuses the one with the same digest, or trains it.
 */
export interface TrainWith {
  /**
   * The datasets to adapt the base model with: `self` URLs or ids, at least one.
   */
  readonly datasets: readonly string[];
  /**
   * The model to adapt: `newest` is the newest base model of the locale that takes these kinds of data, else a base model's `self` URL or id.
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
   * Train only when the word error rate that `measured-by` found is above this; else the step is skipped. As 0..1.
   */
  readonly 'if-wer-above'?: number;
  /**
   * Where the word error rate for `if-wer-above` comes from: the id of an evaluate step, or an expression. As the rate that it found.
   */
  readonly 'measured-by'?: number;
}

/**
 * What later steps can read.
 */
export interface TrainOutputs {
  /**
   * The model's `self` URL.
   */
  readonly model: string;
}

/**
 * Puts a model behind an endpoint without downtime, proves that it is served, and puts the previous one back when it is not.
 */
export interface SwapWith {
  /**
   * Display name of the endpoint; created when it does not exist.
   */
  readonly endpoint: string;
  /**
   * The model to serve: a custom model's `self` URL or id.
   */
  readonly model: string;
  /**
   * Recognise audio on the endpoint before, during and after the swap, and go back when that fails. Without it only the service's own report is believed.
   */
  readonly verify?: {
    /**
     * A folder with WAV files of at most 60 s and their trans.txt, relative to the pipeline's file.
     */
    readonly audio: string;
    /**
     * Go back when the word error rate on the audio is above this. Without it only failed recognitions count. As 0..1.
     */
    readonly 'max-wer'?: number;
    /**
     * How often the audio is recognised while the swap settles. In seconds.
     */
    readonly every: number;
  };
  /**
   * Refuse a model that expires within this many days.
   */
  readonly 'min-days-left': number;
  /**
   * Go back when the service has not finished by then. In seconds.
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
   * The `self` URL of the model it served before; empty when it served none.
   */
  readonly previousModel: string;
  /**
   * Recognitions that were made as proof.
   */
  readonly probes: number;
  /**
   * How many of them failed.
   */
  readonly probeFailures: number;
  /**
   * Whether the previous model was put back.
   */
  readonly rolledBack: boolean;
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
 * Who approved, and when.
 */
export interface ApproveOutputs {
  /**
   * Who approved.
   */
  readonly approvedBy: string;
  /**
   * When: ISO 8601, UTC.
   */
  readonly approvedAt: string;
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
}
