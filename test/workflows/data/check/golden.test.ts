import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dataChecksFile, dataChecksPage } from '../../../../scripts/generate-data-checks.ts';
import { checkData, type CheckOptions } from '../../../../workflows/data/check/check-data.ts';
import { readTestSets } from '../../../../workflows/data/check/read-test-sets.ts';
import { dataRules } from '../../../../workflows/data/check/rules/data-rules.ts';
import { formatDiagnostics } from '../../../../workflows/document/diagnostics/format-diagnostics.ts';
import { type MadeFiles, writeSet } from '../../../data-sets/make-set.ts';

/** `UPDATE_GOLDEN=1` rewrites the expected texts. */
const update = process.env['UPDATE_GOLDEN'] === '1';
/** A folder a code, and more for its other forms: `<code>.<form>`. In `set.json` is how the set is made. */
const golden = path.join(import.meta.dirname, '../../../golden/data');

interface Case extends Pick<CheckOptions, 'kind' | 'locale' | 'purpose' | 'depth' | 'tier'> {
  readonly files: MadeFiles;
  /** What is checked of them. @default the one folder or file */
  readonly paths?: readonly string[];
  /** The test sets that it is compared with. @default none */
  readonly tests?: readonly string[];
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('data check', () => {
  it.each(readdirSync(golden).toSorted())('reports %s and nothing else', async (name) => {
    const [code = name] = name.split('.');
    const made = JSON.parse(readFileSync(path.join(golden, name, 'set.json'), 'utf8')) as Case;
    const cwd = mkdtempSync(path.join(tmpdir(), 'speechops-data-'));
    folders.push(cwd);
    await writeSet(cwd, made.files);
    const tops = [...new Set(Object.keys(made.files).map((file) => file.split('/')[0] ?? file))];
    const { diagnostics, excerpts, omitted } = await checkData(made.paths ?? tops, {
      ...made,
      cwd,
      tests:
        made.tests && (await readTestSets(made.tests, { locale: made.locale, cwd, isHeard: made.kind === 'Acoustic' })),
    });
    const expected = path.join(golden, name, 'expected.txt');
    const said = formatDiagnostics(diagnostics, { sources: excerpts, color: false, omitted });
    if (update) writeFileSync(expected, said);
    expect(said).toBe(readFileSync(expected, 'utf8'));
    expect(new Set(diagnostics.map((one) => one.code))).toEqual(new Set([code]));
  });

  it('has a case for each rule', () => {
    const cases = new Set(readdirSync(golden).map((name) => name.split('.')[0]));
    expect(Object.keys(dataRules).filter((code) => !cases.has(code))).toEqual([]);
  });

  it('is described in docs/data-checks.md', () => {
    const page = readFileSync(dataChecksFile, 'utf8');
    expect(page, 'run `npm run diagnostics`').toBe(dataChecksPage(page));
  });
});
