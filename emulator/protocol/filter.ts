import { serviceError } from './service-error.ts';

/** What a collection lets one filter by. Date-times compare by order, texts only for equality. */
export type FilterProperties = Readonly<Record<string, 'text' | 'date-time'>>;

/** The values of one object under those properties; absent ones equal nothing. */
export type FilterValues = (property: string) => string | undefined;

export type Filter = (values: FilterValues) => boolean;

/**
 * Reads the service's filter grammar: `property op literal` with `eq` and `ne`, and `gt ge lt le` for date-times;
 * `and`, `or`, `not` and parentheses; texts in single quotes, date-times bare (Speech-to-text REST API 2025-10-15
 * definition, parameter `filter`). Throws `UnsupportedFilter` for anything else.
 */
export function parseFilter(text: string, properties: FilterProperties): Filter {
  const reader = new Reader(tokens(text), properties);
  const filter = either(reader);
  if (reader.peek() !== undefined) throw unsupported(`Unexpected '${reader.peek()}'.`);
  return filter;
}

const operators = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  gt: (left, right) => left !== undefined && left > right,
  ge: (left, right) => left !== undefined && left >= right,
  lt: (left, right) => left !== undefined && left < right,
  le: (left, right) => left !== undefined && left <= right,
} as const satisfies Record<string, (left: string | number | undefined, right: string | number) => boolean>;

const tokenPattern = /\s*(?:('(?:[^']|'')*')|([()])|([^\s()']+))/gy;
const dateTimePattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const deepestNesting = 50;

class Reader {
  readonly properties: FilterProperties;
  #tokens: readonly string[];
  #next = 0;
  #depth = 0;

  constructor(all: readonly string[], properties: FilterProperties) {
    this.#tokens = all;
    this.properties = properties;
  }

  peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  take(): string {
    const token = this.#tokens[this.#next++];
    if (token === undefined) throw unsupported('It ends too early.');
    return token;
  }

  accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#next++;
    return true;
  }

  nested<T>(read: () => T): T {
    if (++this.#depth > deepestNesting) throw unsupported(`It is nested deeper than ${deepestNesting}.`);
    const result = read();
    this.#depth--;
    return result;
  }
}

function tokens(text: string): string[] {
  const found: string[] = [];
  const rest = text.trimEnd();
  tokenPattern.lastIndex = 0;
  let end = 0;
  for (let match = tokenPattern.exec(rest); match; match = tokenPattern.exec(rest)) {
    found.push(match[0].trim());
    end = tokenPattern.lastIndex;
  }
  if (end < rest.length) throw unsupported(`Unexpected text at position ${end + 1}.`);
  return found;
}

function either(reader: Reader): Filter {
  const terms = [both(reader)];
  while (reader.accept('or')) terms.push(both(reader));
  return (values) => terms.some((term) => term(values));
}

function both(reader: Reader): Filter {
  const terms = [unary(reader)];
  while (reader.accept('and')) terms.push(unary(reader));
  return (values) => terms.every((term) => term(values));
}

function unary(reader: Reader): Filter {
  if (reader.accept('not')) {
    const inner = reader.nested(() => unary(reader));
    return (values) => !inner(values);
  }
  if (!reader.accept('(')) return comparison(reader);
  const inner = reader.nested(() => either(reader));
  if (!reader.accept(')')) throw unsupported('A closing parenthesis is missing.');
  return inner;
}

function comparison(reader: Reader): Filter {
  const property = reader.take();
  const type = Object.hasOwn(reader.properties, property) ? reader.properties[property] : undefined;
  if (!type) {
    throw unsupported(`The property '${property}' is not one of ${Object.keys(reader.properties).join(', ')}.`);
  }
  const name = reader.take();
  const allowed = type === 'text' ? ['eq', 'ne'] : Object.keys(operators);
  if (!allowed.includes(name)) {
    throw unsupported(`The operator '${name}' is not one of ${allowed.join(', ')} for '${property}'.`);
  }
  const compare = operators[name as keyof typeof operators];
  const literal = reader.take();
  if (type === 'text') {
    const wanted = textOf(literal);
    return (values) => compare(values(property), wanted);
  }
  const wanted = momentOf(literal);
  return (values) => {
    const value = values(property);
    return compare(value === undefined ? undefined : Date.parse(value), wanted);
  };
}

function textOf(literal: string): string {
  if (!literal.startsWith("'")) throw unsupported(`The text ${literal} needs single quotes around it.`);
  return literal.slice(1, -1).replaceAll("''", "'");
}

function momentOf(literal: string): number {
  const moment = dateTimePattern.test(literal) ? Date.parse(literal) : Number.NaN;
  if (Number.isNaN(moment)) throw unsupported(`'${literal}' is not a date-time such as 2026-02-01T11:00:00Z.`);
  return moment;
}

function unsupported(reason: string): Error {
  return serviceError('InvalidRequest', {
    message: `The filter is not supported. ${reason}`,
    inner: 'UnsupportedFilter',
    target: 'filter',
  });
}
