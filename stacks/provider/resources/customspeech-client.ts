import type { SpeechPort } from '../../../workflows/engine/ports.ts';

/** What a configured provider works with. */
export interface CustomSpeechClient {
  readonly speech: SpeechPort;
  /** The first pause before a creation is looked up or repeated; it doubles. */
  readonly retryDelayMilliseconds: number;
  /** How long these pauses may be in all. */
  readonly retryPatienceMilliseconds: number;
  /** How long after an update an object may still show the state before it. */
  readonly staleMilliseconds: number;
}
