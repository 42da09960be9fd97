import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createMessages } from '../../../workflows/messages/send-messages.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/very-secret?sig=even-more`;
}

describe('post', () => {
  const { post } = createMessages({ env: {}, retryDelayMilliseconds: 1 });

  it('sends JSON, again when nobody could take it', async () => {
    const seen: unknown[] = [];
    const answer = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
      seen.push(await json(request));
      response.writeHead(seen.length === 1 ? 503 : 202).end();
    };
    const url = await serve((...exchange) => void answer(...exchange));
    await post(url, { text: 'Hello' });
    expect(seen).toEqual([{ text: 'Hello' }, { text: 'Hello' }]);
  });

  it.each([
    { 'Retry-After': '86400' },
    { 'Retry-After': 'Fri, 01 Jan 2100 00:00:00 GMT' },
    { 'retry-after-ms': '9e9' },
  ])('does not wait as long as a host likes: %j', async (headers) => {
    let asked = 0;
    const url = await serve((_, response) => void response.writeHead((asked += 1) === 1 ? 429 : 202, headers).end());
    await post(url, {});
    expect(asked).toBe(2);
  });

  it.each([
    ['ops:p%40ss', 'ops:p@ss'],
    ['ops:100%', 'ops:100%'],
  ])('sends the user and password of an address as HTTP does: %s', async (written, user) => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push([request.url, request.headers.authorization]);
      response.writeHead(202).end();
    });
    await post(url.replace('//', `//${written}@`), {});
    const { pathname, search } = new URL(url);
    expect(seen).toEqual([[pathname + search, `Basic ${Buffer.from(user).toString('base64')}`]]);
  });

  it('follows nobody to another address', async () => {
    let asked = 0;
    const other = await serve((_, response) => void response.writeHead((asked += 1) > 0 ? 202 : 500).end());
    const url = await serve((_, response) => void response.writeHead(307, { Location: other }).end());
    await expect(post(url, {})).rejects.toThrow('answers 307: write the address to which it has moved');
    expect(asked).toBe(0);
  });

  it('fails without a word of the address but its host', async () => {
    const url = await serve((_, response) => void response.writeHead(410).end());
    const { host } = new URL(url);
    await expect(post(url, {})).rejects.toThrow(`${host} answers 410: check the address, which may have ended`);
    const others = [
      [400, 'check the address: it takes no such message'],
      [413, 'shorten the message'],
      [503, 'it could not take the message now; `retry` of the step tries again'],
    ] as const;
    for (const [status, advice] of others) {
      const refusing = await serve((_, response) => void response.writeHead(status).end());
      await expect(post(refusing, {})).rejects.toThrow(`answers ${status}: ${advice}`);
    }
    const lost = await serve((request) => void request.socket.destroy());
    const failure = await post(lost, {}).catch((error: unknown) => error);
    expect(String(failure)).toContain(`${new URL(lost).host} does not answer`);
    expect(JSON.stringify(failure) + String(failure)).not.toMatch(/secret|sig=/);
  });

  it.each([{}, { 'Content-Encoding': 'gzip' }])('does not read an answer that has no end: %j', async (headers) => {
    const left = Promise.withResolvers<void>();
    const url = await serve((_, response) => {
      response.writeHead(202, headers);
      const packed = gzipSync(Buffer.alloc(1_000_000));
      const more = setInterval(() => response.write(packed), 5);
      response.on('close', () => {
        clearInterval(more);
        left.resolve();
      });
    });
    const patient = createMessages({ env: {}, timeoutMilliseconds: 5000 });
    await patient.post(url, {});
    await left.promise;
  });

  it('says of a host that takes too long that it did not answer in time, and asks it no more', async () => {
    let asked = 0;
    const url = await serve(() => void (asked += 1));
    const slow = createMessages({ env: {}, retryDelayMilliseconds: 1, timeoutMilliseconds: 50 });
    await expect(slow.post(url, {})).rejects.toThrow(
      `${new URL(url).host} did not answer in 0.05 s: look whether the message has arrived all the same`,
    );
    expect(asked).toBe(1);
  });

  it('sends nothing over plain http to other machines, or to what is no address', async () => {
    for (const address of ['http://ops.example/x', 'ops', 'file:///etc/passwd'])
      await expect(post(address, {})).rejects.toThrow('Write an address that begins with https://');
  });
});

describe('mail', () => {
  it('goes by the host of the environment, to everybody at once, and to no further one that a subject names', async () => {
    const { url, mails } = await smtp();
    const { mail } = createMessages({ env: { SPEECHOPS_SMTP_URL: url, SPEECHOPS_MAIL_FROM: 'speech@a.example' } });
    await mail({
      to: ['ann@b.example', 'bob@b.example'],
      subject: 'Live\r\nBcc: eve@c.example',
      text: 'The model is live.\n',
    });
    const [received = ''] = mails;
    expect(received).toContain('MAIL FROM:<speech@a.example>');
    expect(received.match(/RCPT TO:<[^>]*>/g)).toEqual(['RCPT TO:<ann@b.example>', 'RCPT TO:<bob@b.example>']);
    expect(received).toContain('Subject: Live Bcc: eve@c.example');
    expect(received).toContain('The model is live.');
  });

  it('takes one address for one: no line and no further person comes in with it', async () => {
    const { url, mails } = await smtp();
    const { mail } = createMessages({ env: { SPEECHOPS_SMTP_URL: url, SPEECHOPS_MAIL_FROM: 'speech@a.example' } });
    for (const address of ['ann@b.example\r\nBcc: eve@c.example', 'ann@b.example, eve@c.example', 'ann'])
      await expect(mail({ to: [address], subject: 's', text: 't' })).rejects.toThrow('Write one address');
    expect(mails).toEqual([]);
    await mail({ to: ['Ann <ann@b.example>'], subject: 's', text: 't' });
    expect(mails[0]).toContain('RCPT TO:<ann@b.example>');
  });

  it('says what to set, and nothing of the password', async () => {
    const message = { to: ['a@b.example'], subject: 's', text: 't' };
    await expect(createMessages({ env: {} }).mail(message)).rejects.toThrow('Set SPEECHOPS_SMTP_URL');
    const env = { SPEECHOPS_SMTP_URL: 'smtp://ann:pw-of-ann@127.0.0.1:1' };
    await expect(createMessages({ env }).mail(message)).rejects.toThrow('Set SPEECHOPS_MAIL_FROM');
    const failure = createMessages({ env: { ...env, SPEECHOPS_MAIL_FROM: 'a@b.example' } }).mail(message);
    await expect(failure).rejects.toThrow('127.0.0.1:1 does not send the mail (ESOCKET)');
  });

  it('says of a host that takes too long that it did not answer in time', async () => {
    const silent = createTcpServer((socket) => void closing.push(() => socket.destroy())).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    closing.push(() => void silent.close());
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const env = { SPEECHOPS_SMTP_URL: `smtp://ann:pw-of-ann@${host}`, SPEECHOPS_MAIL_FROM: 'a@b.example' };
    const { mail } = createMessages({ env, timeoutMilliseconds: 50 });
    const sent = mail({ to: ['a@b.example'], subject: 's', text: 't' });
    await expect(sent).rejects.toThrow(`${host} did not answer in 0.05 s`);
  });
});

/** A host that takes mails: what it hears of each connection. */
async function smtp(): Promise<{ readonly url: string; readonly mails: readonly string[] }> {
  const mails: string[] = [];
  const server = createTcpServer((socket) => {
    const index = mails.push('') - 1;
    let isData = false;
    socket.write('220 mail.example\r\n');
    socket.on('data', (bytes) => {
      const text = bytes.toString();
      mails[index] += text;
      if (isData && !(mails[index] ?? '').endsWith('\r\n.\r\n')) return;
      for (const line of isData ? ['.'] : text.split('\r\n').slice(0, -1)) {
        const command = line.slice(0, 4).toUpperCase();
        if (command === 'DATA') isData = true;
        else isData = false;
        socket.write({ DATA: '354 go on\r\n', QUIT: '221 bye\r\n' }[command] ?? '250 ok\r\n');
        if (command === 'QUIT') socket.end();
      }
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, mails };
}
