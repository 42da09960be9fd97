import type { RunEvent, StepRecord } from './run-record.ts';

/** The secret environment variables that pipelines may read in this process. No plan and no record contains them. */
export interface Secrets {
  /** The value of a variable; undefined when it is not set, or when pipelines may not read it here. */
  valueOf(name: string): string | undefined;
  /** The text without these values, in any usual encoding. */
  mask(text: string): string;
}

/** The record of a step as it may be kept and shown: an answer of a service may have repeated the values. */
export function maskRecord(record: StepRecord, { mask }: Secrets): StepRecord {
  const { reason, error, outputs } = record;
  return {
    ...record,
    ...(reason === undefined ? {} : { reason: mask(reason) }),
    ...(error === undefined ? {} : { error: mask(error) }),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [name, typeof value === 'string' ? mask(value) : value]),
    ),
  };
}

/** The event as it may be kept and shown. */
export function maskEvent(event: RunEvent, secrets: Secrets): RunEvent {
  switch (event.kind) {
    case 'step-started':
      return event.reason === undefined ? event : { ...event, reason: secrets.mask(event.reason) };
    case 'step-progress':
      return { ...event, message: secrets.mask(event.message) };
    case 'step-finished':
      return { ...event, record: maskRecord(event.record, secrets) };
  }
}
