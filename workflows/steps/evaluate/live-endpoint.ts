import { counted } from '../../document/counted.ts';
import type { PlainValue } from '../../document/yaml/plain-value.ts';
import { formatRate } from '../../document/rates.ts';
import { endpointByName, whyNoEndpoint, type KnownModels } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';

/** The endpoint through which a test set is recognised, or what to do when there is none. */
export function liveEndpoint(reference: string, known: KnownModels): Endpoint | string {
  const name = nameOfLive(reference);
  return endpointByName(name, known) ?? `Correct the name under live: ${whyNoEndpoint(name, known)}`;
}

/** The display name of the endpoint that `live` names. */
export function nameOfLive(reference: string): string {
  return reference.replace(/^endpoint\//, '');
}

/** What the outputs of `testLive` come to, in words. */
export function liveInWords({
  liveWer,
  liveRecordings,
  liveFailures,
  liveDrift,
}: Readonly<Record<string, PlainValue | undefined>>): readonly string[] {
  if (typeof liveWer !== 'number') return [];
  const drift =
    typeof liveDrift === 'number' ? `, ${formatRate(liveDrift)} other words than when its model was measured` : '';
  const failed = typeof liveFailures === 'number' && liveFailures > 0 ? `, ${liveFailures} failed` : '';
  return [`live WER ${formatRate(liveWer)} over ${counted(Number(liveRecordings), 'recording')}${failed}${drift}`];
}
