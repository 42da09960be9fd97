import type { FastifyInstance } from 'fastify';
import { ClockMove, ClockState } from '../../api/clock.ts';
import { answer } from '../answer.ts';
import { type PortalContext, PortalProblem } from '../portal-context.ts';

/** Moves the clock of the emulator on, so that one can watch what expires. */
export function clockRoutes(app: FastifyInstance, { sources, snapshots, changes }: PortalContext): void {
  answer(app, { method: 'POST', url: '/api/clock', body: ClockMove, answer: ClockState }, async ({ body }) => {
    const { clock } = sources;
    if (clock === undefined)
      throw new PortalProblem('Start the portal with --emulator to move a clock: a Speech resource has none', {
        status: 404,
      });
    const now = await clock.advance(body.advanceSeconds);
    await Promise.all(sources.resources.map(async ({ id }) => await readAfter(id, now)));
    changes.tell('clock');
    return { now: now.toISOString() };
  });

  /** A reading that was under way may still be of the time before. */
  async function readAfter(id: string, moved: Date): Promise<void> {
    await snapshots.refresh(id);
    const { objects } = (await snapshots.of(id)) ?? {};
    if (objects !== undefined && Date.parse(objects.observedAt) < moved.getTime() - 1000) await snapshots.refresh(id);
  }
}
