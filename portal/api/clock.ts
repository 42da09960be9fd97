import { Type, type Static } from 'typebox';
import { Moment } from './common.ts';

/** How far the clock of the emulator is moved on. */
export const ClockMove = Type.Object({
  advanceSeconds: Type.Integer({
    minimum: 1,
    maximum: 20 * 366 * 86_400,
    description: 'So many seconds, never back; twenty years at most.',
  }),
});
export type ClockMove = Static<typeof ClockMove>;

/** What the clock of the emulator shows. */
export const ClockState = Type.Object({ now: Moment });
export type ClockState = Static<typeof ClockState>;
