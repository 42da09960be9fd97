import { escapeControls } from '../../document/quote-name.ts';
import type { MadeByPipeline, MadeObject } from '../../plan/made-objects.ts';

/** What pipelines have made in Speech resources, for a terminal: a line an object, with what finds it again. */
export function madeObjectsText(
  resources: readonly { readonly resource: string; readonly pipelines: readonly MadeByPipeline[] }[],
): string {
  const lines = resources.flatMap(({ resource, pipelines }) =>
    pipelines.length === 0
      ? [`${resource}: nothing that a pipeline has made`]
      : [resource, ...pipelines.flatMap(({ pipeline, objects }) => [`  ${pipeline}`, ...rows(objects)])],
  );
  return lines.map((line) => `${escapeControls(line).trimEnd()}\n`).join('');
}

function rows(objects: readonly MadeObject[]): readonly string[] {
  const cells = objects.map(({ kind, name, status = '', createdAt, ...rest }) => [
    kind,
    name,
    status,
    createdAt,
    note(rest),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`);
}

function note(object: Pick<MadeObject, 'digest' | 'swap' | 'steps' | 'foundBy' | 'notFound'>): string {
  const { digest, swap, steps, foundBy = '', notFound } = object;
  const what = swap ?? (digest === undefined ? 'no digest' : `digest ${digest.slice(0, 12)}`);
  if (notFound !== undefined) return `${what}  <- no step: ${notFound}`;
  return `${what}  <- ${steps.length === 0 ? foundBy : `${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')}`}`;
}
