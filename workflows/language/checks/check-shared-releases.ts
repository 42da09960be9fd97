import path from 'node:path';
import { isIdForm, releaseFileName } from '../../document/release-file.ts';
import { isTemplate, scalarText, valueAt } from '../../document/yaml/plain-value.ts';
import type { SourceMap, SourceNode, SourceScalar } from '../../document/yaml/read-document.ts';
import { BoundExceeded, EvaluationError } from '../../expressions/evaluation-error.ts';
import { contextsIn, nodeOf, nodesIn } from '../../expressions/expression-tree.ts';
import { evaluate } from '../../expressions/expressions.ts';
import { servedModelOf } from './check-released.ts';
import type { DeclaredResource, ResourceScope } from './check-resource.ts';
import { withinBounds } from './check-results.ts';
import type { CheckedStep } from './check-steps.ts';
import { copyId } from '../matrix/check-matrix.ts';
import { forCombination } from '../matrix/for-combination.ts';
import { type Combination, waveName } from '../pipeline.ts';
import { isMultiplied } from '../references/step-references.ts';

/** What a check of release files knows besides the steps. */
interface ReleaseScope extends Pick<ResourceScope, 'matrix' | 'variables' | 'env' | 'foresight' | 'findings'> {
  readonly document: SourceMap;
  readonly resource: DeclaredResource | undefined;
  /** Those that steps name, by the scalars that name them. */
  readonly resources: ReadonlyMap<SourceNode, DeclaredResource | undefined>;
}

/**
 * Tells steps that would write the release of their endpoint into the file of another endpoint: of one that has the same name in another
 * locale, or at another Speech resource. Paths and names are compared as far as the matrix, inputs and variables say them. Where the
 * inputs of a `resource` have no values yet, combinations whose matrix gives it other values count as other resources.
 */
export function checkSharedReleases(steps: readonly CheckedStep[], scope: ReleaseScope): void {
  const { findings } = scope;
  // Names and combinations that are wrong make files of which nothing is to be said.
  if (findings.errors() > 0) return;
  const byFile = new Map<string, Writers>();
  for (const step of steps) {
    const place = valueAt(step.settings, 'release');
    if (place?.kind !== 'scalar' || servedModelOf(step) === undefined) continue;
    const shared = withinBounds({ ...scope.foresight, node: place, key: 'release' }, () =>
      sharedBy(step, { place, scope, byFile }),
    );
    if (shared !== undefined) findings.report('shared-release', place, shared);
  }
}

/** The first file of a step that is of another endpoint already; remembers who writes the others. */
function sharedBy(
  step: CheckedStep,
  of: { readonly place: SourceScalar; readonly scope: ReleaseScope; readonly byFile: Map<string, Writers> },
): { readonly file: string; readonly steps: readonly string[]; readonly by: string | undefined } | undefined {
  const { place, scope, byFile } = of;
  const combinations = isMultiplied(step) ? (scope.matrix?.combinations ?? [undefined]) : [undefined];
  for (const combination of combinations) {
    const file = fileOf(step, { place, combination, scope });
    if (file === undefined) continue;
    const writer = writerOf(step, { combination, scope });
    const writers = byFile.get(file) ?? { first: writer, byPlace: new Map() };
    const other = otherEndpointOf(writer, writers);
    if (other !== undefined) return { file, steps: [other.id, writer.id], by: valueApart(other, writer) };
    byFile.set(file, writers);
    if (writer.at !== undefined && !writers.byPlace.has(writer.at.place)) writers.byPlace.set(writer.at.place, writer);
  }
  return undefined;
}

/** A step that writes a release, or its copy for a combination. */
interface Writer {
  readonly id: string;
  readonly combination: Combination | undefined;
  readonly locale: string;
  readonly at: At | undefined;
}

/** Where a step works. Two that have the same `place` with another `value` work at different resources; of others nothing is known. */
interface At {
  /** `url`, or where an expression is written that has no value yet. */
  readonly place: 'url' | number;
  /** The base URL, or the values of the matrix that the expression reads. */
  readonly value: string;
}

/** Those who write one file, all of them the release of one endpoint as far as that is known: the first one of each place stands for all. */
interface Writers {
  readonly first: Writer;
  readonly byPlace: Map<At['place'], Writer>;
}

/** One that writes the release of another endpoint than this one; undefined when none does. */
function otherEndpointOf({ locale, at }: Writer, { first, byPlace }: Writers): Writer | undefined {
  if (first.locale.toLowerCase() !== locale.toLowerCase()) return first;
  const other = at && byPlace.get(at.place);
  return other?.at?.value === at?.value ? undefined : other;
}

/** The name of a value of the matrix that is another one in each of the two combinations. */
function valueApart({ combination: one }: Writer, { combination: other }: Writer): string | undefined {
  const names = Object.keys(one?.values ?? {}).filter((name) => name !== waveName);
  return names.find((name) => other !== undefined && one?.values[name] !== other.values[name]);
}

interface Copy {
  /** Undefined for a step without copies. */
  readonly combination: Combination | undefined;
  readonly scope: ReleaseScope;
}

/** The path of the release file; undefined where it is not known yet, or the endpoint is named by its id, which no other one has. */
function fileOf(
  { settings }: CheckedStep,
  { place, ...at }: Copy & { readonly place: SourceScalar },
): string | undefined {
  const endpoint = valueAt(settings, 'endpoint');
  const [folder, name] = [textOf(place, at), endpoint?.kind === 'scalar' ? textOf(endpoint, at) : undefined];
  if (folder === undefined || name === undefined || isIdForm(name)) return undefined;
  return path.posix.join(folder, releaseFileName(name));
}

/** The text that a setting has in a combination; undefined where it depends on more than the matrix and what has a value already. */
function textOf(node: SourceScalar, { combination, scope }: Copy): string | undefined {
  const written = scalarText(node);
  if (written === undefined || !isTemplate(written)) return written;
  const { foresight, env, variables } = scope;
  const { session } = foresight;
  const reads = contextsOf(written, scope);
  const isKnown =
    [...reads].every((name) => name === 'matrix' || name === 'inputs' || name === 'env') &&
    (!reads.has('inputs') || foresight.inputs !== undefined) &&
    (!reads.has('env') || env !== undefined);
  if (!isKnown) return undefined;
  const set = Object.entries(env ?? {}).flatMap(([name, value]) =>
    value === undefined || !variables.declared.has(name) ? [] : [[name, value] as const],
  );
  const contexts = {
    inputs: foresight.inputs ?? {},
    env: Object.fromEntries(set),
    matrix: combination?.values ?? {},
    steps: {},
    run: {},
    session,
  };
  try {
    const value = evaluate(written, contexts);
    return value === null || typeof value === 'object' ? undefined : String(value);
  } catch (error) {
    // What a function refuses is told when the step runs.
    if (!(error instanceof EvaluationError) || error instanceof BoundExceeded) throw error;
    return undefined;
  }
}

function contextsOf(template: string, { foresight }: ReleaseScope): ReadonlySet<string> {
  return new Set(expressionsOf(template, foresight).flatMap((tree) => [...contextsIn(tree)]));
}

function writerOf(step: CheckedStep, { combination, scope }: Copy): Writer {
  const { document, matrix, foresight, resource, resources } = scope;
  const id = combination === undefined ? step.id : copyId(step.id, combination);
  const [first] = matrix?.combinations ?? [];
  // A step without copies has the locale of the first combination.
  const of = combination ?? first;
  const written = scalarText(valueAt(document, 'locale')) ?? '';
  const locale = of === undefined ? written : String(forCombination(written, { combination: of, ...foresight }));
  const own = valueAt(step.node, 'resource');
  const declared = own === undefined ? resource : resources.get(own);
  const named = (combination && declared?.byCombination.get(combination.id)) ?? declared?.value;
  const node = own ?? valueAt(document, 'resource');
  // An Azure resource id and a base URL may be of one resource.
  if (named !== undefined)
    return { id, combination, locale, at: URL.canParse(named) ? { place: 'url', value: named } : undefined };
  return { id, combination, locale, at: node?.kind === 'scalar' ? unknownAt(node, { combination, scope }) : undefined };
}

/** By the values of the matrix that the expression reads. */
function unknownAt(node: SourceScalar, { combination, scope }: Copy): At {
  const read = expressionsOf(String(node.value), scope.foresight).flatMap((tree) =>
    [...nodesIn(tree)].flatMap((part) => {
      const property = nodeOf(part);
      const of = property.kind === 'property' ? nodeOf(property.of) : undefined;
      return property.kind === 'property' && of?.kind === 'context' && of.name === 'matrix' ? [property.name] : [];
    }),
  );
  return { place: node.start, value: JSON.stringify(read.map((name) => combination?.values[name] ?? null)) };
}

function expressionsOf(template: string, { session }: ReleaseScope['foresight']) {
  return session.look(template).parts.flatMap((part) => (part.kind === 'expression' ? [part.expression.tree] : []));
}
