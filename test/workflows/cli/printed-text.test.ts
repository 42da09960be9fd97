import { describe, expect, it } from 'vitest';
import { workerLog } from '../../../workflows/cli/worker/worker-log.ts';
import { callMain } from './call-main.ts';

describe('what the program prints', () => {
  it('repeats arguments without what steers a terminal or the log of a CI job', async () => {
    for (const args of [['--\u001B[2J\u202E'], ['##vso[task.complete]'], ['show', '\u009B31m', '::error::x']]) {
      const { stderr, code } = await callMain(args, { cwd: '/' });
      expect(code).toBe(2);
      expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|##vso|^::/mu);
    }
  });

  it("says an error's origin on lines of their own when it is asked for", async () => {
    const env = { SPEECHOPS_DEBUG: '1', SPEECHOPS_DATABASE_URL: 'postgresql://ann@127.0.0.1:1/runs' };
    const { stderr } = await callMain(['runs'], { cwd: '/', env });
    expect(stderr).toMatch(/\n {4}at /);
  });

  it('writes a line of a log for a message of several, with the others indented', () => {
    let text = '';
    const write = workerLog({ write: (line) => void (text += line) }, 'text');
    const message = 'p.yaml:1:1: wrong\n2026 info: \u001B[2Jfake\r\n::error::x';
    write({ level: 'warn', message, run: 'r', step: 's' }, 'w');
    const [head, ...rest] = text.split('\n');
    expect(head).toMatch(/^\S+Z warn: r s: p\.yaml:1:1: wrong$/);
    expect(rest).toEqual([String.raw`    2026 info: \u001B[2Jfake`, String.raw`    \u003A:error::x`, '']);
  });
});
