import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../workflows/document/diagnostic-catalogue.ts';
import { formatDiagnostics } from '../../../workflows/document/format-diagnostics.ts';
import { loadPipeline, unreadablePipeline } from '../../../workflows/language/load-pipeline.ts';

/** `UPDATE_GOLDEN=1` rewrites the expected texts. */
const update = process.env['UPDATE_GOLDEN'] === '1';
const folder = new URL('../../golden/lint/', import.meta.url);

interface CaseOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, 'file' | 'folder'>>;
  readonly padToCharacters?: number;
  /** The file cannot be read, and there is none. */
  readonly unreadable?: string;
}

describe('lint', () => {
  it.each(readdirSync(folder).toSorted())('reports %s once and nothing else', (code) => {
    const options = readOptions(code);
    const { files, inputs, env, padToCharacters, unreadable } = options;
    const written = unreadable === undefined ? readFileSync(new URL(`${code}/pipeline.yaml`, folder)) : Buffer.of();
    const text = written.toString('utf8').padEnd(padToCharacters ?? 0, '#\n');
    const { diagnostics, pipeline } =
      unreadable === undefined
        ? loadPipeline(padToCharacters === undefined ? written : text, {
            path: 'pipeline.yaml',
            ...(inputs === undefined ? {} : { inputs }),
            ...(env === undefined ? {} : { env }),
            ...(files === undefined ? {} : { fileKind: (path: string) => files[path] }),
          })
        : unreadablePipeline('pipeline.yaml', unreadable);
    const printed = formatDiagnostics(diagnostics, { sources: { 'pipeline.yaml': text }, color: false });
    const expected = new URL(`${code}/expected.txt`, folder);
    if (update) writeFileSync(expected, printed);
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
    expect(printed).toBe(readFileSync(expected, 'utf8'));
    expect(pipeline !== undefined).toBe(diagnostics[0]?.severity === 'warning');
  });

  it('has a golden case for every code', () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(catalogue).toSorted());
  });

  it('documents every code in one row', () => {
    const page = readFileSync(new URL('../../../docs/diagnostics.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
    expect(rows).toEqual(Object.keys(catalogue));
  });
});

function readOptions(code: string): CaseOptions {
  const file = new URL(`${code}/options.json`, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CaseOptions) : {};
}
