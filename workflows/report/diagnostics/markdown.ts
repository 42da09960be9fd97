import { counted } from '../../document/counted.ts';
import { table } from '../markdown-table.ts';
import { type CheckedFiles, omittedMessage, wholeMessage } from './checked-files.ts';

/** The findings as a table in Markdown, for a summary of a CI job or a comment; one sentence where there are none. */
export function diagnosticsAsMarkdown(checked: CheckedFiles): string {
  const { diagnostics, files } = checked;
  if (diagnostics.length === 0) return `No findings in ${counted(files.length, 'file')}.\n`;
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const rows = diagnostics.map((diagnostic) => {
    const { severity, path, line, column, code } = diagnostic;
    return [severity, `${path}:${line}:${column}`, wholeMessage(diagnostic), code];
  });
  const more = omittedMessage(checked);
  const parts = [
    `${counted(errors, 'error')}, ${counted(diagnostics.length - errors, 'warning')}.`,
    table(['', 'place', 'finding', 'code'], rows),
    ...(more === undefined ? [] : [`${more}.`]),
  ];
  return `${parts.join('\n\n')}\n`;
}
