import type { Draws } from './draws.ts';

/** A text with a few places left out, doubled, or written over with pieces or single characters. */
export function mutateText(
  seed: string,
  { draws, pieces }: { readonly draws: Draws; readonly pieces: readonly string[] },
): string {
  const { below } = draws;
  let text = seed;
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(text.length + 1);
    const length = below(12);
    const piece = draws.pick(pieces);
    switch (below(5)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1:
        text = text.slice(0, at) + piece + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + piece + text.slice(at + length);
        break;
      case 3:
        text = text.slice(0, at) + text.slice(at, at + length * 8) + text.slice(at);
        break;
      default:
        text = text.slice(0, at) + String.fromCharCode(below(0x3_00)) + text.slice(at + 1);
    }
  }
  return text;
}

/** Leaves out lines, or gives one key the value of another or a piece: what is said stays YAML and often means something. */
export function varyLines(
  seed: string,
  { draws, pieces }: { readonly draws: Draws; readonly pieces: readonly string[] },
): string {
  const lines = seed.split('\n');
  for (let left = draws.below(3); left >= 0; left -= 1) {
    const at = draws.below(lines.length);
    const value = /:( .*)$/.exec(draws.pick(lines.length === 0 ? [''] : lines))?.[1];
    const line = lines[at] ?? '';
    if (value === undefined) lines.splice(at, 1);
    else if (draws.chance(0.5)) lines[at] = line.replace(/:( .+)$/, () => `:${value}`);
    else lines[at] = line.replace(/:( .+)$/, () => `: ${JSON.stringify(draws.pick(pieces) + draws.pick(pieces))}`);
  }
  return lines.join('\n');
}

/** Bytes with a few places left out, doubled, or written over. */
export function mutateBytes(seed: Uint8Array, draws: Draws): Buffer {
  const { below } = draws;
  let bytes = Buffer.from(seed);
  for (let left = 1 + below(4); left > 0; left -= 1) {
    const at = below(bytes.length + 1);
    const length = below(12);
    const rest = bytes.subarray(Math.min(bytes.length, at + length));
    switch (below(6)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), rest]);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length * 8), bytes.subarray(at)]);
        break;
      case 2:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(draws.several(8, () => below(256))),
          bytes.subarray(at),
        ]);
        break;
      case 3:
        bytes = Buffer.from(bytes.subarray(0, at));
        break;
      case 4:
        // Sizes and offsets are numbers of four bytes.
        if (at + 4 <= bytes.length)
          bytes.writeUInt32LE(draws.pick([0, 1, 0xff, 0xffff, 0x7fffffff, 0xffffffff, bytes.length]), at);
        break;
      default:
        if (at < bytes.length) bytes[at] = draws.pick([0, 1, 0x7f, 0x80, 0xff, below(256)]);
    }
  }
  return bytes;
}

/** Shorter ones first: without a half, a quarter … down to single characters. */
export function* smallerTexts(text: string): Generator<string> {
  for (let length = Math.ceil(text.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2))
    for (let at = 0; at < text.length; at += length) yield text.slice(0, at) + text.slice(at + length);
}

/** The same for bytes. */
export function* smallerBytes(bytes: Buffer): Generator<Buffer> {
  for (let length = Math.ceil(bytes.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2))
    for (let at = 0; at < bytes.length; at += length)
      yield Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
}
