import { contextNames } from './expression-syntax.ts';
import type { Contexts } from './expressions.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { formatRate } from '../document/rates.ts';
import { beginningOf } from '../document/beginning-of.ts';

/**
 * A condition as people read why it was or was not met: with the values in place of the names, `24.4 % > 15.0 %`. Names
 * of `contexts` that have no value stay; fractions between 0 and 1 are written as rates, and rates that differ are written differently. Of long values and conditions the beginning.
 */
export function explainCondition(
  condition: string,
  contexts: Contexts | Readonly<Record<string, Readonly<Record<string, PlainValue>>>>,
  names: readonly string[] = contextNames,
): string {
  const source = cut(condition.trim(), MAX_SOURCE)
    .replace(/^\$\{\{\s*/, '')
    .replace(/\}\}$/, '')
    .trimEnd();
  const explained = withValues(source, { contexts, names });
  // A name alone says more than its value alone.
  return cut(explained === 'true' || explained === 'false' ? `${source} is ${explained}` : explained, MAX_EXPLAINED);
}

/** As long as an expression may be. */
const MAX_SOURCE = 4096 + 6;
const MAX_EXPLAINED = 1000;
const MAX_VALUE = 80;
/** Of more rates than a person compares the first ones are told from each other. */
const MAX_RATES = 20;

function cut(text: string, length: number): string {
  return text.length > length ? `${beginningOf(text, length)}…` : text;
}

function withValues(
  source: string,
  { contexts, names }: { readonly contexts: object; readonly names: readonly string[] },
): string {
  const parts = partsWith(names);
  const values = new Map<string, PlainValue>();
  const rates: number[] = [];
  for (const [part, context] of source.matchAll(parts)) {
    const value = context === undefined ? Number(part) : valueOf(part, contexts);
    if (context !== undefined && value !== undefined) values.set(part, value);
    if (isRate(value) && rates.length < MAX_RATES) rates.push(value);
  }
  return source.replaceAll(parts, (part) => {
    const value = values.get(part);
    return value === undefined ? part : written(value, rates);
  });
}

/** Texts, names that may have a value, and numbers. */
function partsWith(names: readonly string[]): RegExp {
  return new RegExp(String.raw`'(?:[^']|'')*'|\b(${names.join('|')})(?:\.[\w-]+)+|(?<![\w.-])\d*\.\d+\b`, 'g');
}

function isRate(value: PlainValue | undefined): value is number {
  return typeof value === 'number' && value > 0 && value < 1;
}

function valueOf(name: string, contexts: object): PlainValue | undefined {
  let value: unknown = contexts;
  for (const key of name.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value as PlainValue;
}

function written(value: PlainValue, rates: readonly number[]): string {
  if (isRate(value)) return formatRate(value, rates);
  if (typeof value === 'string') return `'${cut(shortAddress(value), MAX_VALUE)}'`;
  return Array.isArray(value) ? '[…]' : value !== null && typeof value === 'object' ? '{…}' : JSON.stringify(value);
}

/** Of an object's address the id says enough. */
function shortAddress(value: string): string {
  if (!/^https?:\/\/\S+$/.test(value)) return value;
  const [address = ''] = value.split(/[?#]/, 1);
  const id = address.slice(address.lastIndexOf('/') + 1);
  return id === '' || !address.includes('/', 'https://'.length) ? value : `…/${id}`;
}
