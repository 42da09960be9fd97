import { createHash } from 'node:crypto';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

interface NameRule {
  /** What the resource is called. */
  readonly noun: string;
  readonly longest: number;
  readonly form: RegExp;
  /** The form in words. */
  readonly rule: string;
}

/** Microsoft Learn, "Naming rules and restrictions for Azure resources"; ASCII letters alone, as the azurerm provider has it. */
const rules = {
  resourceGroup: {
    noun: 'a resource group',
    longest: 90,
    form: /^[\w.()-]{0,89}[\w()-]$/,
    rule: '1 to 90 letters, digits, `_`, `-`, `.`, `(` and `)`, with no `.` last',
  },
  workspace: {
    noun: 'a Log Analytics workspace',
    longest: 63,
    form: /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i,
    rule: '4 to 63 letters, digits and `-`, with a letter or digit first and last',
  },
  privateEndpoint: {
    noun: 'a private endpoint',
    longest: 64,
    form: /^[a-z0-9][\w.-]{0,62}\w$/i,
    rule: '2 to 64 letters, digits, `.`, `_` and `-`, with a letter or digit first, and a letter, digit or `_` last',
  },
  networkInterface: {
    noun: 'a network interface',
    longest: 80,
    form: /^[a-z0-9]([\w.-]{0,78}\w)?$/i,
    rule: '1 to 80 letters, digits, `.`, `_` and `-`, with a letter or digit first, and a letter, digit or `_` last',
  },
  identity: {
    noun: 'an identity',
    longest: 128,
    form: /^[a-z0-9][\w-]{2,127}$/i,
    rule: '3 to 128 letters, digits, `_` and `-`, with a letter or digit first',
  },
  lock: {
    noun: 'a lock',
    longest: 90,
    form: /^[\w.()-]{0,89}[\w()-]$/,
    rule: '1 to 90 letters, digits, `_`, `-`, `.`, `(` and `)`, with no `.` last',
  },
} as const satisfies Readonly<Record<string, NameRule>>;

/** A kind of resource whose names Azure has rules for. */
export type NamedKind = keyof typeof rules;

/** Finds a name that Azure refuses. */
export function checkResourceName(
  value: string | undefined,
  { kind, path }: { readonly kind: NamedKind; readonly path: PropertyPath },
): readonly Fault[] {
  const { form, noun, rule } = rules[kind];
  return !isLiteral(value) || form.test(value) ? [] : [fault('resource-name', { path, value, noun, rule })];
}

/**
 * A name that is made of others, as this kind of resource can have it: `-` for what is not allowed. One that is too long is
 * cut, and ends with a digest of the whole, so that two that begin alike stay two.
 */
export function resourceNameOf(kind: NamedKind, text: string): string {
  const { form, longest } = rules[kind];
  if (!isLiteral(text) || form.test(text)) return text;
  const plain = text.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '');
  if (plain.length <= longest) return plain;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 6);
  return `${plain.slice(0, longest - 7).replace(/-$/, '')}-${digest}`;
}
