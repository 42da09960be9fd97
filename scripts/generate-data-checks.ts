import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { failuresByCode, failuresByMessage, type KnownFailure } from '../workflows/engine/service-failures.ts';
import { dataRules } from '../workflows/data/check/rules/data-rules.ts';
import type { Cost, DataRule } from '../workflows/data/check/rules/rule.ts';

const root = path.join(import.meta.dirname, '..');
export const dataChecksFile = path.join(root, 'docs', 'data-checks.md');
export const failuresFile = path.join(root, 'docs', 'failures.md');

const fates: Readonly<Record<Cost, string>> = {
  set: 'refuses the set',
  line: 'rejects the line or recording',
  measurement: 'takes it, and what is measured is not true',
  nothing: 'takes it',
};

const fixes = {
  always: ' `data fix` mends it.',
  'where-clear': ' `data fix` mends it where it is clear what is meant.',
} as const;

/** The text of `docs/data-checks.md`: its beginning as it is, and of each rule a row and what is said where it is broken, which a test produces. */
export function dataChecksPage(present: string): string {
  const head = present.slice(0, present.indexOf('| code |'));
  const codes = Object.entries(dataRules).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = codes.map(
    ([code, { costs, fixed, means, advice, source }]: readonly [string, DataRule<never>]) =>
      `| \`${code}\` | ${fates[costs]} | ${inCell(means)} | ${inCell(advice)}${fixed === undefined ? '' : fixes[fixed]} | ${inCell(source)} |`,
  );
  const examples = codes.map(([code]) => {
    const said = readFileSync(path.join(root, 'test/golden/data', code, 'expected.txt'), 'utf8');
    return `### ${code}\n\n\`\`\`text\n${said.trimEnd()}\n\`\`\`\n`;
  });
  return `${head}| code | the service | what it means | what to do | rule from |\n|---|---|---|---|---|\n${rows.join('\n')}\n\n## By example\n\n${examples.join('\n')}`;
}

/** The text of `docs/failures.md`: its beginning as it is, and the reasons of the service that are known. */
export function failuresPage(present: string): string {
  const head = present.slice(0, present.indexOf('## By code'));
  const row = (name: string, { cause, look, cure, source }: KnownFailure): string =>
    `| ${name} | ${[cause, look, cure, source].map(inCell).join(' | ')} |`;
  const table = (rows: readonly string[]): string =>
    `| the service says | cause | where to look | what to do | known from |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  const byCode = Object.entries(failuresByCode).map(([code, known]) => row(`\`${code}\``, known));
  const byMessage = failuresByMessage.map((known) => row(inCell(known.example), known));
  return `${head}## By code\n\n${table(byCode)}\n## Lines of a dataset\n\n${table(byMessage)}`;
}

function inCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

if (import.meta.main) {
  writeFileSync(dataChecksFile, dataChecksPage(readFileSync(dataChecksFile, 'utf8')));
  writeFileSync(failuresFile, failuresPage(readFileSync(failuresFile, 'utf8')));
}
