import type { Decision } from '../../durable/decision.ts';

/** A request of a process to the one that has the embedded store open: a line of JSON. */
export type ControlRequest =
  | { readonly method: 'runs'; readonly params: { readonly limit?: number } }
  | { readonly method: 'details'; readonly params: { readonly runId: string } }
  | { readonly method: 'log'; readonly params: { readonly runId: string } & LogRange }
  | { readonly method: 'cancel'; readonly params: { readonly runId: string } }
  | {
      readonly method: 'decide';
      readonly params: { readonly runId: string; readonly stepId: string; readonly decision: Decision };
    };

/** Lines of a log: at most `limit`, after the line with the number `after`. */
export interface LogRange {
  readonly limit?: number;
  readonly after?: number;
}

/** The request in a line. Throws an error for the client when the line holds none, or one that is not well formed. */
export function readRequest(line: string): ControlRequest {
  const read = parsed(line);
  if (!isObject(read)) throw new Error('Send a JSON object with method and params in each line: this is none');
  const { method } = read;
  const params = isObject(read['params']) ? read['params'] : {};
  switch (method) {
    case 'runs':
      return { method, params: count(params, 'limit', mostRuns) };
    case 'details':
    case 'cancel':
      return { method, params: { runId: name(params, 'runId') } };
    case 'log':
      return {
        method,
        params: {
          runId: name(params, 'runId'),
          ...count(params, 'limit', mostLines),
          ...count(params, 'after', Number.MAX_SAFE_INTEGER),
        },
      };
    case 'decide':
      return {
        method,
        params: { runId: name(params, 'runId'), stepId: name(params, 'stepId'), decision: decisionOf(params) },
      };
    default:
      throw new Error('Use the same version of speechops: the running one does not know this request');
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Params = Readonly<Record<string, unknown>>;

function count<K extends string>(params: Params, key: K, most: number): { readonly [P in K]?: number } {
  const value = params[key];
  if (value === undefined) return {};
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most)
    return { [key]: value } as { readonly [P in K]: number };
  throw new Error(`Correct ${key}: allowed is a whole number from 0 to ${most}`);
}

/** A text without NUL, which PostgreSQL cannot keep. */
function name(params: Params, key: string): string {
  const value = params[key];
  if (typeof value === 'string' && value !== '' && value.length <= longestName && !value.includes('\0')) return value;
  throw new Error(`Correct ${key}: allowed is a text of 1 to ${longestName} characters`);
}

function decisionOf(params: Params): Decision {
  const value = params['decision'];
  if (!isObject(value)) throw new Error('Correct decision: allowed is an object with approved, by and at');
  const { approved, comment, isUnsure } = value;
  const isWell = typeof approved === 'boolean' && isTextOrAbsent(comment) && isFlagOrAbsent(isUnsure);
  if (!isWell)
    throw new Error(
      'Correct decision: approved is true or false, comment a text and isUnsure true or false where they are given',
    );
  return {
    approved,
    by: name(value, 'by'),
    at: name(value, 'at'),
    ...(comment === undefined ? {} : { comment }),
    ...(isUnsure === undefined ? {} : { isUnsure }),
  };
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isFlagOrAbsent(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}

const mostRuns = 10_000;
const mostLines = 100_000;
const longestName = 1000;
