import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const bench = path.join(import.meta.dirname, '../../bench/swap.ts');

/** `npm run bench:swap` measures a hundred swaps under each way of redeployment. */
async function measure(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return await promisify(execFile)(process.execPath, [bench, ...args]);
}

it('the measurement of swaps counts one that callers do not notice, and notices a model that answers worse than measured', async () => {
  const { stdout, stderr } = await measure('1', '1', '--markdown', '--only', 'at-once', '--only', 'worse-where-heard');
  const rows = stdout.split('\n').filter((line) => line.startsWith('| '));
  expect(rows[1]).toMatch(
    /^\| at-once \| 1 \| 0 \| 0 \| [1-9]\d* \| [1-9]\d* \| 0 \| 0 \| [1-9]\d* \| 0 \| \d+ ms \| \d+ ms \|$/,
  );
  expect(rows[3]).toMatch(/as by neither; went back to the previous model and verified it \|$/);
  expect(stderr).toContain('at-once: 0 of 1 swaps after');
});

it('the measurement of swaps says what it takes', async () => {
  expect((await measure('--help')).stdout).toContain('--only NAME');
  const wrong = measure('--only', 'at-one');
  await expect(wrong).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('allowed are shown-previous, '),
  });
});
