import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestPortal } from '../../../portal/start-test-portal.ts';
import { whyNotStarted } from '../../../../workflows/cli/portal/why-not-started.ts';

describe('whyNotStarted', () => {
  it('says that a port is in use, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error: unknown = await startTestPortal({ port }).catch((reason: unknown) => reason);
    expect(whyNotStarted(error, port)).toMatchObject({
      message: `Cannot start the portal: port ${port} is in use; choose another with --port, or 0 for any free one`,
    });
  });

  it('says of a port below 1024 that it is for administrators, and leaves other errors as they are', () => {
    const refused = Object.assign(new Error('listen EACCES: permission denied 127.0.0.1:80'), { code: 'EACCES' });
    expect(whyNotStarted(refused, 80)).toMatchObject({
      message:
        'Cannot start the portal: port 80 is for administrators; choose another with --port, or 0 for any free one',
      cause: refused,
    });
    const another = new Error('another');
    expect(whyNotStarted(another, 80)).toBe(another);
  });
});
