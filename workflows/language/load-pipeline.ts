import { checkInputs, type DeclaredInput } from './checks/check-inputs.ts';
import { checkKnownLocales, checkLocale } from './checks/check-locale.ts';
import { checkExclude, checkMatrix, checkWaves, type Matrix } from './matrix/check-matrix.ts';
import type { FileKind, Files } from './checks/check-path.ts';
import { checkModels } from './checks/check-models.ts';
import type { ReleaseText } from '../document/release-file.ts';
import { checkReleased } from './checks/check-released.ts';
import { checkResource, checkStepResources } from './checks/check-resource.ts';
import { checkSchedule } from './schedule/check-schedule.ts';
import { checkPlainKeys, checkSchema } from './checks/check-schema.ts';
import { checkSignatures } from './checks/check-signatures.ts';
import type { ReportEmpty } from './checks/check-settings.ts';
import { checkSharedReleases } from './checks/check-shared-releases.ts';
import { type CheckedStep, checkSteps } from './checks/check-steps.ts';
import { checkVariables } from './variables/check-variables.ts';
import type { Foresight } from './checks/check-results.ts';
import { decodeText, type DecodedText } from '../document/decode-text.ts';
import {
  createFindings,
  type Diagnostic,
  type DiagnosticCounts,
  type Findings,
  type Span,
} from '../document/diagnostics/diagnostics.ts';
import { EvaluationSession } from '../expressions/evaluation-session.ts';
import { nearestName } from '../document/nearest-name.ts';
import { normalisePipeline } from './normalise-pipeline.ts';
import { normaliseSchedule } from './schedule/normalise-schedule.ts';
import { orderSteps } from './order-steps.ts';
import type { Pipeline, PipelineSchedule } from './pipeline.ts';
import type { LocalTestSet } from '../scoring/significance/test-set-size.ts';
import { type PlainValue, scalarText, valueAt } from '../document/yaml/plain-value.ts';
import { MAX_CHARACTERS, readDocument } from '../document/yaml/read-document.ts';

export interface LoadOptions {
  /** The name that diagnostics give the text. */
  readonly path: string;
  /** Values for inputs, as text; absent while nobody wants to run the pipeline, and then inputs need no values. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** What is at a path relative to the pipeline's file; without it files are not looked for. */
  readonly fileKind?: FileKind;
  /** The names in a folder relative to the pipeline's file, for hints. @default none */
  readonly fileNames?: Files['namesIn'];
  /** What a pattern relative to the pipeline's file finds that data of a kind can be made of; undefined for a path. @default every place is a path */
  readonly fileMatches?: Files['matchesOf'];
  /** The folders that data may lie in, when a path relative to the pipeline's file leads out of them. @default everywhere */
  readonly fileOutOf?: Files['outOf'];
  /** What keeps an endpoint from being tried with the audio in a folder relative to the pipeline's file. @default nothing */
  readonly smokeFaults?: Files['smokeFaults'];
  /** What is wrong with a list of terms at a path relative to the pipeline's file. @default nothing */
  readonly termsFault?: Files['termsFault'];
  /** What is wrong with a manifest at such a path, or with its having such a column. @default nothing */
  readonly manifestFault?: Files['manifestFault'];
  /** How much is said in a folder of recordings relative to the pipeline's file, where that is known. @default test sets are not looked at */
  readonly testSetSize?: (places: readonly string[]) => LocalTestSet | undefined;
  /** What is at the path of a release file, relative to the pipeline's file. @default release files are not looked at */
  readonly releaseText?: (file: string) => ReleaseText;
  /** The environment, of which expressions see what the pipeline declares; without it no variable is reported as unset. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The names of credentials that the person who runs the pipeline lets it read. @default none */
  readonly allowedVariables?: ReadonlySet<string>;
}

export interface LoadedPipeline {
  /** Only there when there is no error, every input has a value, and the variables that `resource` reads are known. */
  readonly pipeline?: Pipeline;
  /** Only there when there is no error, whether or not inputs have values. */
  readonly schedule?: PipelineSchedule;
  /** The first 200, in the order of the text; warnings do not keep the pipeline from running. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many there are in all. */
  readonly counts: DiagnosticCounts;
}

/**
 * Reads, checks and normalises a pipeline, a text or the bytes of a file: the text as YAML, the document against its schema,
 * its names, types and order. Pure, and never throws, whatever the text is.
 */
export function loadPipeline(written: string | Uint8Array, options: LoadOptions): LoadedPipeline {
  const { text, fault }: DecodedText = typeof written === 'string' ? { text: written } : decodeText(written);
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const findings = createFindings(options.path, source);
  // What is too long is cut off by those who read it, maybe inside a character.
  const isUnreadable = fault !== undefined && source.length <= MAX_CHARACTERS;
  if (isUnreadable) findings.report('wrong-encoding', fault, fault);
  const loaded = isUnreadable ? undefined : load(source, { ...options, findings });
  const told = { diagnostics: findings.diagnostics(), counts: findings.counts() };
  return findings.errors() > 0 ? told : { ...loaded, ...told };
}

/** What there is to say of a file that cannot be read. */
export function unreadablePipeline(path: string, reason: string): LoadedPipeline {
  const findings = createFindings(path, '');
  findings.report('unreadable-file', { start: 0, end: 0 }, { reason });
  return { diagnostics: findings.diagnostics(), counts: findings.counts() };
}

function load(
  text: string,
  options: LoadOptions & { readonly findings: Findings },
): Omit<LoadedPipeline, 'diagnostics' | 'counts'> | undefined {
  const { findings } = options;
  const written = readDocument(text, findings);
  // What follows would only be noise when the text does not say what it seems to say.
  if (written === undefined || findings.errors() > 0) return undefined;
  if (written.kind !== 'map') {
    const actual = written.kind === 'list' ? 'a list' : 'a single value';
    const at = { start: written.start, end: written.kind === 'list' ? written.start + 1 : written.end };
    findings.report('wrong-type', at, {
      key: 'pipeline',
      expected: 'a mapping of keys to values',
      actual,
      quotable: false,
    });
    return undefined;
  }
  const document = checkSchema(written, findings);
  checkPlainKeys(document, findings);
  checkSignatures(document, findings);
  const inputs = checkInputs(document, { given: options.inputs, findings });
  const matrix = checkMatrix(document, findings);
  const onUnknownMatrixValue = unknownMatrixValues(matrix, findings);
  const onEmptyMatrixValue = emptyMatrixValues(findings);
  const foresight: Foresight = { session: new EvaluationSession(), inputs: knownInputs(inputs), findings };
  const locales = checkLocale(document, {
    text,
    matrix,
    foresight,
    findings,
    onUnknownMatrixValue,
    onEmptyMatrixValue,
  });
  const read = new Set<string>();
  let isAnyRead = false;
  const onInput = (name: string | undefined): void => {
    if (name === undefined) isAnyRead = true;
    else read.add(name);
  };
  const { env } = options;
  const declared = checkVariables(document, { allowed: options.allowedVariables, findings });
  const readVariables = new Set<string>();
  const set = env && new Set(Object.keys(env).filter((name) => env[name] !== undefined));
  const variables = { declared, set, onVariable: (name: string): void => void readVariables.add(name) };
  const told = { foresight, onInput, onUnknownMatrixValue, onEmptyMatrixValue };
  const naming = { text, inputs, matrix, variables, env, findings, ...told };
  const resource = checkResource(document, naming);
  const resources = checkStepResources(document, naming);
  checkExclude(matrix, findings);
  checkWaves(document, matrix, findings);
  const steps = checkSteps(document, {
    text,
    inputs,
    matrix,
    findings,
    variables,
    files: filesOf(options),
    ...told,
  });
  checkSchedule(document, { inputs, read, findings });
  const layers = orderSteps(
    steps.filter(({ isFinally }) => !isFinally),
    findings,
  );
  const lastLayers = orderSteps(withoutOthers(steps.filter(({ isFinally }) => isFinally)), findings);
  const locale = scalarText(valueAt(document, 'locale'));
  checkModels(steps, {
    locale,
    locales: [...new Set(locales.map(({ value }) => String(value)))],
    testSetSize: options.testSetSize,
    findings,
  });
  const { releaseText } = options;
  if (releaseText !== undefined) checkReleased(steps, { locale, releaseText, findings });
  checkSharedReleases(steps, { document, matrix, variables, env, foresight, findings, resource, resources });
  if (findings.errors() > 0 || layers === undefined || lastLayers === undefined) return undefined;
  checkKnownLocales(locales, findings);
  for (const [input, { entry }] of inputs)
    if (!isAnyRead && !read.has(input)) findings.report('unused-input', entry.keySpan, { input });
  for (const [variable, { entry }] of declared)
    if (!readVariables.has(variable)) findings.report('unused-variable', entry.keySpan, { variable });
  const pipeline = normalisePipeline(document, {
    inputs,
    variables: declared,
    matrix,
    resource,
    resources,
    steps,
    layers,
    lastLayers,
  });
  return { ...(pipeline === undefined ? {} : { pipeline }), schedule: normaliseSchedule(document) };
}

function filesOf(options: LoadOptions): Files | undefined {
  const { path, fileKind, fileNames = () => [], fileMatches = () => undefined, fileOutOf = () => undefined } = options;
  const { smokeFaults = () => [], termsFault = () => undefined, manifestFault = () => undefined } = options;
  return (
    fileKind && {
      path,
      kindOf: fileKind,
      namesIn: fileNames,
      matchesOf: fileMatches,
      outOf: fileOutOf,
      smokeFaults,
      termsFault,
      manifestFault,
    }
  );
}

/** The values of the inputs; undefined when one has none yet. */
function knownInputs(inputs: ReadonlyMap<string, DeclaredInput>): Foresight['inputs'] {
  const values: Record<string, PlainValue> = {};
  for (const [name, { value }] of inputs) {
    if (value === undefined) return undefined;
    values[name] = value;
  }
  return values;
}

/** Reports a name that the matrix does not have at the first place that reads it: every other one is wrong for the same reason. */
function unknownMatrixValues(matrix: Matrix | undefined, findings: Findings): (name: string, at: Span) => void {
  const told = new Set(matrix?.unknown);
  return (name, at) => {
    const allowed = [...(matrix?.types.keys() ?? [])];
    if (told.has(name) || allowed.length === 0) return;
    told.add(name);
    findings.report('unknown-matrix-value', at, () => ({ name, allowed, nearest: nearestName(name, allowed) }));
  };
}

/** Reports an expression that gives nothing in some combination at the first place that has it: the same value is missing at all. */
function emptyMatrixValues(findings: Findings): ReportEmpty {
  const told = new Set<unknown>();
  return (node, parameters) => {
    if (!told.has(node.value)) findings.report('empty-matrix-value', node, parameters);
    told.add(node.value);
  };
}

/** The steps with what they need of each other alone. */
function withoutOthers(steps: readonly CheckedStep[]): readonly CheckedStep[] {
  const ids = new Set(steps.map(({ id }) => id));
  return steps.map((step) => ({ ...step, needs: new Map([...step.needs].filter(([id]) => ids.has(id))) }));
}
