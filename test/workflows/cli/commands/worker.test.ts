import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { workerCommand } from '../../../../workflows/cli/commands/worker.ts';
import type { Session } from '../../../../workflows/cli/session.ts';

const url = 'https://speechops.example.com/webhooks';
const secret = 'a secret for the tests';

describe('speechops worker --webhooks', () => {
  it.each([
    ['without a secret', ['--port', '0', '--webhooks', url], undefined, /^Set SPEECHOPS_WEBHOOK_SECRET .* is not set/],
    ['with a short secret', ['--port', '0', '--webhooks', url], 'short secret', / is too short, .* at least 16 charac/],
    ['without a port', ['--webhooks', url], secret, /^Name the port that answers callbacks with --port/],
    ['on plain http', ['--port', '0', '--webhooks', 'http://example.com/webhooks'], secret, /Allowed is an https URL/],
    ['on no address', ['--port', '0', '--webhooks', 'webhooks'], secret, /Allowed is an https URL/],
  ])('does not start %s', async (_, args, given, message) => {
    const error = await failureOf(args, given);
    expect(error).toMatch(message);
    expect(error).not.toContain(given ?? secret);
  });
});

describe('speechops worker --port', () => {
  it('is asked for before anything of the database, so that no run is taken in vain', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await failureOf(['--port', String(port)], undefined)).toBe(
      `Choose another --port: something listens on 127.0.0.1:${port} already`,
    );
    other.close();
  });
});

async function failureOf(args: readonly string[], given: string | undefined): Promise<string> {
  const session: Session = {
    io: {
      stdout: { write: () => undefined },
      stderr: { write: () => undefined },
      env: {
        SPEECHOPS_DATABASE_URL: 'postgresql://ann@127.0.0.1:1/runs',
        ...(given === undefined ? {} : { SPEECHOPS_WEBHOOK_SECRET: given }),
      },
      cwd: '/',
      signal: new AbortController().signal,
    },
    exitCode: 0,
  };
  const command = workerCommand(session)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return await command.parseAsync([...args], { from: 'user' }).then(
    () => 'it started',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
