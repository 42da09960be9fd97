import { Command } from 'commander';
import { checkCommand } from '../data/check.ts';
import { packCommand } from '../data/pack.ts';
import type { Session } from '../session.ts';

/** `speechops data`: what is done with data before they are uploaded. */
export function dataCommand(session: Session): Command {
  return new Command('data')
    .addCommand(checkCommand(session))
    .addCommand(packCommand(session))
    .addHelpText(
      'after',
      `
Example:
  speechops data check data/test --kind Acoustic --locale en-US --purpose test`,
    );
}
