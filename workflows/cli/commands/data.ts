import { Command } from 'commander';
import { type AskTier, checkCommand } from '../data/check.ts';
import { fixCommand } from '../data/fix.ts';
import { type AskMade, forgetCommand } from '../data/forget.ts';
import { lockCommand } from '../data/lock.ts';
import { packCommand } from '../data/pack.ts';
import { splitCommand } from '../data/split.ts';
import { synthesiseCommand, type SynthesisWorld } from '../data/synthesise.ts';
import type { WriteLocks } from '../locked-file.ts';
import type { Session } from '../session.ts';
import { keepHeapSmall } from '../small-heap.ts';

/** `speechops data`: what is done with data before they are uploaded. */
export function dataCommand(session: Session): Command {
  return new Command('data')
    .hook('preAction', keepHeapSmall)
    .addCommand(checkCommand(session, { tierOf }))
    .addCommand(fixCommand(session))
    .addCommand(packCommand(session))
    .addCommand(splitCommand(session))
    .addCommand(lockCommand(session, { writeLocks }))
    .addCommand(forgetCommand(session, { whatWasMade }))
    .addCommand(synthesiseCommand(session, synthesisWorld))
    .addHelpText(
      'after',
      `
Example:
  speechops data check data/test --kind Acoustic --locale en-US --purpose test
  speechops data fix data/calls --kind Acoustic --locale en-US --out data/fixed
  speechops data pack data/fixed --kind Acoustic --locale en-US --out packed`,
    );
}

/** It knows the clients of services, which take long to load. */
const whatWasMade: AskMade = async (...asked) =>
  await (await import('../pipelines/locks/what-was-made.ts')).whatWasMade(...asked);

const synthesisWorld: SynthesisWorld = {
  openSpeech: async (...asked) => await (await import('../connect/open-speech.ts')).openSpeech(...asked),
  pricesFor: async (place) => await (await import('../pipelines/review-files.ts')).pricesFor(place),
};

const tierOf: AskTier = async (...asked) => await (await import('../connect/speech-account.ts')).tierOf(...asked);
const writeLocks: WriteLocks = async (...asked) =>
  await (await import('../pipelines/locks/write-locks.ts')).writeLocks(...asked);
