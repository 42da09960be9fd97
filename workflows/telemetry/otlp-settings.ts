/** What the environment asks to be exported. */
export interface OtlpSettings {
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Why less is exported than was asked for, and what to do about it. */
  readonly problem?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What the standard OTEL_* variables ask to be exported: a signal with an endpoint, unless it or everything is switched off.
 * Whatever else they say (headers, time limits, certificates, sampler, attributes) is read by the SDK itself.
 */
export function otlpSettings(env: Env): OtlpSettings {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return { traces: false, metrics: false };
  const [traces, metrics] = [signalSettings('TRACES', env), signalSettings('METRICS', env)];
  const problem = traces.problem ?? metrics.problem;
  return { traces: traces.isWanted, metrics: metrics.isWanted, ...(problem === undefined ? {} : { problem }) };
}

interface SignalSettings {
  readonly isWanted: boolean;
  readonly problem?: string;
}

function signalSettings(signal: 'TRACES' | 'METRICS', env: Env): SignalSettings {
  const endpoint = setting(signal, { env, what: 'ENDPOINT' });
  if (endpoint === undefined || env[`OTEL_${signal}_EXPORTER`] === 'none') return { isWanted: false };
  const url = URL.canParse(endpoint.value) ? new URL(endpoint.value) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const problem = `Check ${endpoint.name}: it must be the URL of a collector, such as http://127.0.0.1:4318; nothing is exported there`;
    return { isWanted: false, problem };
  }
  const protocol = setting(signal, { env, what: 'PROTOCOL' });
  if (protocol !== undefined && !spoken.has(protocol.value)) {
    const problem = `Set ${protocol.name} to http/json: ${protocol.value} is not spoken, and nothing is exported with it`;
    return { isWanted: false, problem };
  }
  return { isWanted: true };
}

/** JSON is sent in either case: a collector takes both at the same address. */
const spoken = new Set(['http/json', 'http/protobuf']);

/** The variable of the signal itself counts before the one of all signals; an empty one counts as absent. */
function setting(
  signal: string,
  { env, what }: { readonly env: Env; readonly what: string },
): { readonly name: string; readonly value: string } | undefined {
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_${what}`, `OTEL_EXPORTER_OTLP_${what}`]) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}
