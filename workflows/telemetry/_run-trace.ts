import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type { RunRecord, StepRecord } from '../engine/run-record.ts';
import type { RequestOutcome } from '../speech/request-observer.ts';
import { type DerivedIds, spanIdOf, traceIdOf } from './_derived-ids.ts';

/** What the spans of all runs are made with. */
export interface Tracing {
  readonly tracer: Tracer;
  readonly ids: DerivedIds;
  /** Takes secrets out of text. */
  readonly redact: (text: string) => string;
}

export interface TracedRun {
  readonly runId: string;
  readonly pipeline: string;
  /** ISO date-time, as the journal has it: of its start, or of when it was resumed after it had ended. */
  readonly startedAt: string;
}

/** A person's answer to a step. */
export interface Approval {
  readonly at: Date;
  readonly approved: boolean;
}

/**
 * The part of a run's trace that this process makes.
 *
 * A run may be executed by several processes, hours apart, and is one trace all the same: the ids of its trace, of its root
 * span and of the spans of its steps are derived from the run's id and its start. Every process starts the same root span,
 * with the journalled start time, and only the one in which the run ends ends it: a span that is not ended is never
 * exported. A step's span is exported by the process that did the step, once its result is in the journal; what was done
 * inside by a process that died before belongs to the same span, because its id is the same.
 */
export class RunTrace {
  readonly #tracing: Tracing;
  readonly #run: TracedRun;
  readonly #traceId: string;
  readonly #root: Span;
  readonly #inRoot: Context;

  constructor(tracing: Tracing, run: TracedRun) {
    this.#tracing = tracing;
    this.#run = run;
    this.#traceId = traceIdOf(run.runId);
    const ids = { traceId: this.#traceId, spanId: spanIdOf([run.runId, run.startedAt]) };
    const attributes = { 'speechops.run.id': run.runId, 'speechops.pipeline': run.pipeline };
    const options = { root: true, startTime: new Date(run.startedAt), attributes };
    this.#root = tracing.ids.give(ids, () => tracing.tracer.startSpan(`run ${run.pipeline}`, options, ROOT_CONTEXT));
    this.#inRoot = trace.setSpan(ROOT_CONTEXT, this.#root);
  }

  /** Another process had begun the run: this one takes it over, or resumes it. */
  goneOnWith(at: Date): void {
    const attributes = { 'speechops.run.id': this.#run.runId };
    this.#tracing.tracer.startSpan('resumed', { startTime: at, attributes }, this.#inRoot).end(at);
  }

  endStep(stepId: string, record: StepRecord, approvals: readonly Approval[] = []): void {
    const { ids, tracer } = this.#tracing;
    const { startTime, endTime } = timesOf(record);
    const given = { traceId: this.#traceId, spanId: this.#spanIdOf(stepId) };
    const attributes = { 'speechops.run.id': this.#run.runId, 'speechops.step.id': stepId, ...stepAttributes(record) };
    const span = ids.give(given, () =>
      tracer.startSpan(`${record.uses} ${stepId}`, { startTime, attributes }, this.#inRoot),
    );
    for (const { at, approved } of approvals) span.addEvent('approval', { 'speechops.approved': approved }, at);
    if (record.status === 'failed') this.#fail(span, { what: record.failure, message: record.error, at: endTime });
    span.end(endTime);
  }

  /** A request that a step has sent. */
  request(stepId: string, outcome: RequestOutcome): void {
    const { traceFlags } = this.#root.spanContext();
    const parent = { traceId: this.#traceId, spanId: this.#spanIdOf(stepId), traceFlags };
    const { method, template, startedAt, milliseconds, isFailure } = outcome;
    const options = { kind: SpanKind.CLIENT, startTime: startedAt, attributes: requestAttributes(outcome) };
    const inStep = trace.setSpanContext(ROOT_CONTEXT, parent);
    const span = this.#tracing.tracer.startSpan(`${method} ${template}`, options, inStep);
    if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(new Date(startedAt.getTime() + milliseconds));
  }

  end({ status, error, finishedAt }: Pick<RunRecord, 'status' | 'error' | 'finishedAt'>): void {
    this.#root.setAttribute('speechops.run.status', status);
    const at = new Date(finishedAt);
    if (status === 'failed') this.#fail(this.#root, { what: 'run', message: error, at });
    this.#root.end(at);
  }

  #spanIdOf(stepId: string): string {
    return spanIdOf([this.#run.runId, this.#run.startedAt, stepId]);
  }

  #fail(
    span: Span,
    failure: { readonly what: string | undefined; readonly message: string | undefined; readonly at: Date },
  ): void {
    const { what = 'step', message, at } = failure;
    const said = message === undefined ? undefined : this.#tracing.redact(message);
    span.setStatus({ code: SpanStatusCode.ERROR, ...(said === undefined ? {} : { message: said }) });
    if (said !== undefined) span.recordException({ name: what, message: said }, at);
  }
}

function timesOf({ startedAt, finishedAt }: StepRecord): { readonly startTime: Date; readonly endTime: Date } {
  const endTime = finishedAt === undefined ? new Date() : new Date(finishedAt);
  return { startTime: startedAt === undefined ? endTime : new Date(startedAt), endTime };
}

/** Outputs that are numbers or true and false: texts are addresses, and what people wrote. */
function stepAttributes({ uses, status, attempts, failure, outputs }: StepRecord): Attributes {
  const measured = Object.entries(outputs).filter(([, value]) => typeof value !== 'string');
  return {
    'speechops.step.uses': uses,
    'speechops.step.status': status,
    ...(attempts === undefined ? {} : { 'speechops.step.attempts': attempts }),
    ...(failure === undefined ? {} : { 'speechops.step.failure': failure }),
    ...Object.fromEntries(measured.map(([name, value]) => [`speechops.output.${name}`, value])),
  };
}

/** Named as OpenTelemetry's conventions for HTTP and the Azure SDK's name them. */
function requestAttributes(outcome: RequestOutcome): Attributes {
  const { method, host, template, status, code, attempts, requestId, isFailure } = outcome;
  const { hostname, port } = new URL(`http://${host}`);
  return {
    'http.request.method': method,
    'url.template': template,
    'server.address': hostname,
    ...(port === '' ? {} : { 'server.port': Number(port) }),
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
    ...(attempts > 1 ? { 'http.request.resend_count': attempts - 1 } : {}),
    'speechops.request.attempts': attempts,
    ...(requestId === undefined ? {} : { 'az.service_request_id': requestId }),
    ...(isFailure ? { 'error.type': String(code ?? status ?? '_OTHER') } : {}),
  };
}
