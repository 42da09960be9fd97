import type { WorkerEvent } from '../../engine/fleet/fleet-worker.ts';
import { journalFormat } from '../../engine/journal-format.ts';
import { describeStep } from '../../report/run-text.ts';
import type { TextStream } from '../session.ts';

/** A line of a worker's log: what happened, and the facts by which logs are searched. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly run?: string;
  readonly step?: string;
  readonly [fact: string]: string | number | boolean | undefined;
}

export type WriteLog = (line: LogLine) => void;

/** Writes a log as text for people, or as one JSON object a line (`time`, `level`, `message` and the facts). */
export function workerLog(
  stream: TextStream,
  options: { readonly format: 'text' | 'json'; readonly worker: string },
): WriteLog {
  return (line) => {
    const time = new Date().toISOString();
    const { level, message, ...facts } = line;
    if (options.format === 'json') {
      stream.write(`${JSON.stringify({ time, level, message, worker: options.worker, ...facts })}\n`);
      return;
    }
    const where = [line.run, line.step].filter((part) => part !== undefined).join(' ');
    stream.write(`${time} ${level === 'info' ? '' : `${level}: `}${where === '' ? '' : `${where}: `}${message}\n`);
  };
}

/** The line for what a worker tells, or undefined for what nobody looks for afterwards. */
export function logLineOf(event: WorkerEvent): LogLine | undefined {
  if (event.kind === 'trouble') return { level: 'warn', message: messageOf(event.error) };
  if (event.kind === 'others-wait') {
    const { format, runs } = event;
    const message = `${runs} ${runs === 1 ? 'run waits' : 'runs wait'} for a worker whose journal is ${format}: this one reads ${journalFormat}`;
    return { level: 'warn', message, format, runs };
  }
  const { runId: run } = event;
  if (event.kind === 'run-started') return { level: 'info', message: `${event.pipeline} begins here`, run };
  if (event.kind === 'run-left')
    return { level: 'warn', message: `goes on elsewhere or not at all: ${messageOf(event.error)}`, run };
  if (event.kind === 'taken-over')
    return { level: 'warn', message: `taken over from ${event.from}`, run, from: event.from };
  if (event.kind === 'run-ended') {
    const { status } = event.record;
    return { level: status === 'failed' ? 'error' : 'info', message: status, run, status };
  }
  const { event: of } = event;
  const step = of.stepId;
  if (of.kind === 'step-started') return { level: 'info', message: 'started', run, step };
  if (of.kind === 'step-progress' || event.isRemembered) return undefined;
  const { status, uses } = of.record;
  const said = describeStep(of.record);
  const message = said === '' ? status : `${status}: ${said}`;
  return { level: status === 'failed' ? 'error' : 'info', message, run, step, status, uses };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
