import { diagnosticsAsAzureDevops } from './azure-devops.ts';
import type { CheckedFiles } from './checked-files.ts';
import { diagnosticsAsGithub } from './github.ts';
import { diagnosticsAsGitlab } from './gitlab.ts';
import { diagnosticsAsJunit } from './junit.ts';
import { diagnosticsAsMarkdown } from './markdown.ts';
import { diagnosticsAsSarif } from './sarif.ts';
import type { ToolFormat } from './tool-formats.ts';

/** Diagnostics for the tools that a pull request is looked at with, by the names of the forms. `version` is that of SpeechOps. */
export const diagnosticsAs = {
  sarif: diagnosticsAsSarif,
  github: diagnosticsAsGithub,
  gitlab: diagnosticsAsGitlab,
  'azure-devops': diagnosticsAsAzureDevops,
  junit: diagnosticsAsJunit,
  markdown: diagnosticsAsMarkdown,
} as const satisfies Readonly<Record<ToolFormat, (checked: CheckedFiles, of: { readonly version: string }) => string>>;
