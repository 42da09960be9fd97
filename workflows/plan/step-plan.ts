import type { DataCheckRequest, DataPurpose } from './data/data-check.ts';
import type { Facts } from './facts.ts';
import type { LocalDataRequest } from './data/local-data.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import type { DatasetKind } from './speech-entities.ts';

/**
 * A step would make or change an object, delete some and do nothing else, use one that is there, wait for one that is being made, do
 * nothing, decide at run time, or fail.
 */
export type PlannedAction = 'create' | 'update' | 'delete' | 'reuse' | 'adopt' | 'skip' | 'at-run-time' | 'fail';

/** A change of the Speech resource, or of a storage account, that a step may make. A step makes none that its plan did not announce. */
export type Effect =
  | 'create-project'
  | 'store-content'
  | 'create-dataset'
  | 'upload-content'
  | 'delete-dataset'
  | 'create-evaluation'
  | 'create-model'
  | 'delete-model'
  | 'copy-model'
  | 'update-model'
  | 'create-endpoint'
  | 'update-endpoint'
  | 'delete-endpoint';

export interface StepPlan {
  readonly action: PlannedAction;
  /** One line for a person, without the step's id. */
  readonly summary: string;
  readonly effects: readonly Effect[];
  /** What is there already and the step deletes besides what it makes or changes, by name. @default nothing */
  readonly deletes?: readonly string[];
  /** The outputs that are certain already; a step that needs another one is decided at run time. */
  readonly outputs: Readonly<Record<string, PlainValue>>;
  /** The outputs that only the run finds out, although the step makes nothing. @default none */
  readonly undecided?: readonly string[];
  /** What speaks for the step, or is to be so for it to be done, with the present values; absent when it has no condition. */
  readonly condition?: string;
  /** The variables for want of which in the environment alone it would fail. @default none */
  readonly unset?: readonly string[];
}

/** What an endpoint would serve, with the names of models for people. */
export interface EndpointChange {
  /** The endpoint's name. */
  readonly endpoint: string;
  /** The model that it serves now; absent where there is no endpoint yet, or the model is not known. */
  readonly before?: string;
  /** The day from which on that recognises no more, `YYYY-MM-DD`; absent where the service tells none. */
  readonly beforeEnds?: string;
  /** The model that it would serve; absent where that is decided at run time. */
  readonly after?: string;
  /** The day on which that ends. */
  readonly afterEnds?: string;
  /** The model that `speechops rollback` would give back afterwards; absent where there is none that still recognises. */
  readonly rollback?: string;
}

/** What the service has a price for: a compute hour of training, an hour of an endpoint, and an hour of audio, each way to recognise it. */
export type BilledFor = 'training' | 'hosting' | 'evaluation' | 'recognition';

/** Something that the service bills when a step does what it may do. */
export interface Bill {
  /** For what, in a few words that stand alone: `evaluation candidate, two models`. */
  readonly what: string;
  readonly for: BilledFor;
  /** Absent where nobody knows it before the run. */
  readonly hours?: number;
  /** Once, or every month from then on. */
  readonly per: 'once' | 'month';
  /** Which of the hours that a person may expect of such a thing these are, where `hours` is absent. @default none */
  readonly expected?: 'training' | 'canary' | 'recognition';
}

/** The hours of a month, by which the service's prices of an hour are compared. */
export const hoursOfMonth = 730;

export interface StepPlanInput<With> {
  /** The step's settings as far as they are known: a value that waits for another step is absent. */
  readonly known: Partial<With>;
  /** All of them, when none waits. */
  readonly with: With | undefined;
  /** The steps that the absent values wait for. */
  readonly waitsFor: readonly string[];
  readonly step: { readonly id: string };
  readonly pipeline: PipelineFacts;
  /** Where it works: a base URL, or `embedded-emulator`. Absent where that is not looked at. */
  readonly resource?: string;
  /** The facts of another resource that the pipeline names, by its base URL. */
  factsAt?(resource: string): Facts;
  /** The ids of objects that other steps of the pipeline find and use. Known to kinds with `spares` alone. */
  readonly inUse?: ReadonlySet<string>;
  /** The kinds of the datasets that its settings name and that steps before it make. @default not known */
  readonly kindsToCome?: readonly DatasetKind[];
}

/** An endpoint that a step is to have serve a model, as the pipeline says. */
export interface SwappedEndpoint {
  /** Its display name, or its id. */
  readonly endpoint: string;
  /** The folder of its release file, as the pipeline writes it. */
  readonly release?: string | undefined;
  /** Whether it serves what its release file says, so that a run gives it that model. */
  readonly isReleased: boolean;
}

export interface PipelineFacts {
  readonly name: string;
  readonly locale: string;
  readonly project?: string;
}

/** The planning half of a step kind: pure. */
export interface PlanningKind<With extends object = object> {
  readonly uses: string;
  /** Everything the step might do when it is decided at run time. */
  readonly effects: readonly Effect[];
  /** The local data that has to be digested before the step can be planned. */
  localData?(input: StepPlanInput<With>): readonly LocalDataRequest[];
  /** The local data that the step would upload, because they are not there yet. */
  checkedData?(input: StepPlanInput<With>, facts: Facts): DataCheckRequest | undefined;
  /** What the step does with the datasets that it is given. @default neither */
  readonly dataFor?: DataPurpose;
  /** The URLs of data whose content is compared before the step can be planned. */
  urls?(input: StepPlanInput<With>): readonly string[];
  /** The path of the release file that is read before the step can be planned, as the pipeline writes it; of a folder, which ends in `/`, all of them. */
  releaseFile?(input: StepPlanInput<With>): string | undefined;
  /** The endpoint whose model the step decides, as far as it is known. */
  swaps?(input: StepPlanInput<With>): SwappedEndpoint | undefined;
  /** Whether the step lets alone what other steps use, so that it is planned knowing what they do. @default false */
  readonly spares?: true;
  /** The settings that the plan decides in place of those written, so that a run does what was planned whatever changes meanwhile. */
  settle?(input: StepPlanInput<With>, facts: Facts): Partial<With>;
  plan(input: StepPlanInput<With>, facts: Facts): StepPlan;
  /**
   * What the plan takes from the Speech resource that its sentence and outputs may not tell from something else, as the names of
   * objects do not: the beginning of a sentence (`endpoint ward serves`), and its end. Of two plans it says what has changed between them.
   */
  restsOn?(input: StepPlanInput<With>, facts: Facts): Readonly<Record<string, string>>;
  /** What an endpoint would serve after the step; undefined when the step names none, or not yet. */
  endpointChange?(input: StepPlanInput<With>, facts: Facts): EndpointChange | undefined;
  /** What the step would make for later runs and other steps to find, because it is not there; the message says so: `creates …`. */
  makes?(input: StepPlanInput<With>, facts: Facts): MissingObject | undefined;
  /** What the service bills when the step does what it may do. Asked of a step that may make or change something. @default nothing */
  bills?(input: StepPlanInput<With>, facts: Facts, about: BillingInput<With>): readonly Bill[];
  /** What rules about plans read of the step. @default nothing */
  reviewed?(input: StepPlanInput<With>, facts: Facts): ReviewedStep;
  /** What the step cannot do without, and is not there; the message says what to do. A step before it may still make it. */
  lacks?(input: StepPlanInput<With>, facts: Facts): MissingObject | undefined;
}

/** What is known besides of a step that may be billed. */
export interface BillingInput<With> {
  readonly plan: StepPlan;
  /** The settings as they are written: those that wait for another step are expressions. */
  readonly written: Partial<With>;
  /** How many hours of audio a dataset has, whose reference may be an expression; undefined where that is not known before the run. */
  hoursOf(dataset: string): number | undefined;
}

/** What rules about plans read of a step, besides what it would do. A member that is in neither does not exist for the step. */
export interface ReviewedStep {
  /** By name: `endpoint`; `before` and `after`, the names of models; `wer` and `werBefore`, their word error rates. */
  readonly known: Readonly<Record<string, PlainValue>>;
  /** The names of those that only the run finds out, or an evaluation that nobody made. */
  readonly unknown: readonly string[];
}

/** An object that a resource does not have, as far as that is known before the run. */
export interface MissingObject {
  /** Its name among all of the resource: `endpoint ward (en-US)`. */
  readonly object: string;
  readonly message: string;
}

/** The plan of a step that is decided at run time, because it waits for outputs that do not exist yet. */
export function decidedAtRunTime(summary: string, options: { readonly effects: readonly Effect[] }): StepPlan {
  return { action: 'at-run-time', summary, effects: options.effects, outputs: {} };
}

/** When a step that waits for these others can be decided, as the end of a sentence: `once text and baseline have finished`. */
export function onceFinished(stepIds: readonly string[]): string {
  const names = [stepIds.slice(0, -1).join(', '), ...stepIds.slice(-1)].filter((name) => name !== '');
  return `once ${names.join(' and ')} ${stepIds.length === 1 ? 'has' : 'have'} finished`;
}

/** The plan of a step that cannot pass, whatever the steps before it come to. */
export function wouldFail(summary: string): StepPlan {
  return { action: 'fail', summary, effects: [], outputs: {} };
}
