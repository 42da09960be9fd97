import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path/posix';
import { matchesGlob } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import {
  diagnosticExamplesPage,
  diagnosticsFile,
  diagnosticsPage,
  examplesFile,
} from '../../../scripts/generate-diagnostics.ts';
import { catalogue } from '../../../workflows/document/diagnostics/diagnostic-catalogue.ts';
import type { Diagnostic, Findings } from '../../../workflows/document/diagnostics/diagnostics.ts';
import { explanations } from '../../../workflows/document/diagnostics/diagnostic-explanations.ts';
import { formatDiagnostics } from '../../../workflows/document/diagnostics/format-diagnostics.ts';
import type { ReleaseText } from '../../../workflows/document/release-file.ts';
import { isPattern } from '../../../workflows/document/path-patterns.ts';
import { loadPipeline, unreadablePipeline } from '../../../workflows/language/load-pipeline.ts';
import { readPolicies } from '../../../workflows/review/policies.ts';
import { readPrices } from '../../../workflows/review/prices.ts';
import type { LocalTestSet } from '../../../workflows/scoring/significance/test-set-size.ts';

/** `UPDATE_GOLDEN=1` rewrites the expected texts. */
const update = process.env['UPDATE_GOLDEN'] === '1';
/** A folder a code, and more for its other forms: `<code>.<form>`. */
const folder = new URL('../../golden/lint/', import.meta.url);

interface CaseOptions {
  /** @default the document's name */
  readonly path?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, 'file' | 'folder'>>;
  /** The folders that data may lie in, where these paths lead out of them. */
  readonly outOf?: Readonly<Record<string, readonly string[]>>;
  readonly smokeFaults?: readonly string[];
  readonly termsFault?: string;
  readonly manifestFault?: string;
  /** What is at the paths of release files. */
  readonly releases?: Readonly<Record<string, ReleaseText>>;
  /** How much is said in folders of recordings. */
  readonly testSets?: Readonly<Record<string, LocalTestSet>>;
  readonly padToCharacters?: number;
  /** The file cannot be read, and there is none. */
  readonly unreadable?: string;
}

describe('lint', () => {
  it.each(readdirSync(folder).toSorted())('reports %s once and nothing else', (name) => {
    const [code = name] = name.split('.');
    const options = readOptions(name);
    const [document = 'pipeline.yaml'] = documentsIn(name);
    const { path = document, files, outOf, smokeFaults, releases, inputs, env } = options;
    const { padToCharacters, unreadable, testSets, termsFault, manifestFault } = options;
    const written = unreadable === undefined ? readFileSync(new URL(`${name}/${document}`, folder)) : Buffer.of();
    const text = written.toString('utf8').padEnd(padToCharacters ?? 0, '#\n');
    const other = Object.hasOwn(readers, path) ? readers[path] : undefined;
    if (other !== undefined) {
      const findings = other(text, { path });
      expectGolden(name, { code, diagnostics: findings.diagnostics(), sources: { [path]: text } });
      return;
    }
    const { diagnostics, pipeline } =
      unreadable === undefined
        ? loadPipeline(padToCharacters === undefined ? written : text, {
            path,
            ...(inputs === undefined ? {} : { inputs }),
            ...(env === undefined ? {} : { env }),
            ...(files === undefined
              ? {}
              : {
                  fileKind: (file: string) => files[file],
                  fileNames: namesAmong(Object.keys(files)),
                  fileMatches: (place: string) =>
                    isPattern(place) ? Object.keys(files).filter((file) => matchesGlob(file, place)) : undefined,
                }),
            ...(outOf === undefined ? {} : { fileOutOf: (file: string) => outOf[file] }),
            ...(smokeFaults === undefined ? {} : { smokeFaults: () => smokeFaults }),
            ...(termsFault === undefined ? {} : { termsFault: () => termsFault }),
            ...(manifestFault === undefined ? {} : { manifestFault: () => manifestFault }),
            ...(testSets === undefined ? {} : { testSetSize: (from: readonly string[]) => testSets[from.join(', ')] }),
            ...(releases === undefined ? {} : { releaseText: (file: string) => releases[file] }),
          })
        : unreadablePipeline(path, unreadable);
    expectGolden(name, { code, diagnostics, sources: { [path]: text } });
    expect(pipeline !== undefined).toBe(diagnostics[0]?.severity === 'warning');
  });

  it('has a golden case for every code', () => {
    const codes = readdirSync(folder).filter((name) => !name.includes('.'));
    expect(codes.toSorted()).toEqual(Object.keys(catalogue).toSorted());
  });

  it('documents every code, and shows these cases as examples', () => {
    const present = readFileSync(diagnosticsFile, 'utf8');
    expect(present, 'run npm run diagnostics').toBe(diagnosticsPage(present));
    expect(readFileSync(examplesFile, 'utf8'), 'run npm run diagnostics').toBe(diagnosticExamplesPage());
    expect(Object.keys(explanations)).toEqual(Object.keys(catalogue));
  });
});

/** What reads the documents beside pipelines, by their names. */
const readers: Readonly<Record<string, (text: string, of: { readonly path: string }) => Findings>> = {
  'policies.yaml': (text, of) => readPolicies(text, of).findings,
  'prices.yaml': (text, of) => readPrices(text, of).findings,
};

/** The document that a case is about; none where there is no file. */
function documentsIn(name: string): readonly string[] {
  return readdirSync(new URL(`${name}/`, folder)).filter((file) => file.endsWith('.yaml'));
}

function expectGolden(
  name: string,
  found: {
    readonly code: string;
    readonly diagnostics: readonly Diagnostic[];
    readonly sources: Readonly<Record<string, string>>;
  },
): void {
  const { code, diagnostics, sources } = found;
  const printed = formatDiagnostics(diagnostics, { sources, color: false });
  const expected = new URL(`${name}/expected.txt`, folder);
  if (update) writeFileSync(expected, printed);
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  expect(printed).toBe(readFileSync(expected, 'utf8'));
}

function namesAmong(paths: readonly string[]): (folder: string) => readonly string[] {
  return (within) => paths.filter((file) => dirname(file) === within).map((file) => basename(file));
}

function readOptions(name: string): CaseOptions {
  const file = new URL(`${name}/options.json`, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CaseOptions) : {};
}
