import { describe, expect, it } from 'vitest';
import { otlpSettings } from '../../../workflows/telemetry/otlp-settings.ts';

const all = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const collector = 'http://127.0.0.1:4318';

describe('otlpSettings', () => {
  it.each([
    [{}, { traces: false, metrics: false }],
    [{ [all]: '' }, { traces: false, metrics: false }],
    [{ [all]: collector }, { traces: true, metrics: true }],
    [
      { [all]: collector, OTEL_METRICS_EXPORTER: 'none' },
      { traces: true, metrics: false },
    ],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: collector }, { traces: false, metrics: true }],
    [
      { [all]: collector, OTEL_SDK_DISABLED: 'True' },
      { traces: false, metrics: false },
    ],
    [
      { [all]: collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
      { traces: true, metrics: true },
    ],
  ])('reads %j', (env, expected) => {
    expect(otlpSettings(env)).toEqual(expected);
  });

  it.each([
    [{ [all]: 'collector:4317' }, /^Check OTEL_EXPORTER_OTLP_ENDPOINT: it must be the URL of a collector/],
    [
      { [all]: collector, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc', OTEL_METRICS_EXPORTER: 'none' },
      /^Set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL to http\/json: grpc is not spoken/,
    ],
  ])('says what is wrong with %j, and exports nothing', (env, problem) => {
    expect(otlpSettings(env)).toEqual({ traces: false, metrics: false, problem: expect.stringMatching(problem) });
  });
});
