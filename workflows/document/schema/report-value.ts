import type { ErrorObject } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../../schemas/index.ts';
import type { Findings, Span } from '../diagnostics/diagnostics.ts';
import { suggestDuration } from '../durations.ts';
import { nearestName } from '../nearest-name.ts';
import { suggestRate } from '../rates.ts';
import type { SourceNode } from '../yaml/read-document.ts';

interface ValuePlace {
  readonly node: SourceNode;
  readonly name: Span;
  readonly key: string;
  readonly where: string;
  readonly findings: Findings;
}

/** Reports a value that its schema does not allow, in the words of what the value means. */
export function reportValue(fault: ErrorObject, { node, name, key, where, findings }: ValuePlace): void {
  const schema = (fault.parentSchema ?? {}) as JsonSchema;
  const at = node.kind === 'scalar' && node.end > node.start ? node : name;
  const isNothing = node.kind === 'scalar' && (node.value === null || node.value === '');
  if (isNothing || ['minItems', 'minLength', 'minProperties'].includes(fault.keyword)) {
    findings.report('missing-value', at, { key, where });
    return;
  }
  if (Object.hasOwn(tooLong, fault.keyword)) {
    const length =
      node.kind === 'scalar'
        ? [...String(node.value)].length
        : node.kind === 'list'
          ? node.items.length
          : node.entries.length;
    const of = node.kind === 'scalar' ? 'characters' : 'entries';
    findings.report('too-long', at, { key, where, length, limit: Number(fault.params['limit']), of });
    return;
  }
  if (fault.keyword === 'uniqueItems' && node.kind === 'list') {
    const again = node.items[Math.max(Number(fault.params['i']), Number(fault.params['j']))];
    const actual = again?.kind === 'scalar' ? `\`${String(again.value)}\` twice` : 'an entry twice';
    findings.report('wrong-type', again ?? at, { key, expected: 'each value once', actual, quotable: false });
    return;
  }
  const value = node.kind === 'scalar' ? String(node.value) : `a ${nameOfCollection(node)}`;
  switch (node.kind === 'scalar' ? schema['x-type'] : undefined) {
    case 'rate':
      return findings.report('invalid-rate', at, { key, value, percent: suggestRate(value) });
    case 'duration':
      return findings.report('invalid-duration', at, {
        key,
        value,
        nearest: suggestDuration(value, { usual: schema.default }),
      });
    case 'locale':
      return findings.report('invalid-locale', at, { value, nearest: nearestLocale(value) });
    case 'id':
      return findings.report('invalid-name', at, { name: value, reserved: fault.keyword === 'not' });
  }
  if (fault.keyword === 'pattern' && schema.patternErrorMessage !== undefined) {
    findings.report('invalid-form', at, { key, value, form: schema.patternErrorMessage });
  } else if (fault.keyword === 'enum' || fault.keyword === 'const') {
    const { allowedValues = [], allowedValue } = fault.params as Readonly<Record<string, readonly unknown[]>>;
    const values = fault.keyword === 'enum' ? allowedValues : [allowedValue];
    const allowed = values.map(String);
    // It reads the same, and is a number in one place and text in the other.
    const meant = values[allowed.indexOf(value)];
    if (meant !== undefined && node.kind === 'scalar') {
      const quotable = typeof meant === 'string';
      const expected = quotable ? 'text' : `\`${String(meant)}\` without quotes`;
      findings.report('wrong-type', at, { key, expected, actual: nameOfNode(node), quotable });
    } else
      findings.report('not-allowed-value', at, () => ({ key, value, allowed, nearest: nearestName(value, allowed) }));
  } else if (fault.keyword === 'minimum' || fault.keyword === 'maximum') {
    findings.report('out-of-range', at, { key, value, range: rangeOf(schema) });
  } else {
    const expected = nameOfType(schema.type);
    const quotable = schema.type === 'string' && node.kind === 'scalar';
    findings.report('wrong-type', at, { key, expected, actual: nameOfNode(node), quotable });
  }
}

const tooLong = { maxLength: true, maxItems: true, maxProperties: true };

function rangeOf({ minimum, maximum }: JsonSchema): string {
  if (maximum === undefined) return `at least ${String(minimum)}`;
  return minimum === undefined ? `at most ${String(maximum)}` : `from ${String(minimum)} to ${String(maximum)}`;
}

/** The locale that was meant, when only its capitals or its hyphen are wrong. */
export function nearestLocale(value: string): string | undefined {
  const match = /^([a-z]{2,3})[-_]([a-z]{2})$/i.exec(value.trim());
  return match === null ? undefined : `${match[1]?.toLowerCase()}-${match[2]?.toUpperCase()}`;
}

function nameOfType(type: JsonSchema['type']): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    integer: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping of keys to values',
  };
  return [type ?? []]
    .flat()
    .map((name) => names[name] ?? name)
    .join(' or ');
}

function nameOfNode(node: SourceNode): string {
  if (node.kind !== 'scalar') return `a ${nameOfCollection(node)}`;
  if (typeof node.value === 'string') return 'text';
  return typeof node.value === 'number' ? `the number ${node.value}` : `\`${String(node.value)}\``;
}

function nameOfCollection(node: SourceNode): string {
  return node.kind === 'list' ? 'list' : 'mapping';
}
