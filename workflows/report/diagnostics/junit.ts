import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { xmlText } from '../xml-text.ts';
import { type CheckedFiles, omittedMessage, wholeMessage } from './checked-files.ts';

/**
 * The files as test suites, for what shows test results: a failed case for each error, a passed one for each warning, whose text it
 * prints, and a passed one for a file without either.
 */
export function diagnosticsAsJunit(checked: CheckedFiles): string {
  const byFile = Map.groupBy(checked.diagnostics, ({ path }) => path);
  const files = [...new Set([...checked.files, ...byFile.keys()])];
  const failures = checked.diagnostics.filter(isError).length;
  const suites = files.map((file) => suite(file, byFile.get(file) ?? []));
  const tests = suites.reduce((sum, { cases }) => sum + cases, 0);
  const more = omittedMessage(checked);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="speechops lint" tests="${tests}" failures="${failures}" errors="0">`,
    ...suites.map(({ xml }) => xml),
    ...(more === undefined ? [] : [`  <!-- ${xmlText(more)} -->`]),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(file: string, diagnostics: readonly Diagnostic[]): { readonly xml: string; readonly cases: number } {
  const cases =
    diagnostics.length === 0 ? [`    <testcase ${named(file, 'no findings')}/>`] : diagnostics.map(testCase);
  const head = `  <testsuite name="${xmlText(file)}" tests="${cases.length}" failures="${diagnostics.filter(isError).length}" errors="0" skipped="0">`;
  return { xml: [head, ...cases, '  </testsuite>'].join('\n'), cases: cases.length };
}

function testCase(diagnostic: Diagnostic): string {
  const { path, line, column, code } = diagnostic;
  const text = `${path}:${line}:${column}: ${wholeMessage(diagnostic)} [${code}]`;
  const body = isError(diagnostic)
    ? `<failure type="${xmlText(code)}" message="${xmlText(diagnostic.message)}">${xmlText(text)}</failure>`
    : `<system-out>${xmlText(`warning: ${text}`)}</system-out>`;
  return `    <testcase ${named(path, `${code} at ${line}:${column}`)} file="${xmlText(path)}" line="${line}">${body}</testcase>`;
}

function named(file: string, name: string): string {
  return `classname="${xmlText(file)}" name="${xmlText(name)}"`;
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
