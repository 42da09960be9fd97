import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { parseDuration, suggestDuration } from '../../document/durations.ts';
import { nearestName } from '../../document/nearest-name.ts';
import type { InputType, PipelineInput } from '../pipeline.ts';
import { entryAt, valueAt } from '../../document/yaml/plain-value.ts';
import { parseRate, suggestRate } from '../../document/rates.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../../document/yaml/read-document.ts';

export interface DeclaredInput {
  /** Undefined when the document names no type that exists. */
  readonly type: InputType | undefined;
  /** Undefined when it has neither a default nor a given value. */
  readonly value: PipelineInput['value'] | undefined;
  readonly entry: SourceEntry;
}

/**
 * The inputs that a pipeline declares, with the values that were given or their defaults. `given` undefined means that
 * nobody wants to run the pipeline yet: then a missing value is no fault.
 */
export function checkInputs(
  document: SourceMap,
  { given, findings }: { readonly given: Readonly<Record<string, string>> | undefined; readonly findings: Findings },
): ReadonlyMap<string, DeclaredInput> {
  const section = entryAt(document, 'inputs');
  const entries = section?.value.kind === 'map' ? section.value.entries : [];
  const values = new Map(Object.entries(given ?? {}));
  const inputs = new Map<string, DeclaredInput>();
  for (const entry of entries) {
    const type = typeOf(entry);
    if (type === undefined) {
      inputs.set(entry.key, { type, value: undefined, entry });
      continue;
    }
    const value = values.has(entry.key)
      ? givenValue(values.get(entry.key) ?? '', { type, entry, findings })
      : defaultValue({ type, entry, findings });
    if (value === undefined && given !== undefined && !hasDefault(entry) && !values.has(entry.key)) {
      findings.report('given-input-missing', entry.keySpan, { input: entry.key, type });
    }
    inputs.set(entry.key, { type, value, entry });
  }
  const allowed = entries.map(({ key }) => key);
  for (const input of values.keys()) {
    if (inputs.has(input)) continue;
    const at = section?.keySpan ?? { start: document.start, end: document.start };
    findings.report('given-input-unknown', at, () => ({ input, allowed, nearest: nearestName(input, allowed) }));
  }
  return inputs;
}

interface Declaration {
  readonly type: InputType;
  readonly entry: SourceEntry;
  readonly findings: Findings;
}

function typeOf({ value }: SourceEntry): InputType | undefined {
  const type = valueAt(value, 'type');
  const isType =
    type?.kind === 'scalar' && ['rate', 'string', 'number', 'boolean', 'duration'].includes(String(type.value));
  return isType ? (type.value as InputType) : undefined;
}

/** Whether a run may do without a value for the input. */
export function hasDefault({ value }: SourceEntry): boolean {
  return valueAt(value, 'default') !== undefined;
}

function defaultValue({ type, entry, findings }: Declaration): PipelineInput['value'] | undefined {
  const node = valueAt(entry.value, 'default');
  return node === undefined ? undefined : writtenValue(node, { input: entry.key, type, given: false, findings });
}

/** The value that a document writes for an input; undefined when it is none of the input's type, which is reported. */
export function writtenValue(
  node: SourceNode,
  of: { readonly input: string; readonly type: InputType; readonly given: boolean; readonly findings: Findings },
): PipelineInput['value'] | undefined {
  const { input, type, given, findings } = of;
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  const isText = typeof node.value === 'string';
  const isAsWritten = type === 'rate' || type === 'duration' || (type === 'string') === isText;
  const value = isAsWritten ? convert(node.value, type) : undefined;
  if (value === undefined && !(isText && String(node.value).includes('${{'))) {
    const written = String(node.value);
    const nearest = suggest(written, type);
    findings.report('invalid-input-value', node, { input, value: written, type, given, nearest });
  }
  return value;
}

function givenValue(written: string, { type, entry, findings }: Declaration): PipelineInput['value'] | undefined {
  const value = convert(
    type === 'number' ? asNumber(written) : type === 'boolean' ? asBoolean(written) : written,
    type,
  );
  if (value === undefined) {
    const nearest = suggest(written, type);
    findings.report('invalid-input-value', entry.keySpan, {
      input: entry.key,
      value: written,
      type,
      given: true,
      nearest,
    });
  }
  return value;
}

function convert(value: string | number | boolean, type: InputType): PipelineInput['value'] | undefined {
  switch (type) {
    case 'rate':
      return typeof value === 'boolean' ? undefined : parseRate(value);
    case 'duration':
      return typeof value === 'string' ? parseDuration(value) : undefined;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
  }
}

function asNumber(written: string): number | string {
  return written.trim() === '' ? written : Number(written);
}

function asBoolean(written: string): boolean | string {
  return written === 'true' || (written === 'false' ? false : written);
}

function suggest(written: string, type: InputType): string | undefined {
  if (type === 'rate') return suggestRate(written);
  if (type === 'duration') return suggestDuration(written);
  return type === 'string' ? `'${written}'` : undefined;
}
