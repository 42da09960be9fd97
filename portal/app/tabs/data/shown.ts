import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { count } from '../../../../workflows/report/html/views/figures.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { DeclaredData } from '../../../api/data.ts';

/** A duration for people: `45 s`, `12 min`, `3.5 h`; empty where it is not known. */
export function durationText(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** A size for people; empty where it is not known. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** A number, or nothing where it is not known. */
export function countText(value: number | undefined): string {
  return value === undefined ? '' : count(value);
}

/** A text of others among texts of the page. */
export function theirs(text: string): View {
  return markup`<bdi>${shownText(text)}</bdi>`;
}

/** Where a step stands: `pipelines/wards.yaml:5`. */
export function placeOf({ file, line }: DeclaredData): string {
  return line === undefined ? file : `${file}:${line}`;
}
