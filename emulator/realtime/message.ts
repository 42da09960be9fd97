/** One message of the protocol: headers, and a body that is text or bytes. */
export interface Message {
  readonly path: string;
  readonly requestId: string;
  readonly body: Uint8Array;
}

/** A message that breaks the protocol: the connection is closed with this code and reason. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
  readonly code: 1002 | 1007;

  /** `code` is 1002 where the order or a header is wrong, 1007 where bytes are not what they must be. */
  constructor(code: 1002 | 1007, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** No message that the protocol knows is longer: audio comes in pieces, and phrase lists have at most 500 entries. */
export const longestMessage = 1024 ** 2;

const longestHeaders = 8192;

/**
 * Reads what came in one frame: headers, a blank line and the body as text; or, in binary frames, the length of the headers in two
 * bytes, the headers and the body. Throws a {@link ProtocolFault}.
 */
export function readMessage(frame: Uint8Array, isBinary: boolean): Message {
  if (frame.length > longestMessage) throw new ProtocolFault(1007, `A message may have ${longestMessage} bytes`);
  const { head, body } = isBinary ? splitBinary(frame) : splitText(frame);
  const headers = readHeaders(head);
  const path = headers.get('path');
  const requestId = headers.get('x-requestid');
  if (path === undefined) throw new ProtocolFault(1002, 'The message has no header Path');
  if (requestId === undefined) throw new ProtocolFault(1002, 'The message has no header X-RequestId');
  if (!/^[\da-f-]{32,36}$/i.test(requestId)) throw new ProtocolFault(1002, 'The header X-RequestId is no identifier');
  return { path: path.toLowerCase(), requestId: requestId.toLowerCase(), body };
}

/**
 * The text of a message from the service. Microsoft's client cuts a body at a blank line and waits for ever on a message without
 * X-RequestId, so the JSON is compact and the header always there.
 */
export function writeMessage(path: string, requestId: string, body: object): string {
  const type = 'application/json; charset=utf-8';
  return `X-RequestId:${requestId}\r\nContent-Type:${type}\r\nPath:${path}\r\n\r\n${JSON.stringify(body)}`;
}

/** The JSON object that a message has as body. Throws a {@link ProtocolFault}. */
export function readObject({ path, body }: Message): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new ProtocolFault(1007, `The body of ${path} is no JSON object`);
}

function splitBinary(frame: Uint8Array): { readonly head: string; readonly body: Uint8Array } {
  const length = frame.length < 2 ? -1 : ((frame[0] as number) << 8) | (frame[1] as number);
  if (length < 0 || length > longestHeaders || length + 2 > frame.length) {
    throw new ProtocolFault(1007, 'The binary message is shorter than its headers');
  }
  return { head: textOf(frame.subarray(2, 2 + length)), body: frame.subarray(2 + length) };
}

function splitText(frame: Uint8Array): { readonly head: string; readonly body: Uint8Array } {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0 || end > longestHeaders)
    throw new ProtocolFault(1007, 'The text message has no blank line after its headers');
  return { head: textOf(bytes.subarray(0, end)), body: bytes.subarray(end + 4) };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function readHeaders(head: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1) throw new ProtocolFault(1007, 'A header has no colon');
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
