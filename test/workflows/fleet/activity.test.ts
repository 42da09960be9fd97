import { describe, expect, it } from 'vitest';
import { Activity } from '../../../workflows/fleet/activity.ts';

describe('Activity', () => {
  it('is quiet at once when nothing is under way', async () => {
    await new Activity().close();
  });

  it('lets a step that does something end first', async () => {
    const activity = new Activity();
    await activity.begin('run/upload');
    const seen: string[] = [];
    const closed = activity.close().then(() => seen.push('quiet'));
    await settle();
    expect(seen).toEqual([]);
    activity.end('run/upload');
    await closed;
    expect(seen).toEqual(['quiet']);
  });

  it('does not stay for a step that only waits, and cuts its wait off', async () => {
    const activity = new Activity();
    const training = Promise.withResolvers<string>();
    await activity.begin('run/train');
    const seen: string[] = [];
    void activity.whileWaiting('run/train', () => training.promise).then(() => seen.push('trained'));
    await activity.close();
    training.resolve('Succeeded');
    await settle();
    expect(seen).toEqual([]);
    expect(activity.steps).toBe(1);
  });

  it('continues a step whose wait has ended, and then stays for it', async () => {
    const activity = new Activity();
    await activity.begin('run/train');
    expect(await activity.whileWaiting('run/train', async () => 'Succeeded')).toBe('Succeeded');
    await expect(
      activity.whileWaiting('run/train', async () => await Promise.reject(new Error('gone'))),
    ).rejects.toThrow('gone');
    const seen: string[] = [];
    void activity.close().then(() => seen.push('quiet'));
    await settle();
    expect(seen).toEqual([]);
  });

  it('lets nothing begin after it was closed', async () => {
    const activity = new Activity();
    await activity.close();
    const seen: string[] = [];
    void activity.begin('run/late').then(() => seen.push('begun'));
    await settle();
    expect([seen, activity.steps]).toEqual([[], 0]);
  });
});

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
