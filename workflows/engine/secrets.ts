import type { RunEvent, StepRecord } from './run-record.ts';

/** The secret environment variables that pipelines may read in this process. They are part of no plan and of no record. */
export interface Secrets {
  /** The value of a variable; undefined when it is not set, or when pipelines may not read it here. */
  valueOf(name: string): string | undefined;
  /** The text without these values, in whichever usual encoding they stand there. */
  mask(text: string): string;
}

/** What became of a step, as it may be kept and shown: by now the values may stand in what a service has answered. */
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

/** What happens in a run, as it may be kept and shown. */
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
