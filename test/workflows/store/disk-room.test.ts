import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DiskRoom } from '../../../workflows/store/disk-room.ts';

const start = Date.parse('2026-01-02T03:04:05.000Z');
let folder: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'speechops-room-')), 'store');
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(path.dirname(folder), { recursive: true, force: true });
});

/** As long as the folder is not there, nothing can be written to it. */
function followed(room: DiskRoom): string[] {
  const told: string[] = [];
  room.follow((message) => told.push(message));
  return told;
}

describe('DiskRoom', () => {
  it('tells at once that room is missing, every minute as long as it is, and once when there is some again', async () => {
    const room = new DiskRoom({ place: 'here', folder });
    const told = followed(room);
    room.isMissing();
    room.isMissing();
    expect(told).toEqual([expect.stringMatching(/^Make room on the disk of here: it is full/)]);
    expect(room.shortage).toEqual({ place: 'here', since: '2026-01-02T03:04:05.000Z' });
    for (let second = 5; second <= 130; second += 5) {
      vi.setSystemTime(start + second * 1000);
      await room.look();
    }
    expect(told.slice(1)).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('it has been full since 2026-01-02T03:04:05.000Z')),
    );
    await mkdir(folder);
    await room.look();
    await room.look();
    expect(told.slice(3)).toEqual([expect.stringMatching(/^There is room again on the disk of here/)]);
    expect(room.shortage).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  it('believes a database that is elsewhere when it has not complained for longer than the engine waits', async () => {
    const room = new DiskRoom({ place: 'the database' });
    room.isMissing();
    vi.setSystemTime(start + 90_000);
    room.isMissing();
    vi.setSystemTime(start + 180_000);
    await room.look();
    expect(room.shortage).toBeDefined();
    vi.setSystemTime(start + 200_000);
    await room.look();
    expect(room.shortage).toBeUndefined();
  });

  it('tells nobody who does not listen any more', () => {
    const room = new DiskRoom({ place: 'here', folder });
    const told: string[] = [];
    room.follow((message) => told.push(message))();
    room.isMissing();
    expect(told).toEqual([]);
  });
});
