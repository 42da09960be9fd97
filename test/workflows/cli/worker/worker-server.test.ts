import { describe, expect, it } from 'vitest';
import { serveWorker } from '../../../../workflows/cli/worker/worker-server.ts';

describe('the port of a worker', () => {
  it('says whether the worker takes runs', async () => {
    let isReady = false;
    const server = await serveWorker(
      { port: 0, host: '127.0.0.1' },
      { isReady: () => isReady, metrics: async () => 'm 1\n' },
    );
    const ask = async (path: string): Promise<readonly [number, string]> => {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
      return [answer.status, await answer.text()];
    };
    expect([await ask('/readyz'), await ask('/healthz')]).toEqual([
      [503, 'takes no runs\n'],
      [200, 'ok\n'],
    ]);
    isReady = true;
    expect([await ask('/readyz'), await ask('/metrics')]).toEqual([
      [200, 'ready\n'],
      [200, 'm 1\n'],
    ]);
    await server.close();
  });

  it('is refused when something listens there', async () => {
    const worker = { isReady: () => true, metrics: async () => '' };
    const server = await serveWorker({ port: 0, host: '127.0.0.1' }, worker);
    await expect(serveWorker({ port: server.port, host: '127.0.0.1' }, worker)).rejects.toThrow(
      `Choose another --port: something listens on 127.0.0.1:${server.port} already`,
    );
    await server.close();
  });
});
