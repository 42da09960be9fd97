import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { type CheckedFiles, omittedMessage, wholeMessage } from './checked-files.ts';

/**
 * A logging command of Azure Pipelines for each diagnostic, which lists it among the errors and warnings of the job (Microsoft Learn,
 * "Logging commands", LogIssue).
 */
export function diagnosticsAsAzureDevops(checked: CheckedFiles): string {
  const more = omittedMessage(checked);
  return [
    ...checked.diagnostics.map(issue),
    ...(more === undefined ? [] : [`##vso[task.logissue type=warning;]${escaped(more)}`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function issue(diagnostic: Diagnostic): string {
  const { severity, code, path, line, column } = diagnostic;
  const properties = Object.entries({ type: severity, sourcepath: path, linenumber: line, columnnumber: column, code });
  const told = properties.map(([name, value]) => `${name}=${escapedProperty(String(value))};`).join('');
  return `##vso[task.logissue ${told}]${escaped(wholeMessage(diagnostic))}`;
}

/** As the agent reads it: `%AZP25` is a percent sign, and only where it is written so. */
function escaped(text: string): string {
  return text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(']', '%5D').replaceAll(';', '%3B');
}
