import type { Log, ReportingDescriptor, Result } from 'sarif';
import { explanations } from '../../document/diagnostics/diagnostic-explanations.ts';
import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { jsonText } from '../../document/json-text.ts';
import { type CheckedFiles, omittedMessage, wholeMessage } from './checked-files.ts';

/**
 * A log in the Static Analysis Results Interchange Format 2.1.0 (OASIS), as code scanning of GitHub and editors read it: a rule for each
 * code that was found, with what it means and what to do. Paths are addresses relative to the root of the repository.
 */
export function diagnosticsAsSarif(checked: CheckedFiles, of: { readonly version: string }): string {
  const codes = [...new Set(checked.diagnostics.map(({ code }) => code))];
  const places = new Map(codes.map((code, index) => [code, index]));
  const more = omittedMessage(checked);
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'SpeechOps', semanticVersion: of.version, rules: codes.map(rule) } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: true,
            ...(more === undefined
              ? {}
              : { toolExecutionNotifications: [{ level: 'note', message: { text: more } } as const] }),
          },
        ],
        artifacts: checked.files.map((file) => ({ location: { uri: addressOf(file) } })),
        results: checked.diagnostics.map((diagnostic) => resultOf(diagnostic, places.get(diagnostic.code) ?? -1)),
      },
    ],
  };
  return jsonText(log);
}

function rule(code: string): ReportingDescriptor {
  const known = Object.hasOwn(explanations, code) ? explanations[code as keyof typeof explanations] : undefined;
  if (known === undefined) return { id: code };
  const { means, advice } = known;
  return {
    id: code,
    shortDescription: { text: plain(means) },
    fullDescription: { text: plain(means) },
    help: { text: plain(`${means} ${advice}`), markdown: `${means} ${advice}` },
  };
}

function resultOf(diagnostic: Diagnostic, ruleIndex: number): Result {
  const { code, severity, path, line, column, endLine, endColumn } = diagnostic;
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: wholeMessage(diagnostic) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: addressOf(path) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
  };
}

function addressOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}
