import { isPlainHost } from '../document/base-url.ts';
import type { Findings } from '../document/diagnostics.ts';
import type { SourceScalar } from '../document/read-document.ts';

/** What is at a path relative to the pipeline's file; undefined when nothing is. */
export type FileKind = (path: string) => 'file' | 'folder' | undefined;

/** Checks a path, or a URL where one is allowed, and that it is there when the caller can look. */
export function checkPath(
  node: SourceScalar,
  {
    wants,
    findings,
    fileKind,
  }: { readonly wants: 'folder' | 'path-or-url'; readonly findings: Findings; readonly fileKind: FileKind | undefined },
): void {
  const value = String(node.value);
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(value);
  if (isUrl && wants === 'path-or-url' && /^https?:\/\//i.test(value) && URL.canParse(value) && isPlainHost(value))
    return;
  const reason = whyRefused(value, { isUrl, wants });
  if (reason !== undefined) {
    findings.report('invalid-path', node, { value, reason });
    return;
  }
  if (fileKind === undefined) return;
  const actual = look(fileKind, value);
  if (actual === undefined) findings.report('missing-file', node, { file: value });
  else if (wants === 'folder' && actual !== 'folder') {
    findings.report('wrong-file-kind', node, { file: value, expected: 'folder', actual });
  }
}

function whyRefused(
  value: string,
  { isUrl, wants }: { readonly isUrl: boolean; readonly wants: string },
): string | undefined {
  if (/[\p{Cc}\u2028\u2029]/u.test(value)) return 'it has control characters';
  if (isUrl && URL.canParse(value) && !isPlainHost(value))
    return 'its host has letters outside ASCII, which look like others';
  if (isUrl)
    return wants === 'folder' ? 'a local folder is wanted' : 'of URLs only whole http and https ones can be fetched';
  if (/^([/\\~]|[a-z]:)/i.test(value))
    return "it is not relative to the pipeline's file, so it means something else on every machine";
  if (value.split('/').some((part) => /^\.(git|speechops)$/i.test(part)))
    return 'what Git and SpeechOps keep there is no data, and may hold credentials';
  return value.includes('\\') ? 'folders are separated with `/` on every system' : undefined;
}

/** A path that cannot even be looked at is not there. */
function look(fileKind: FileKind, path: string): ReturnType<FileKind> {
  try {
    return fileKind(path);
  } catch {
    return undefined;
  }
}
