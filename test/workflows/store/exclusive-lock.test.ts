import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock, type Holder } from '../../../workflows/store/exclusive-lock.ts';

const me: Holder = { pid: process.pid, what: 'run nightly', since: '2026-01-02T03:04:05.000Z' };
const module = new URL('../../../workflows/store/exclusive-lock.ts', import.meta.url).href;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-lock-'));
  file = path.join(folder, 'store.lock');
});

afterEach(async () => await rm(folder, { recursive: true, force: true }));

describe('takeLock', () => {
  it('tells a second one who holds it, and lets it in after the release', () => {
    const release = taken(takeLock(file, me));
    expect(takeLock(file, { ...me, what: 'another' })).toEqual(me);
    release();
    taken(takeLock(file, me))();
  });

  it('tells another process who holds it', async () => {
    const release = taken(takeLock(file, me));
    expect(await fromAnotherProcess()).toEqual(me);
    release();
    expect(await fromAnotherProcess()).toBe('taken');
  });

  it('is free when its holder was killed, also when a living process has got the process id of the dead one', async () => {
    const holder = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `${take(file, me)}; setInterval(() => 0, 1000)`,
    ]);
    await once(holder.stdout, 'data');
    // What it left says that this very process holds the lock.
    expect(takeLock(file, me)).toEqual(me);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    taken(takeLock(file, me))();
  });

  it('says that the holder is not known as long as it has not written its note', async () => {
    const release = taken(takeLock(file, me));
    await writeFile(`${file}.holder.json`, '{"pid": 1');
    expect(takeLock(file, me)).toMatchObject({ pid: 0 });
    release();
  });
});

function taken(lock: ReturnType<typeof takeLock>): () => void {
  if (typeof lock !== 'function') throw new Error(`It is held: ${JSON.stringify(lock)}`);
  return lock;
}

async function fromAnotherProcess(): Promise<unknown> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', take(file, { ...me, pid: 1 })]);
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  await once(child, 'close');
  return JSON.parse(answer.toString());
}

/** A program that takes the lock and prints how that went. */
function take(lockFile: string, holder: Holder): string {
  return `import { takeLock } from ${JSON.stringify(module)};
    const lock = takeLock(${JSON.stringify(lockFile)}, ${JSON.stringify(holder)});
    console.log(JSON.stringify(typeof lock === 'function' ? 'taken' : lock))`;
}
