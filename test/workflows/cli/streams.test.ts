import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutFullDevice } from './needed-tools.ts';

const program = path.join(import.meta.dirname, '..', '..', '..', 'bin', 'speechops.js');

function shell(command: string): { readonly stdout: string; readonly stderr: string } {
  return spawnSync('bash', ['-c', command], {
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, PROGRAM: program },
  });
}

describe('the program', () => {
  it('ends quietly when nobody reads its output to the end', () => {
    const { stdout, stderr } = shell('"$NODE" "$PROGRAM" --help | true; echo "rc=${PIPESTATUS[0]}"');
    expect([stdout, stderr]).toEqual(['rc=0\n', '']);
  });

  it.each(['--help', '--version', 'no-such-command', 'complete -- ""'])('loads no command to answer %s', (args) => {
    const tell = `data:text/javascript,${encodeURIComponent(tellLoaded)}`;
    const { stderr } = shell(`"$NODE" --import '${tell}' "$PROGRAM" ${args} > /dev/null`);
    const loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '));
    expect(loaded.filter((line) => line.includes('workflows/cli/'))).not.toEqual([]);
    expect(loaded.filter((line) => /cli\/commands\/(?!complete)|@dbos-inc|@azure|fastify/.test(line))).toEqual([]);
  });

  it('takes a command after --', () => {
    expect(shell('"$NODE" "$PROGRAM" -- score --help').stdout).toContain('Usage: speechops score');
  });

  it.skipIf(withoutFullDevice !== undefined)('says that its output cannot be written, and exits 3', () => {
    const { stdout, stderr } = shell('"$NODE" "$PROGRAM" run --help > /dev/full; echo "rc=$?"');
    expect([stdout, stderr]).toEqual(['rc=3\n', 'error: Cannot write the output: ENOSPC\n']);
  });
});

const tellLoaded = `
import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) { console.error("loaded " + url); return next(url, context); } });`;
