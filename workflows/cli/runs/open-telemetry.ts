import packageFile from '../../../package.json' with { type: 'json' };
import { escapeControls } from '../../document/quote-name.ts';
import { otlpSettings } from '../../telemetry/otlp-settings.ts';
import type { Count, Telemetry } from '../../telemetry/telemetry.ts';
import type { Io } from '../session.ts';

/**
 * Traces and metrics as the environment asks for them; undefined when nothing is to be exported or read. The OpenTelemetry
 * SDK is loaded only then: it takes longer than most commands.
 */
export async function openTelemetry(
  io: Io,
  options: {
    /** Whether the metrics are read from this process. @default false */
    readonly isRead?: boolean;
    readonly onTrouble: (message: string) => void;
    /** Takes the counts of this process. */
    readonly countElsewhere?: (count: Count) => void;
  },
): Promise<Telemetry | undefined> {
  const { isRead = false, onTrouble, ...where } = options;
  const { traces, metrics, problem } = otlpSettings(io.env);
  if (problem !== undefined) onTrouble(problem);
  if (!traces && !metrics && !isRead) return undefined;
  const telemetry = await import('../../telemetry/telemetry.ts');
  return telemetry.openTelemetry({ traces, metrics, version: packageFile.version, env: io.env, onTrouble, ...where });
}

/** The outcome of `act`, whose runs are traced and measured. Failed exports are told at the end. */
export async function withTelemetry<T>(io: Io, act: (telemetry: Telemetry | undefined) => Promise<T>): Promise<T> {
  const troubles: string[] = [];
  const telemetry = await openTelemetry(io, { onTrouble: (message) => troubles.push(message) });
  try {
    return await act(telemetry);
  } finally {
    await telemetry?.close();
    for (const trouble of troubles) io.stderr.write(`warning: ${escapeControls(trouble)}\n`);
  }
}
