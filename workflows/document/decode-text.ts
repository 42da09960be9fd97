import type { Span } from './diagnostics/diagnostics.ts';

/** A text that was bytes. */
export interface DecodedText {
  /** With U+FFFD for bytes that are none; empty where the bytes are another encoding altogether. */
  readonly text: string;
  /** The first byte that is no UTF-8, and where it is in the text. */
  readonly fault?: Span & { readonly byte: number; readonly isUtf16: boolean };
}

/** The text that bytes are in UTF-8, with its byte order mark if it has one. Never throws. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const [first = 0, second = 0] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { text: '', fault: { start: 0, end: 0, byte: first, isUtf16: true } };
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf(replacement); at >= 0; at = text.indexOf(replacement, at + 1)) {
    offset += Buffer.byteLength(text.slice(from, at));
    from = at;
    // A file may have the sign itself, as three bytes.
    const isWritten = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isWritten) return { text, fault: { start: at, end: at + 1, byte: bytes[offset] ?? 0, isUtf16: false } };
  }
  return { text };
}

const replacement = '\uFFFD';
