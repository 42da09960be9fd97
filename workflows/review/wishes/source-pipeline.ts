import { createFindings, type Span } from '../../document/diagnostics/diagnostics.ts';
import { scalarText, valueAt, writtenSteps } from '../../document/yaml/plain-value.ts';
import { readDocument, type SourceMap } from '../../document/yaml/read-document.ts';
import type { Pipeline, PipelineStep } from '../../language/pipeline.ts';

/** A pipeline of the repository. */
export interface SourcePipeline {
  /** Its path from the root of the repository, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly pipeline: Pipeline;
}

/** A step as it is written. */
export interface SourceStep extends Span {
  readonly id: string;
  readonly node: SourceMap;
  /** From 1, of its first and its last line. */
  readonly lines: readonly [number, number];
}

/** The document of a pipeline's text. */
export function sourceDocument({ file, text }: Pick<SourcePipeline, 'file' | 'text'>): SourceMap | undefined {
  const document = readDocument(text, createFindings(file, text));
  return document?.kind === 'map' ? document : undefined;
}

/** The steps of a pipeline as they are written, those under `finally` last. */
export function sourceSteps(source: Pick<SourcePipeline, 'file' | 'text'>): readonly SourceStep[] {
  const document = sourceDocument(source);
  const { lineOf } = createFindings(source.file, source.text);
  return (document === undefined ? [] : writtenSteps(document)).flatMap(({ node }) => {
    const id = scalarText(valueAt(node, 'id'));
    if (node.kind !== 'map' || id === undefined) return [];
    // A block ends where the next thing begins: its last line is the last one with something on it.
    const end = node.start + source.text.slice(node.start, node.end).trimEnd().length;
    return [
      { id, node, start: node.start, end, lines: [lineOf(node.start), lineOf(Math.max(node.start, end - 1))] as const },
    ];
  });
}

/** How many steps a written one has become: several where a matrix multiplies it. */
export function copiesOf({ id }: Pick<SourceStep, 'id'>, source: SourcePipeline): number {
  const written = sourceSteps(source);
  return source.pipeline.steps.filter((step) => writtenStepOf(step, written)?.id === id).length;
}

/** The step as it is written of one that a matrix may have multiplied. */
export function writtenStepOf(step: PipelineStep, steps: readonly SourceStep[]): SourceStep | undefined {
  const { id, combination } = step;
  return (
    steps.find((one) => one.id === id) ??
    steps.find((one) => combination !== undefined && id === `${one.id}-${combination.id}`)
  );
}
