import type { Emulator } from '../../emulator/start-emulator.ts';

/**
 * What the control API of an emulator answers to a request below `/_emulator`, which has the header that it wants. Without
 * `body` it is a GET, with it a POST, unless `method` says otherwise.
 */
export async function controlEmulator(
  emulator: Pick<Emulator, 'url' | 'key'>,
  path: string,
  options: {
    readonly method?: string;
    /** Bytes, or what is sent as JSON. */
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Response> {
  const { body, method = body === undefined ? 'GET' : 'POST' } = options;
  const isRaw = body instanceof Uint8Array;
  return await fetch(`${emulator.url}/_emulator${path}`, {
    method,
    headers: {
      'Ocp-Apim-Subscription-Key': emulator.key,
      ...(body === undefined || isRaw ? {} : { 'Content-Type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: isRaw ? Buffer.from(body) : JSON.stringify(body) }),
  });
}
