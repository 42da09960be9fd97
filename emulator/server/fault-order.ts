import { type FaultKind, faultKinds, type FaultOrder } from '../state/faults.ts';
import { servedOperations } from './served-operations.ts';

const dataOperations = ['Recognise', 'Synthesise', 'ListVoices', 'ReadFile', 'DeliverEvent'];

const numbers = {
  status: { least: 400, most: 599, whole: true },
  retryAfterSeconds: { least: 0, most: 86_400, whole: true },
  delayMilliseconds: { least: 0, most: 600_000, whole: false },
  lastsMilliseconds: { least: 0, most: 86_400_000, whole: false },
  count: { least: 1, most: 1_000_000_000, whole: true },
  rate: { least: 0, most: 1, whole: false },
  seed: { least: 0, most: 2 ** 32 - 1, whole: true },
} as const;

const texts = ['operation', 'kind', 'code', 'message'];

/** The order for a fault that a JSON value is; throws an Error that says what is wrong and what is allowed. */
export function readFaultOrder(value: unknown): FaultOrder {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('A fault must be a JSON object with operation and kind');
  }
  const allowed = [...texts, ...Object.keys(numbers)];
  for (const [name, member] of Object.entries(value)) {
    if (!allowed.includes(name))
      throw new Error(`Unknown member '${name}' of a fault: allowed are ${allowed.join(', ')}`);
    if (texts.includes(name) && typeof member !== 'string') throw new Error(`${name} must be a text`);
  }
  const order = value as FaultOrder;
  const operations = ['*', ...servedOperations.map(({ id }) => id), ...dataOperations];
  if (!operations.includes(order.operation)) {
    throw new Error(`Unknown operation '${order.operation}': allowed are ${operations.join(', ')}`);
  }
  const kinds = Object.keys(faultKinds) as FaultKind[];
  if (!kinds.includes(order.kind))
    throw new Error(`Unknown kind '${order.kind}' of fault: allowed are ${kinds.join(', ')}`);
  checkNumbers(value);
  return order;
}

function checkNumbers(value: object): void {
  for (const [name, { least, most, whole }] of Object.entries(numbers)) {
    const member: unknown = (value as Readonly<Record<string, unknown>>)[name];
    if (member === undefined) continue;
    const isRight =
      typeof member === 'number' && member >= least && member <= most && (!whole || Number.isInteger(member));
    if (!isRight) throw new Error(`${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
  }
}
