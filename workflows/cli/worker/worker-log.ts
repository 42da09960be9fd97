import type { WorkerEvent } from '../../fleet/worker-events.ts';
import { journalFormat } from '../../durable/journal-format.ts';
import { escapeLines } from '../../document/quote-name.ts';
import { describeStep } from '../../report/commands/run-text.ts';
import type { TextStream } from '../session.ts';

/** A line in the log of a worker: a message, and the facts by which people search logs. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly run?: string;
  readonly step?: string;
  readonly [fact: string]: string | number | boolean | undefined;
}

export type WriteLog = (line: LogLine, worker: string) => void;

/** Writes a log as text for people, or as one JSON object a line (`time`, `level`, `message`, `worker` and the facts). */
export function workerLog(stream: TextStream, format: 'text' | 'json'): WriteLog {
  return (line, worker) => {
    const time = new Date().toISOString();
    const { level, message, ...facts } = line;
    if (format === 'json') {
      stream.write(`${JSON.stringify({ time, level, message, worker, ...facts })}\n`);
      return;
    }
    const where = [line.run, line.step].filter((part) => part !== undefined).join(' ');
    const text = escapeLines(`${where === '' ? '' : `${where}: `}${message}`);
    // Further lines of a message are indented, so that they cannot pass for lines of the log.
    stream.write(`${time} ${level === 'info' ? '' : `${level}: `}${text.replaceAll('\n', '\n    ')}\n`);
  };
}

/** The line for an event, or undefined for an event that no person looks for afterwards. */
export function logLineOf(event: WorkerEvent): LogLine | undefined {
  if (event.kind === 'trouble') return { level: 'warn', message: messageOf(event.error) };
  if (event.kind === 'webhook') return webhookLine(event);
  if (event.kind === 'callback') return callbackLine(event);
  if (event.kind === 'schedule-failed' || event.kind === 'schedule-fired') return scheduleLine(event);
  if (event.kind === 'others-wait') {
    const { format, runs } = event;
    const message = `${runs} ${runs === 1 ? 'run waits' : 'runs wait'} for a worker whose journal is ${format}: this one reads ${journalFormat}`;
    return { level: 'warn', message, format, runs };
  }
  if (event.kind === 'activity') return undefined;
  const { runId: run } = event;
  if (event.kind === 'set-aside') return { level: 'error', message: `is set aside: ${event.reason}`, run };
  if (event.kind === 'cleared') return { level: 'info', message: 'only waits, and continues beside other runs', run };
  if (event.kind === 'run-started') return { level: 'info', message: `${event.pipeline} begins here`, run };
  if (event.kind === 'run-left')
    return { level: 'warn', message: `continues elsewhere or not at all: ${messageOf(event.error)}`, run };
  if (event.kind === 'taken-over')
    return { level: 'warn', message: `taken over from ${event.from}`, run, from: event.from };
  if (event.kind === 'run-ended') {
    const { status, error } = event.record;
    const message = error === undefined ? status : `${status}: ${error}`;
    return { level: status === 'failed' ? 'error' : 'info', message, run, status };
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

function webhookLine({ resource, isActive, reason }: Extract<WorkerEvent, { kind: 'webhook' }>): LogLine {
  if (isActive) return { level: 'info', message: `${resource} calls back: steps wait without polling`, resource };
  return { level: 'warn', message: `${resource} does not call back, steps poll: ${reason}`, resource };
}

/** Everyone who finds the address can send callbacks without a signature, so only the 1st, 10th, 100th … is logged. */
function callbackLine({ outcome, count }: Extract<WorkerEvent, { kind: 'callback' }>): LogLine | undefined {
  if (outcome === 'challenge') return { level: 'info', message: 'answered the challenge of a webhook' };
  const said = faultyCallbacks.get(outcome);
  if (said === undefined || !/^10*$/.test(String(count))) return undefined;
  return { level: 'warn', message: `refused a callback, number ${count}: ${said}`, outcome, count };
}

const faultyCallbacks: ReadonlyMap<string, string> = new Map([
  ['forged', 'its signature is missing or wrong'],
  ['unreadable', 'it is signed, but its body is not that of a callback'],
  ['failed', 'the database did not take it'],
]);

function scheduleLine(event: Extract<WorkerEvent, { readonly tick: Date }>): LogLine {
  const { pipeline, schedule } = event;
  const tick = event.tick.toISOString();
  const facts = { pipeline, schedule, tick };
  if (event.kind === 'schedule-fired') {
    return { level: 'info', message: `${pipeline} was scheduled for ${tick}`, run: event.runId, ...facts };
  }
  const then = event.retryAt === undefined ? 'given up until the next time' : `again at ${event.retryAt.toISOString()}`;
  const what = [pipeline, schedule].filter((part) => part !== undefined).join(' ');
  const message = `Cannot start the run of ${what} for ${tick}, ${then}: ${messageOf(event.error)}`;
  return { level: 'error', message, ...facts };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
