import { isPlainHost } from '../../document/base-url.ts';
import path from 'node:path';
import type { DiagnosticParameters } from '../../document/diagnostics/diagnostic-catalogue.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { folderOfPattern, whyNoPattern } from '../../document/path-patterns.ts';
import { nearestName } from '../../document/nearest-name.ts';
import type { SourceScalar } from '../../document/yaml/read-document.ts';

/** What is at a path relative to the pipeline's file; undefined when nothing is. */
export type FileKind = (path: string) => 'file' | 'folder' | undefined;

/** The files that a pipeline may name. */
export interface Files {
  /** As diagnostics name the pipeline's own file. */
  readonly path: string;
  readonly kindOf: FileKind;
  /** The names in a folder, relative to the pipeline's file. */
  readonly namesIn: (folder: string) => readonly string[];
  /** What a pattern finds that data of a kind, where that is known, can be made of; undefined where it is a path. */
  readonly matchesOf: (pattern: string, kind: string | undefined) => readonly string[] | undefined;
  /** The folders that data may lie in, when a path leads out of them. */
  readonly outOf: (path: string) => readonly string[] | undefined;
  /** What keeps an endpoint from being tried with a folder of audio, each as the end of a sentence about the folder. */
  readonly smokeFaults: (folder: string) => readonly string[];
  /** What is wrong with a list of terms, as the end of a sentence about the file; undefined when nothing is. */
  readonly termsFault: (file: string) => string | undefined;
  /** What is wrong with a manifest, or with its having such a column, likewise. */
  readonly manifestFault: (file: string, column: string | undefined) => string | undefined;
}

export type PathType = 'file' | 'folder' | 'path' | 'path-or-url' | 'output-folder';

export interface PathOptions {
  /** A folder for outputs need not be there. */
  readonly wants: PathType;
  /** Whether it may be a pattern, of data of a kind as far as that is known; undefined where it may not. */
  readonly pattern: { readonly kind: string | undefined } | undefined;
  /** Whether an endpoint is to hear the audio in it. */
  readonly isHeard: boolean;
  /** Whether the file lists terms. */
  readonly isTerms: boolean;
  /** Whether the file tells something of each recording, and in which column; undefined where only the run knows that. */
  readonly manifest: { readonly column: string | undefined } | undefined;
  readonly findings: Findings;
  readonly files: Files | undefined;
}

/** Checks a path, or a URL where one is allowed, and that it is there when the caller can look. */
export function checkPath(node: SourceScalar, options: PathOptions): void {
  const { findings, files } = options;
  const value = String(node.value);
  const fault = faultOf(value, options);
  if (fault?.code === 'missing-file' && files !== undefined)
    findings.report('missing-file', node, () => whatIsThere(value, files));
  else if (fault !== undefined) reportFault(fault, node, findings);
}

/**
 * The same for the paths that a template is in the combinations of a matrix, by the ids of these: told are all that lead to
 * nothing, in one finding, or the first that cannot be used for another reason.
 */
export function checkMatrixPaths(
  node: SourceScalar,
  { paths, ...options }: PathOptions & { readonly paths: ReadonlyMap<string, string> },
): void {
  const { findings, files } = options;
  const missing = new Map<string, string>();
  for (const [combination, file] of paths) {
    if (missing.has(file)) continue;
    const fault = faultOf(file, options);
    if (fault?.code === 'missing-file') missing.set(file, combination);
    else if (fault !== undefined) return reportFault(fault, node, findings);
  }
  const [first] = missing.keys();
  if (first === undefined || files === undefined) return;
  findings.report('missing-matrix-file', node, () => ({
    ...whatIsThere(first, files),
    missing: [...missing].map(([file, combination]) => ({ file, combination })),
  }));
}

type PathFault =
  | { readonly code: 'missing-file' }
  | { readonly code: 'invalid-path'; readonly parameters: DiagnosticParameters<'invalid-path'> }
  | { readonly code: 'unmatched-pattern'; readonly parameters: DiagnosticParameters<'unmatched-pattern'> }
  | { readonly code: 'wrong-file-kind'; readonly parameters: DiagnosticParameters<'wrong-file-kind'> }
  | { readonly code: 'path-outside'; readonly parameters: DiagnosticParameters<'path-outside'> }
  | { readonly code: 'invalid-terms'; readonly parameters: DiagnosticParameters<'invalid-terms'> }
  | { readonly code: 'invalid-manifest'; readonly parameters: DiagnosticParameters<'invalid-manifest'> }
  | { readonly code: 'smoke-audio'; readonly parameters: DiagnosticParameters<'smoke-audio'> };

function reportFault(fault: PathFault, node: SourceScalar, findings: Findings): void {
  switch (fault.code) {
    case 'missing-file':
      return;
    case 'invalid-path':
      return findings.report(fault.code, node, fault.parameters);
    case 'unmatched-pattern':
      return findings.report(fault.code, node, fault.parameters);
    case 'wrong-file-kind':
      return findings.report(fault.code, node, fault.parameters);
    case 'path-outside':
      return findings.report(fault.code, node, fault.parameters);
    case 'invalid-terms':
      return findings.report(fault.code, node, fault.parameters);
    case 'invalid-manifest':
      return findings.report(fault.code, node, fault.parameters);
    case 'smoke-audio':
      return findings.report(fault.code, node, fault.parameters);
  }
}

function faultOf(
  value: string,
  { wants, pattern, isHeard, isTerms, manifest, files }: Omit<PathOptions, 'findings'>,
): PathFault | undefined {
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(value);
  if (isUrl && wants === 'path-or-url' && isWholeUrl(value)) return undefined;
  const reason = whyRefused(value, { isUrl, wants });
  if (reason !== undefined) return { code: 'invalid-path', parameters: { value, reason } };
  if (files === undefined) return undefined;
  const there = wants === 'output-folder' ? whatExists(value, files) : value;
  const matches = pattern && tried(() => files.matchesOf(value, pattern.kind));
  if (pattern !== undefined && matches !== undefined) return faultOfPattern(value, { matches, files, ...pattern });
  const actual = look(files, there);
  if (actual === undefined) return wants === 'output-folder' ? undefined : { code: 'missing-file' };
  const expected = wants === 'file' ? 'file' : 'folder';
  if (wants !== 'path' && wants !== 'path-or-url' && actual !== expected)
    return { code: 'wrong-file-kind', parameters: { file: there, expected, actual } };
  const roots = tried(() => files.outOf(there));
  if (roots !== undefined)
    return { code: 'path-outside', parameters: { path: value, roots, isWritten: wants === 'output-folder' } };
  const termsFault = isTerms ? tried(() => files.termsFault(value)) : undefined;
  if (termsFault !== undefined) return { code: 'invalid-terms', parameters: { file: value, fault: termsFault } };
  const manifestFault = manifest && tried(() => files.manifestFault(value, manifest.column));
  if (manifestFault !== undefined)
    return { code: 'invalid-manifest', parameters: { file: value, fault: manifestFault } };
  const faults = isHeard ? (tried(() => files.smokeFaults(value)) ?? []) : [];
  return faults.length === 0 ? undefined : { code: 'smoke-audio', parameters: { folder: value, faults } };
}

function faultOfPattern(
  value: string,
  found: { readonly matches: readonly string[]; readonly kind: string | undefined; readonly files: Files },
): PathFault | undefined {
  const { matches, kind, files } = found;
  const reason = whyNoPattern(value);
  if (reason !== undefined) return { code: 'invalid-path', parameters: { value, reason } };
  const roots = tried(() => files.outOf(folderOfPattern(value)));
  if (roots !== undefined) return { code: 'path-outside', parameters: { path: value, roots, isWritten: false } };
  return matches.length === 0 ? { code: 'unmatched-pattern', parameters: { pattern: value, kind } } : undefined;
}

/** The innermost part of a path at which something is. */
function whatExists(value: string, files: Files): string {
  const above = path.posix.dirname(path.posix.normalize(value));
  return look(files, value) !== undefined || above === value ? value : whatExists(above, files);
}

function isWholeUrl(value: string): boolean {
  return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value) && isPlainHost(value);
}

function whyRefused(
  value: string,
  { isUrl, wants }: { readonly isUrl: boolean; readonly wants: string },
): string | undefined {
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) return 'it has control characters';
  if (isUrl && URL.canParse(value) && !isPlainHost(value))
    return 'its host has letters outside ASCII, which look like others';
  if (isUrl && wants === 'path-or-url' && /\s/.test(value)) return 'a URL has no white space: write `%20` for a space';
  if (isUrl)
    return wants === 'path'
      ? 'of several places of one dataset each is a path'
      : wants !== 'path-or-url'
        ? `a local ${wants === 'file' ? 'file' : 'folder'} is wanted`
        : 'of URLs only whole http and https ones can be fetched';
  if (/^([/\\~]|[a-z]:)/i.test(value))
    return "it is not relative to the pipeline's file, so it means something else on every machine";
  if (value.split('/').some((part) => /^\.(git|speechops)$/i.test(part)))
    return 'what Git and SpeechOps keep there is no data, and may hold credentials';
  return value.includes('\\') ? 'folders are separated with `/` on every system' : undefined;
}

/** What was probably meant by a path at which nothing is: a name near it in its folder, or the same path from a folder above. */
function whatIsThere(file: string, files: Files): DiagnosticParameters<'missing-file'> {
  const looked = path.posix.join(path.posix.dirname(files.path.replaceAll('\\', '/')), file);
  const parts = path.posix.normalize(file).split('/');
  const at = parts.findIndex((_, index) => look(files, parts.slice(0, index + 1).join('/')) === undefined);
  const folder = parts.slice(0, at).join('/');
  const names = list(files, folder === '' ? '.' : folder);
  const near = nearestName(parts[at] ?? '', names);
  const meant = [
    ...(near === undefined ? [] : [[...parts.slice(0, at), near, ...parts.slice(at + 1)].join('/')]),
    path.posix.join('..', file),
    parts.slice(1).join('/'),
  ];
  const nearest = meant.find((one) => one !== '' && look(files, one) !== undefined);
  const there = names.length > 0 && folder !== '' ? { folder, names } : undefined;
  return { file, looked, nearest, there };
}

function list({ namesIn }: Files, folder: string): readonly string[] {
  return tried(() => namesIn(folder)) ?? [];
}

/** A path that cannot even be looked at is not there. */
function look({ kindOf }: Files, file: string): ReturnType<FileKind> {
  return tried(() => kindOf(file));
}

/** Undefined where the files cannot be looked at: what uses them says so. */
function tried<Seen>(act: () => Seen): Seen | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
