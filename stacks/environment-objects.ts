import type { Diagnostic, DiagnosticCounts } from '../workflows/document/diagnostics/diagnostics.ts';
import { loadEnvironments } from './environment/load-environments.ts';
import { settledEnvironment } from './environment/settled-environment.ts';
import { stackNames } from './stack-names.ts';

/** The Custom Speech objects of an environment, by the names that people see. */
interface EnvironmentObjects {
  readonly name: string;
  readonly subdomain: string;
  readonly projects: readonly { readonly name: string; readonly locale: string; readonly description?: string }[];
  readonly endpoints: readonly {
    readonly name: string;
    readonly locale: string;
    readonly description?: string;
    readonly project?: string;
    readonly contentLogging: boolean;
  }[];
}

/** The objects that the environments of a document want to be there, and what is wrong with the document. Needs no CDKTF. */
export function environmentObjects(
  text: string,
  { path }: { readonly path: string },
): {
  readonly environments: readonly EnvironmentObjects[];
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: DiagnosticCounts;
} {
  const { workload, environments, findings } = loadEnvironments(text, { path });
  return {
    environments: environments.map(({ name, settings }) => {
      const settled = settledEnvironment(settings);
      const { projects = {}, endpoints = {} } = settled.customSpeech ?? {};
      return {
        name,
        subdomain: stackNames(settled, { workload, id: name }).subdomain,
        projects: Object.entries(projects).map(([id, { name: shown = id, locale, description }]) => ({
          name: shown,
          locale,
          ...(description === undefined ? {} : { description }),
        })),
        endpoints: Object.entries(endpoints).map(([id, { name: shown = id, locale, description, ...rest }]) => {
          const project = rest.project === undefined ? undefined : (projects[rest.project]?.name ?? rest.project);
          return {
            name: shown,
            locale,
            contentLogging: rest.contentLogging,
            ...(description === undefined ? {} : { description }),
            ...(project === undefined ? {} : { project }),
          };
        }),
      };
    }),
    diagnostics: findings.diagnostics(),
    counts: findings.counts(),
  };
}
