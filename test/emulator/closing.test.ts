import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startEmulator } from '../../emulator/start-emulator.ts';

describe('an emulator that is closed during a download', () => {
  it.each([0, 1, 2, 3, 5, 8, 13, 21])('ends without an unhandled error, %i ms after the create', async (delay) => {
    const server = createServer((_, response) => response.writeHead(200).write('a line\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const emulator = await startEmulator();
    const response = await fetch(`${emulator.url}/speechtotext/datasets?api-version=2025-10-15`, {
      method: 'POST',
      headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        displayName: 'd',
        locale: 'en-US',
        kind: 'Language',
        contentUrl: `http://127.0.0.1:${port}/text.txt`,
      }),
    });
    expect(response.status).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, delay));
    await emulator.close();
    server.closeAllConnections();
    server.close();
  });
});
