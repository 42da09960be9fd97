import type { Contexts } from './expressions.ts';
import type { PlainValue } from '../document/plain-value.ts';
import { formatRate } from '../document/rates.ts';

/**
 * A condition as people read why it was or was not met: with the values in place of the names, `24.4 % > 15.0 %`. Names
 * that have no value stay; fractions between 0 and 1 are written as rates. Of long values and conditions the beginning.
 */
export function explainCondition(condition: string, contexts: Contexts): string {
  const source = cut(condition.trim(), MAX_SOURCE)
    .replace(/^\$\{\{\s*/, '')
    .replace(/\}\}$/, '')
    .trimEnd();
  const explained = withValues(source, contexts);
  // A name alone says more than its value alone.
  return cut(explained === 'true' || explained === 'false' ? `${source} is ${explained}` : explained, MAX_EXPLAINED);
}

/** As long as an expression may be. */
const MAX_SOURCE = 4096 + 6;
const MAX_EXPLAINED = 1000;
const MAX_VALUE = 80;

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function withValues(source: string, contexts: Contexts): string {
  return source.replaceAll(
    /'(?:[^']|'')*'|\b(inputs|steps|env|matrix|run)(?:\.[\w-]+)+/g,
    (name, context: string | undefined) => {
      if (context === undefined) return name;
      const value = valueOf(name, contexts);
      return value === undefined ? name : written(value);
    },
  );
}

function valueOf(name: string, contexts: Contexts): PlainValue | undefined {
  let value: unknown = contexts;
  for (const key of name.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value as PlainValue;
}

function written(value: PlainValue): string {
  if (typeof value === 'number' && value > 0 && value < 1) return formatRate(value);
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
