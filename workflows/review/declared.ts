import path from 'node:path';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { quoteWord } from '../document/quote-name.ts';
import { isTemplate } from '../document/yaml/plain-value.ts';
import { type PipelineStep, usesResource } from '../language/pipeline.ts';
import { knownInputs } from '../plan/known-input.ts';
import type { PlanSource } from '../plan/plan.ts';
import type { Plan } from '../plan/plan.ts';
import { resourceOf } from '../plan/resources.ts';

/** What the files of a repository say of one Speech resource. */
export interface Declared {
  /** The files that say it. None: nothing is declared, so that nothing is undeclared either. */
  readonly files: readonly string[];
  readonly endpoints: readonly DeclaredEndpoint[];
  readonly projects: readonly DeclaredProject[];
  /** The datasets that a pipeline uploads, and that the resource has not. */
  readonly missingDatasets: readonly DeclaredDataset[];
  /** The names or ids of endpoints that steps read: `endpoint/NAME`. */
  readonly readEndpoints: readonly string[];
}

interface InFile {
  readonly file: string;
  /** The command that makes it as the file says. */
  readonly repair: string;
}

export interface DeclaredEndpoint extends InFile {
  /** Its display name; a pipeline may have its id. */
  readonly name: string;
  readonly locale: string;
  /** Absent when no pipeline swaps its model. */
  readonly swap?: {
    /** The folder of its release file, from the current folder. */
    readonly releases?: string;
    /** Whether a run of the pipeline gives it the model of its release file. */
    readonly isReleased: boolean;
    /** Whether `speechops rollback` finds the swap in the file: it reads no expressions. */
    readonly isNamed: boolean;
    /** The id of the step, where others of the file swap an endpoint of this name, too. */
    readonly step?: string;
    readonly project?: string;
  };
  /** Absent when no environment has it. */
  readonly stack?: {
    readonly repair: string;
    readonly project?: string;
    readonly description?: string;
    readonly contentLogging: boolean;
  };
  /** Whether the step is skipped as things are, so that the endpoint need not be there. */
  readonly isSkipped: boolean;
}

export interface DeclaredProject extends InFile {
  readonly name: string;
  readonly locale: string;
  /** Absent when no environment has it. */
  readonly stack?: { readonly repair: string; readonly description?: string };
}

export interface DeclaredDataset extends InFile {
  readonly name: string;
  readonly locale: string;
  /** What the step would do about it, as the plan says. */
  readonly summary: string;
}

/** The Custom Speech objects of an environment of `environment.yaml`. */
export interface EnvironmentObjects {
  readonly name: string;
  /** Of the Speech account: the first label of its host. */
  readonly subdomain: string;
  readonly projects: readonly { readonly name: string; readonly locale: string; readonly description?: string }[];
  readonly endpoints: readonly {
    readonly name: string;
    readonly locale: string;
    readonly description?: string;
    /** Display name of its project. */
    readonly project?: string;
    readonly contentLogging: boolean;
  }[];
}

/** What a pipeline declares, by the base URL of the Speech resource. `file`: its path from the current folder. */
export function declaredByPipeline(
  source: PlanSource,
  { plan, file }: { readonly plan: Plan; readonly file: string },
): ReadonlyMap<string, Declared> {
  const repair = `speechops run ${quoteWord(file)}${source.target === 'embedded-emulator' ? ' --emulator' : ''}`;
  const planned = new Map(plan.steps.map((step) => [step.id, step]));
  const steps = knownInputs(source).filter(({ step }) => usesResource(step.uses));
  const byResource = Map.groupBy(steps, ({ step }) => resourceOf(step, source));
  const swaps = Map.groupBy(steps, ({ step, input }) =>
    step.takesBack === undefined ? source.kinds[step.uses]?.swaps?.(input)?.endpoint : undefined,
  );
  return new Map(
    [...byResource].map(([resource, of]) => [
      resource,
      combined(
        of.map(({ step, input }): Declared => {
          const { locale, project } = input.pipeline;
          const at = { locale, file, repair };
          const { action, summary = '', effects = [] } = planned.get(step.id) ?? {};
          const swap = source.kinds[step.uses]?.swaps?.(input);
          const known = input.known as Readonly<Record<string, PlainValue>>;
          const name = typeof known['name'] === 'string' ? known['name'] : step.id;
          const isMissing = action === 'create' && effects.includes('create-dataset');
          return {
            files: [file],
            endpoints:
              swap === undefined
                ? []
                : [
                    {
                      ...at,
                      name: swap.endpoint,
                      isSkipped: action === 'skip',
                      swap: {
                        isReleased: swap.isReleased,
                        isNamed: isWritten(step, swap.endpoint),
                        ...((swaps.get(swap.endpoint)?.length ?? 0) > 1 ? { step: step.id } : {}),
                        ...(swap.release === undefined
                          ? {}
                          : { releases: path.posix.join(path.posix.dirname(file), swap.release) }),
                        ...(project === undefined ? {} : { project }),
                      },
                    },
                  ],
            projects: project === undefined ? [] : [{ ...at, name: project }],
            missingDatasets: isMissing ? [{ ...at, name, summary }] : [],
            readEndpoints: endpointsIn(known),
          };
        }),
      ),
    ]),
  );
}

function isWritten({ with: settings }: PipelineStep, endpoint: string): boolean {
  return Object.values(settings).some((value) => value === endpoint && !isTemplate(endpoint));
}

function endpointsIn(value: PlainValue): readonly string[] {
  if (typeof value === 'string') return value.startsWith('endpoint/') ? [value.slice('endpoint/'.length)] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(endpointsIn);
}

/** What an environment declares. */
export function declaredByEnvironment(
  { name: environment, projects, endpoints }: EnvironmentObjects,
  { file }: { readonly file: string },
): Declared {
  const repair = `npx speechops-stacks cdktf deploy ${quoteWord(environment)}`;
  return {
    files: [file],
    projects: projects.map(({ name, locale, ...stack }) => ({
      name,
      locale,
      file,
      repair,
      stack: { ...stack, repair },
    })),
    endpoints: endpoints.map(({ name, locale, ...stack }) => ({
      name,
      locale,
      file,
      repair,
      isSkipped: false,
      stack: { ...stack, repair },
    })),
    missingDatasets: [],
    readEndpoints: [],
  };
}

/** What several files declare of one resource: what two of them name is one object, of the first that has it. */
export function combined(all: readonly Declared[]): Declared {
  return {
    files: [...new Set(all.flatMap(({ files }) => files))],
    endpoints: merged(
      all.flatMap(({ endpoints }) => endpoints),
      (one, other) => ({ ...other, ...one, isSkipped: one.isSkipped && other.isSkipped }),
    ),
    projects: merged(
      all.flatMap(({ projects }) => projects),
      (one, other) => ({ ...other, ...one }),
    ),
    missingDatasets: merged(
      all.flatMap(({ missingDatasets }) => missingDatasets),
      (one) => one,
    ),
    readEndpoints: [...new Set(all.flatMap(({ readEndpoints }) => readEndpoints))],
  };
}

function merged<T extends { readonly name: string; readonly locale: string }>(
  objects: readonly T[],
  merge: (one: T, other: T) => T,
): readonly T[] {
  const groups = Map.groupBy(objects, ({ name, locale }) => JSON.stringify([name, locale.toLowerCase()]));
  return [...groups.values()].map((group) => group.reduce(merge));
}
