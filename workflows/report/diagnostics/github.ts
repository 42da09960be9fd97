import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { type CheckedFiles, omittedMessage, wholeMessage } from './checked-files.ts';

/**
 * A workflow command of GitHub Actions for each diagnostic: the runner turns them into annotations of the files in a pull request
 * (GitHub Docs, "Workflow commands for GitHub Actions"; GitHub shows ten of a kind and step). Gitea and Forgejo take them, too.
 */
export function diagnosticsAsGithub(checked: CheckedFiles): string {
  const more = omittedMessage(checked);
  return [...checked.diagnostics.map(annotation), ...(more === undefined ? [] : [`::notice::${escaped(more)}`])]
    .map((line) => `${line}\n`)
    .join('');
}

function annotation(diagnostic: Diagnostic): string {
  const { severity, code, path, line, column, endLine, endColumn } = diagnostic;
  // Columns are for one line.
  const columns = line === endLine ? { col: column, endColumn } : {};
  const properties = Object.entries({ file: path, line, endLine, ...columns, title: code });
  const told = properties.map(([name, value]) => `${name}=${escapedProperty(String(value))}`).join(',');
  return `::${severity} ${told}::${escaped(wholeMessage(diagnostic))}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
