import type { Decision } from '../../durable/decision.ts';
import type { Journal } from '../../durable/journal.ts';
import type { RunLog } from '../../store/run-log.ts';

/** The requests about runs that the process with the open embedded store answers to others. */
export type RunControl = Pick<Journal, 'runs' | 'details' | 'cancel' | 'decide' | 'close'> & {
  /** A text that is another one whenever something of the runs has changed. */
  pulse(): Promise<string>;
  /** The last lines of the run's log, oldest first. */
  log(runId: string, options?: LogRange): ReturnType<RunLog['read']>;
  /**
   * Asks the process to close the store for another one, which executes a run of this concurrency group if it names one. False
   * when it does not.
   */
  lend(wanted: { readonly group?: string }): Promise<boolean>;
};

/** Lines of a log: at most `limit`, after the line with the number `after`. */
export interface LogRange {
  readonly limit?: number;
  readonly after?: number;
}

interface Method<P, R> {
  /** The parameters of a request, or an error for the process that asked. */
  read(params: Params): P;
  perform(control: RunControl, params: P): Promise<R>;
  /** It may have been made although no answer came, so that its answer is waited for longer. @default false */
  readonly isChange?: true;
}

/** Keeps the types of a method's parameters and result. */
function method<P, R>(of: Method<P, R>): Method<P, R> {
  return of;
}

/**
 * What one process may ask of another one that has the embedded store open. A new method is an entry here and one of
 * {@link remoteControl}.
 */
const methods = {
  runs: method({
    read: (params): { readonly limit?: number; readonly idPrefix?: string } => ({
      ...count(params, 'limit', mostRuns),
      ...(params['idPrefix'] === undefined ? {} : { idPrefix: name(params, 'idPrefix') }),
    }),
    perform: async (control, params) => await control.runs(params),
  }),
  pulse: method({
    read: () => ({}),
    perform: async (control) => await control.pulse(),
  }),
  details: method({
    read: (params) => ({ runId: name(params, 'runId') }),
    perform: async (control, { runId }) => await control.details(runId),
  }),
  log: method({
    read: (params): { readonly runId: string } & LogRange => ({
      runId: name(params, 'runId'),
      ...count(params, 'limit', mostLines),
      ...count(params, 'after', Number.MAX_SAFE_INTEGER),
    }),
    perform: async (control, { runId, ...range }) => await control.log(runId, range),
  }),
  cancel: method({
    read: (params) => ({ runId: name(params, 'runId') }),
    perform: async (control, { runId }) => await control.cancel(runId),
    isChange: true,
  }),
  decide: method({
    read: (params) => ({
      runId: name(params, 'runId'),
      stepId: name(params, 'stepId'),
      decision: decisionOf(params),
    }),
    perform: async (control, { runId, stepId, decision }) => await control.decide(runId, stepId, decision),
    isChange: true,
  }),
  lend: method({
    read: (params): { readonly group?: string } =>
      params['group'] === undefined ? {} : { group: name(params, 'group') },
    perform: async (control, params) => await control.lend(params),
  }),
};

type MethodName = keyof typeof methods;
type ParamsOf<M extends MethodName> = ReturnType<(typeof methods)[M]['read']>;
type ResultOf<M extends MethodName> = Awaited<ReturnType<(typeof methods)[M]['perform']>>;

/** A line of JSON on the socket. */
export interface ControlRequest {
  readonly method: string;
  readonly params: unknown;
}

/** The request in a line. Throws an error for the process that asked when the line holds none, or one that is not well formed. */
export function readRequest(line: string): ControlRequest & { perform(control: RunControl): Promise<unknown> } {
  const read = parsed(line);
  if (!isObject(read)) throw new Error('Send a JSON object with method and params in each line: this is none');
  const asked = read['method'];
  const found = typeof asked === 'string' && Object.hasOwn(methods, asked) ? methods[asked as MethodName] : undefined;
  if (found === undefined)
    throw new Error('Use the same version of speechops: the running one does not know this request');
  const { read: readParams, perform } = found as Method<unknown, unknown>;
  const params = readParams(isObject(read['params']) ? read['params'] : {});
  return { method: String(asked), params, perform: async (control) => await perform(control, params) };
}

/** The same runs for the process that asks: `ask` sends a request and gives its result. */
export function remoteControl(
  ask: (request: ControlRequest, how: { readonly isChange: boolean }) => Promise<unknown>,
): Omit<RunControl, 'close'> {
  const call = async <M extends MethodName>(asked: M, params: ParamsOf<M>): Promise<ResultOf<M>> =>
    (await ask({ method: asked, params }, { isChange: methods[asked].isChange === true })) as ResultOf<M>;
  return {
    runs: async (wanted = {}) => await call('runs', wanted),
    pulse: async () => await call('pulse', {}),
    details: async (runId) => await call('details', { runId }),
    log: async (runId, range = {}) => await call('log', { runId, ...range }),
    cancel: async (runId) => await call('cancel', { runId }),
    decide: async (runId, stepId, decision) => await call('decide', { runId, stepId, decision }),
    lend: async (wanted) => await call('lend', wanted),
  };
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

/** A text that says something, without NUL, which PostgreSQL cannot keep. */
function name(params: Params, key: string): string {
  const value = params[key];
  if (typeof value === 'string' && value.trim() !== '' && value.length <= longestName && !value.includes('\0'))
    return value;
  throw new Error(`Correct ${key}: allowed is a text of 1 to ${longestName} characters that is not blank`);
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

/** How many runs one request may list. */
export const mostRuns = 10_000;
const mostLines = 100_000;
const longestName = 1000;
