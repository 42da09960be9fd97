import { existsSync, statfsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openEmbeddedStore } from '../../../workflows/store/embedded-store.ts';
import { useRunFolder } from './run-folder.ts';
import { mountDisk, type SmallDisk, withoutDisks } from './small-disk.ts';

const timeout = 300_000;
const place = useRunFolder({ isEmbedded: true });
let disk: SmallDisk;
let state: string;

if (withoutDisks !== undefined) console.warn(withoutDisks);

describe.skipIf(withoutDisks !== undefined)('the disk under the store', { timeout }, () => {
  beforeEach(async () => {
    state = path.join(place().folder, '.speechops');
    disk = await mountDisk(state, 90);
  });
  afterEach(() => disk.unmount());

  it('that is full is said by the run and by show; the run waits, and goes on when there is room', async () => {
    await writeFile(path.join(place().folder, 'many.yaml'), await pipelineOfMany());
    await place().prepareStore();
    const run = place().start('run', 'many.yaml', '--run-id', 'a', '--format', 'json');
    await run.said('waiting for approval: Go on?');
    await place().call('approve', 'a', 'ok');
    // A step's outcome takes room that was there for the first ones.
    await disk.fill();
    await run.said(`warning: Make room on the disk of ${state}: it is full`);
    expect((await place().call('runs')).stdout).toMatch(
      /^a +waiting .* many {2}\(for room on the disk of \S+, which is full since \S+\)\n$/m,
    );
    const { stderr, stdout } = await place().call('show', 'a', '--format', 'json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'running',
      waitsForRoom: { place: state },
    });
    expect(await place().call('approve', 'a', 'later')).toMatchObject({
      code: 3,
      stderr: `error: Make room on the disk of ${state}: it is full, so that nothing can be kept now\n`,
    });
    await disk.free();
    await run.said(`There is room again on the disk of ${state}`);
    expect((await place().call('approve', 'a', 'later')).stderr).toBe('ann approved later of a\n');
    const ended = await run.ended;
    expect([ended.code, (JSON.parse(ended.stdout) as { readonly status: string }).status]).toEqual([0, 'succeeded']);
    expect(existsSync(path.join(state, 'runs', 'a', 'run.json'))).toBe(true);
  });

  it('that is full does not keep a run from being stopped, and the run is gone on with', async () => {
    await place().prepareStore();
    const run = await place().startAsking();
    await disk.fill();
    await run.said('warning: Make room on the disk of');
    run.send('SIGTERM');
    expect(await run.ended).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Stopped. Resume it: speechops resume a\n'),
    });
    await disk.free();
    expect((await place().call('approve', 'a', 'ok')).code).toBe(0);
    expect((await place().call('resume', 'a')).code).toBe(0);
  });

  it('that has no room at the start is said, and the runs that are kept there are not given up', async () => {
    await disk.fill();
    const nothing = await place().call('run', 'asks.yaml');
    expect([nothing.code, nothing.stderr]).toEqual([
      3,
      expect.stringMatching(
        new RegExp(`^error: Make room on the disk of ${state}: it is full, and runs are kept there$`, 'm'),
      ),
    ]);
    await disk.free();
    await place().prepareStore();
    await disk.fill();
    for (const command of [['run', 'asks.yaml', '--emulator'], ['runs']]) {
      const { stderr } = await place().call(...command);
      expect(stderr, command.join(' ')).not.toMatch(/are lost|database or disk/);
    }
  });

  it('that can only be read is said, by runs too', async () => {
    await place().prepareStore();
    disk.makeReadOnly();
    for (const command of [['runs'], ['run', 'asks.yaml'], ['run', 'asks.yaml', '--emulator'], ['show', 'a']]) {
      expect(await place().call(...command), command.join(' ')).toEqual({
        code: 3,
        stdout: '',
        stderr: `error: Make ${state} writable, or set SPEECHOPS_HOME to a folder that is: runs are kept there, and reading them writes there, too (EROFS)\n`,
      });
    }
  });

  it('that makes the database give up brings no answer that is wrong: it is opened anew when there is room', async () => {
    vi.stubEnv('TMPDIR', place().folder);
    const store = await openEmbeddedStore(state, { what: 'a test' });
    try {
      await store.pool.query('CREATE TABLE kept AS SELECT 1 AS number');
      await disk.fill();
      const told: string[] = [];
      const isRoomAgain = new Promise<void>((resolve) => {
        store.room.follow((message) => void (told.push(message) > 1 && resolve()));
      });
      // PostgreSQL's log needs a new file before these are all written.
      const writes = async (): Promise<void> => {
        for (let megabyte = 0; megabyte < 20; megabyte += 1)
          await store.pool.query("SELECT pg_logical_emit_message(false, 'x', repeat('y', 1000000))");
      };
      await expect(writes()).rejects.toThrow('No space left on device');
      expect(store.isDown()).toBe(true);
      const answer = store.pool.query('SELECT number FROM kept');
      await disk.free();
      expect((await answer).rows).toEqual([{ number: 1 }]);
      await isRoomAgain;
      await writes();
      expect(told).toEqual([expect.stringMatching(/^Make room/), expect.stringMatching(/^There is room again/)]);
      expect(statfsSync(state).bavail).toBeGreaterThan(0);
    } finally {
      await store.close();
      vi.unstubAllEnvs();
    }
  });
});

/** After an approval so many steps that what they leave does not find room in what the store has already. */
async function pipelineOfMany(): Promise<string> {
  const steps: string[] = [];
  for (let number = 1; number <= 40; number += 1) {
    await writeFile(path.join(place().folder, `text-${number}.txt`), `sentence number ${number} is said here\n`);
    steps.push(`  - { id: t${number}, uses: upload, needs: [ok], with: { kind: Language, from: text-${number}.txt } }`);
  }
  return `name: many
locale: en-US
steps:
  - { id: ok, uses: approve, with: { message: 'Go on?' } }
  - { id: later, uses: approve, with: { message: 'And then?' } }
${steps.join('\n')}
`;
}
