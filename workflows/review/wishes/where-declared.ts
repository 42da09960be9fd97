import type { PlainValue } from '../../document/yaml/plain-value.ts';
import type { PipelineStep } from '../../language/pipeline.ts';
import { entityId, pipelineProperty } from '../../plan/identity.ts';
import type { KnownObject, ObjectKind } from './known-object.ts';
import { type SourcePipeline, sourceSteps, writtenStepOf } from './source-pipeline.ts';

/** A step that has to do with an object. */
export interface Declaration {
  readonly file: string;
  readonly step: string;
  /** `makes`: without the step nothing would make it. `names`: the step uses it. */
  readonly role: 'makes' | 'names';
  /** From 1, of its first and its last line. */
  readonly lines: readonly [number, number];
  /** The step as it is written. */
  readonly text: string;
}

/** The step kind that makes objects of a kind. A project is made by whatever is linked to it, a base model by the service. */
const makers: Readonly<Partial<Record<ObjectKind, string>>> = {
  dataset: 'upload',
  model: 'train',
  evaluation: 'evaluate',
  endpoint: 'swap',
};

/**
 * The steps of pipelines that make an object, and those that name it, in the order of the files. An object bears the name of the
 * pipeline that made it, and that of the step; one of another name or locale is not of that step.
 */
export function whereDeclared(object: KnownObject, pipelines: readonly SourcePipeline[]): readonly Declaration[] {
  const { entity } = object;
  return pipelines.flatMap((source) => {
    const { pipeline, file, text } = source;
    const written = sourceSteps(source);
    const found = pipeline.steps.flatMap((step): readonly Declaration[] => {
      const isOfLocale = (step.locale ?? pipeline.locale).toLowerCase() === entity.locale.toLowerCase();
      const role = !isOfLocale
        ? undefined
        : makes(step, { object, pipeline: pipeline.name })
          ? ('makes' as const)
          : namesIn(step.with).some((name) => isNamed(name, object))
            ? ('names' as const)
            : undefined;
      const at = role === undefined ? undefined : writtenStepOf(step, written);
      return at === undefined || role === undefined
        ? []
        : [{ file, step: at.id, role, lines: at.lines, text: listItem(text, at) }];
    });
    // The copies of a matrix are one step of the file.
    return [...new Map(found.toReversed().map((one) => [one.step, one])).values()].toReversed();
  });
}

function makes(
  { id: stepId, uses, with: settings }: PipelineStep,
  { object, pipeline }: { readonly object: KnownObject; readonly pipeline: string },
): boolean {
  if (uses !== makers[object.kind]) return false;
  if (object.kind === 'base-model') return false;
  if (object.kind === 'endpoint') return isNamed(settings['endpoint'], object);
  const { customProperties, displayName } = object.entity;
  return customProperties?.[pipelineProperty] === pipeline && displayName === (settings['name'] ?? stepId);
}

/** Whether a setting names the object: by its id, `self`, or as an endpoint by its name. */
function isNamed(value: PlainValue | undefined, { kind, entity }: KnownObject): boolean {
  if (typeof value !== 'string' || value === '') return false;
  if (kind !== 'endpoint') return entityId(value) === entityId(entity.self);
  const name = value.replace(/^endpoint\//, '');
  return name === entity.displayName || entityId(name) === entityId(entity.self);
}

function namesIn(value: PlainValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(namesIn);
}

/** The lines of a step, as far to the left as they go. */
function listItem(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const indent = start - lineStart;
  const isBlock = /^ *- *$/.test(text.slice(lineStart, start));
  const lines = text.slice(isBlock ? lineStart : start, end).split('\n');
  const left = isBlock ? Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))) : 0;
  return lines.map((line) => line.slice(Math.min(left, indent))).join('\n');
}
