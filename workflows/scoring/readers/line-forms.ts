import type { Utterance } from '../score-utterances.ts';

/** What a line says: an utterance, why it says none, or undefined for a comment. */
type ReadLine = Utterance | string | undefined;

/** `id<TAB>text`. A line of an id alone is an utterance without words. */
export function tabUtterance(line: string): ReadLine {
  const tab = line.indexOf('\t');
  if (tab === 0) return 'Begin the line with an id: there is nothing before the tab';
  if (tab !== -1) return { id: line.slice(0, tab), text: line.slice(tab + 1) };
  if (/\S\s+\S/.test(line)) return 'Write id<TAB>text: this line has words and no tab, other lines have one';
  return { id: line, text: '' };
}

/** sclite's `text (id)`; a line that begins with `;;` is a comment. */
export function trnUtterance(line: string): ReadLine {
  if (line.startsWith(';;')) return undefined;
  const [, text, id] = /^(.*?)[ \t]*\(([^()\s]+)\)\s*$/s.exec(line) ?? [];
  if (text === undefined || id === undefined) return 'End the line with (id), as the first line does: write text (id)';
  return { id, text };
}

/** Kaldi's `id word word`. An id alone is an utterance without words. */
export function kaldiUtterance(line: string): ReadLine {
  const [, id = '', text = ''] = /^[ \t]*([^ \t]+)(.*)$/s.exec(line) ?? [];
  return { id, text: text.trim() };
}
