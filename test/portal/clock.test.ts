import { describe, expect, it } from 'vitest';
import type { ClockSource } from '../../portal/server/sources.ts';
import { createFakeWorld } from '../workflows/steps/fake-world.ts';
import { fakeResource } from './fake-resource.ts';
import { startTestPortal, type TestPortal } from './start-test-portal.ts';

async function portalWithClock(
  options: { readonly readOnly?: boolean } = {},
): Promise<TestPortal & { readonly clock: ClockSource }> {
  let now = Date.parse('2026-06-01T00:00:00Z');
  const clock: ClockSource = {
    now: async () => new Date(now),
    advance: async (seconds) => new Date((now += seconds * 1000)),
  };
  const world = createFakeWorld();
  const speech = { ...world.ports.speech, serviceTime: () => new Date(now) };
  const resource = fakeResource({ ...world.ports, speech });
  return { ...(await startTestPortal({ ...options, sources: { resources: [resource], clock } })), clock };
}

async function move(portal: TestPortal, advanceSeconds: number): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return await portal.ask('clock', { method: 'POST', headers, body: JSON.stringify({ advanceSeconds }) });
}

describe('the clock of the emulator', () => {
  it('is moved on, after which the objects are of the new time and pages are told', async () => {
    const portal = await portalWithClock();
    const stream = await portal.ask('events');
    const events = stream.text();
    const moved = await move(portal, 30 * 86_400);
    expect(await moved.json()).toEqual({ now: '2026-07-01T00:00:00.000Z' });
    expect(await (await portal.ask('overview')).json()).toMatchObject({
      clock: { now: '2026-07-01T00:00:00.000Z' },
      resources: [{ observedAt: '2026-07-01T00:00:00.000Z' }],
    });
    await portal.close();
    expect(await events).toContain('data: clock\n');
  });

  it.each([[-1], [0], [1.5], [1e12]])('is not moved by %s seconds', async (seconds) => {
    const portal = await portalWithClock();
    expect((await move(portal, seconds)).status).toBe(400);
    expect((await portal.clock.now()).toISOString()).toBe('2026-06-01T00:00:00.000Z');
  });

  it('stands still where the portal is read-only', async () => {
    const portal = await portalWithClock({ readOnly: true });
    expect((await move(portal, 60)).status).toBe(403);
  });

  it('is none where no emulator is the Speech resource', async () => {
    const portal = await startTestPortal();
    const refused = await move(portal, 60);
    expect(refused.status).toBe(404);
    expect(await refused.json()).toEqual({ error: expect.stringContaining('--emulator') });
  });
});
