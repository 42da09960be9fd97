import type { DatasetKind } from '../plan/speech-entities.ts';

/** Whether a dataset of a kind has recordings. */
export function isAudioKind(kind: DatasetKind): boolean {
  return kind === 'Acoustic' || kind === 'AudioFiles';
}
