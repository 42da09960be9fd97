import { data } from '@actions/expressions';
import type { PlainValue } from '../document/yaml/plain-value.ts';

/**
 * A mapping as the expression library reads it. What an expression does not read is not looked at, and the same mapping is
 * put in order once, however many expressions read it. As everywhere in expressions, capitals of keys do not count.
 */
export function contextData(record: Readonly<Record<string, PlainValue>>): data.Dictionary {
  const known = made.get(record);
  if (known !== undefined) return known;
  const dictionary = new ContextData(record);
  // To remember a small one costs more than it saves.
  if (Object.keys(record).length > 16) made.set(record, dictionary);
  return dictionary;
}

/** Gone with the mappings that it is about, which do not change. */
const made = new WeakMap<Readonly<Record<string, PlainValue>>, data.Dictionary>();

class ContextData extends data.Dictionary {
  readonly #record: Readonly<Record<string, PlainValue>>;
  #values: Map<string, data.ExpressionData> | undefined;
  #names: ReadonlyMap<string, string> | undefined;
  #pairs: ReturnType<data.Dictionary['pairs']> | undefined;

  constructor(record: Readonly<Record<string, PlainValue>>) {
    super();
    this.#record = record;
  }

  override get(key: string): data.ExpressionData | undefined {
    const name = this.#namesByLowerCase().get(key.toLowerCase());
    if (name === undefined) return undefined;
    const values = (this.#values ??= new Map());
    let value = values.get(name);
    if (value === undefined) {
      value = toData(this.#record[name] ?? null);
      values.set(name, value);
    }
    return value;
  }

  override pairs(): ReturnType<data.Dictionary['pairs']> {
    return (this.#pairs ??= [...this.#namesByLowerCase().values()].map((key) => ({
      key,
      value: this.get(key) ?? new data.Null(),
    })));
  }

  override values(): data.ExpressionData[] {
    return this.pairs().map(({ value }) => value);
  }

  /** Of names that differ in capitals alone the first one counts. */
  #namesByLowerCase(): ReadonlyMap<string, string> {
    if (this.#names !== undefined) return this.#names;
    const names = new Map<string, string>();
    for (const name of Object.keys(this.#record)) {
      const lower = name.toLowerCase();
      if (!names.has(lower)) names.set(lower, name);
    }
    return (this.#names = names);
  }
}

function toData(value: PlainValue): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (!isList(value)) return contextData(value);
  const list = new data.Array();
  for (const item of value) list.add(toData(item));
  return list;
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}
