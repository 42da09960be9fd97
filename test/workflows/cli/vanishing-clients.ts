import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** What a process may ask through the control socket, and what none would. None of it changes the run `a`. */
const requests = [
  '{"method":"runs","params":{}}\n',
  '{"method":"details","params":{"runId":"a"}}\n',
  '{"method":"log","params":{"runId":"a","limit":20}}\n{"method":"runs"}\n',
  '{"method":"cancel","params":{"runId":{"toString":1}}}\n',
  '{"method":"cancel","params":{"runId":""}}\n',
  '{"method":"decide","params":{"runId":"a","stepId":"ok","decision":null}}\n',
  '{"method":"decide","params":{"runId":"a","stepId":"ok","decision":{"approved":"yes","by":1,"at":[]}}}\n',
  '{"method":"log","params":{"runId":"a","limit":-5}}\n',
  '{"method":"log","params":{"runId":"a\\u0000","limit":1e9}}\n',
  '{"method":"details","params":{"runId":"\u{1F600}é"}}\n',
  'null\n[]\n"x"\n\n{}\n{"method":"toString"}\n{"method":"__proto__","params":[]}\n',
  `${'['.repeat(3000)}\n`,
  `${'x'.repeat(300_000)}`,
].map((text) => Buffer.from(text));

/** How a client leaves: at once, when an answer has come that it has not read, after it has read some, or in good order. */
const ways = ['at once', 'answer unread', 'answer begun', 'half closed'] as const;

/**
 * Lets so many clients connect to the control socket at `address`, send the beginning of a request, each one up to another
 * byte, and go away, each one in the next of four ways. The same seed has the same clients.
 */
export async function vanish(
  address: string,
  options: { readonly count: number; readonly seed: number; readonly atOnce?: number },
): Promise<void> {
  const { count, seed, atOnce = 16 } = options;
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) {
      const number = seed + next;
      next += 1;
      const request = requests[number % requests.length] ?? Buffer.alloc(0);
      const turn = Math.floor(number / requests.length);
      // Every byte of the short ones in turn; of the long ones bytes far apart.
      const cut = (turn * (request.length > 5000 ? 7919 : 1)) % (request.length + 1);
      await visit(address, { sent: request.subarray(0, cut), way: ways[(turn + number) % ways.length] ?? 'at once' });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

async function visit(
  address: string,
  client: { readonly sent: Buffer; readonly way: (typeof ways)[number] },
): Promise<void> {
  const { sent, way } = client;
  const socket = connect(address);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let reason = '';
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (reason = code ?? ''));
  const isConnected = await Promise.race([
    new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true))),
    closed.then(() => false),
  ]);
  if (!isConnected) {
    if (reason !== 'EAGAIN') throw new Error(`Nobody listens at ${address}: ${reason}`);
    // So many have left that the system still has them in the queue for the process.
    await setTimeout(10);
    return await visit(address, client);
  }
  socket.write(sent);
  if (way === 'answer unread') await setTimeout(4);
  if (way === 'answer begun')
    await Promise.race([new Promise((resolve) => socket.once('data', resolve)), setTimeout(4)]);
  if (way === 'half closed') {
    socket.end();
    await Promise.race([closed, setTimeout(20)]);
  }
  socket.destroy();
  await closed;
}
