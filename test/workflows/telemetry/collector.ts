import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Collector extends AsyncDisposable {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** Everything that came, as text. */
  text(): string;
  spans(): readonly CollectedSpan[];
  /** The newest value of each metric, `name{label="value",…}` as Prometheus writes it; the count of a histogram. */
  metrics(): ReadonlyMap<string, number>;
}

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly seconds: number;
  readonly startedAt: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  /** 2 is an error. */
  readonly status: { readonly code?: number; readonly message?: string };
  /** Of the process that sent it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** Takes OTLP over HTTP, in JSON. */
export async function startCollector(): Promise<Collector> {
  const bodies: { readonly path: string; readonly text: string }[] = [];
  const server = createServer(async (request, response) => {
    const text = (await buffer(request)).toString();
    bodies.push({ path: request.url ?? '', text: JSON.stringify(request.headers) + text });
    parsed.push({ path: request.url ?? '', body: JSON.parse(text) as Body });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const parsed: { readonly path: string; readonly body: Body }[] = [];
  return {
    url: await listen(server),
    text: () => bodies.map(({ text }) => text).join('\n'),
    spans: () => parsed.flatMap(({ path, body }) => (path === '/v1/traces' ? spansOf(body) : [])),
    metrics: () => new Map(parsed.flatMap(({ path, body }) => (path === '/v1/metrics' ? metricsOf(body) : []))),
    async [Symbol.asyncDispose]() {
      await stop(server);
    },
  };
}

/** Takes connections and never answers. */
export async function startHangingCollector(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(() => undefined);
  return {
    url: await listen(server),
    async [Symbol.asyncDispose]() {
      await stop(server);
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

interface Body {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[];
  }[];
}

type Attributes = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

interface OtlpMetric {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly Point[] };
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly histogram?: { readonly dataPoints: readonly Point[] };
}

interface Point {
  readonly attributes: Attributes;
  readonly asDouble?: number;
  readonly asInt?: number;
  readonly count?: number;
}

function spansOf({ resourceSpans = [] }: Body): readonly CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, valuesOf(resource.attributes)))),
  );
}

function spanOf(span: OtlpSpan, resource: CollectedSpan['resource']): CollectedSpan {
  const { startTimeUnixNano: start, endTimeUnixNano: end, attributes, events, parentSpanId, ...rest } = span;
  return {
    ...rest,
    ...(parentSpanId === undefined || parentSpanId === '' ? {} : { parentSpanId }),
    seconds: Number(BigInt(end) - BigInt(start)) / 1e9,
    startedAt: new Date(Number(BigInt(start) / 1_000_000n)).toISOString(),
    attributes: valuesOf(attributes),
    events: events.map((event) => ({ name: event.name, attributes: valuesOf(event.attributes) })),
    resource,
  };
}

function metricsOf({ resourceMetrics = [] }: Body): readonly (readonly [string, number])[] {
  const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return metrics.flatMap(({ name, sum, gauge, histogram }) =>
    ((sum ?? gauge ?? histogram)?.dataPoints ?? []).map(({ attributes, asDouble, asInt, count }) => {
      const labels = Object.entries(valuesOf(attributes)).map(([key, value]) => `${key}="${String(value)}"`);
      const full = `${name}${histogram === undefined ? '' : '_count'}${labels.length === 0 ? '' : `{${labels.join(',')}}`}`;
      return [full, Number(asDouble ?? asInt ?? count)] as const;
    }),
  );
}

function valuesOf(attributes: Attributes): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      'intValue' in value ? Number(value['intValue']) : Object.values(value)[0],
    ]),
  );
}
