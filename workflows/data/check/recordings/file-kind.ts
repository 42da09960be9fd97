/** What a file is that is called `.wav` and is no RIFF/WAVE, by its first bytes. */
export interface FileKind {
  /** As the end of "it is". */
  readonly is: string;
  /** `sound` can be converted; `pointer` stands for a recording that lies elsewhere; `other` is no recording. */
  readonly holds: 'sound' | 'pointer' | 'other';
  /** The command that gets what a pointer stands for. */
  readonly get?: string;
}

/** Tells what the first bytes of a file are: a few hundred are enough. */
export function fileKind(head: Uint8Array): FileKind {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 512));
  // A byte a character.
  const text = bytes.toString('latin1');
  const signed = signatures.find(([pieces]) => pieces.every(([at, piece]) => text.startsWith(piece, at)));
  if (signed !== undefined) return signed[1];
  const framed = frameOf(bytes);
  if (framed !== undefined) return framed;
  if (bytes.every((byte) => byte === 0)) return { is: 'zeros at its beginning', holds: 'other' };
  if (bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d)))
    return texts.find(([pattern]) => pattern.test(text))?.[1] ?? { is: 'text', holds: 'other' };
  const first = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
  return { is: `of a format that is not known: its first bytes are ${first}`, holds: 'sound' };
}

const sound = (is: string): FileKind => ({ is, holds: 'sound' });
const other = (is: string): FileKind => ({ is, holds: 'other' });

/** What stands where, in Latin-1; the first that fits. */
const signatures: readonly (readonly [pieces: readonly (readonly [at: number, piece: string])[], kind: FileKind])[] = [
  [
    [
      [0, 'OggS'],
      [28, 'OpusHead'],
    ],
    sound('Ogg with Opus'),
  ],
  [
    [
      [0, 'OggS'],
      [29, 'vorbis'],
    ],
    sound('Ogg with Vorbis'),
  ],
  [[[0, 'OggS']], sound('Ogg')],
  [[[0, 'fLaC']], sound('FLAC')],
  [[[0, 'ID3']], sound('MP3')],
  [[[4, 'ftypM4']], sound('M4A')],
  [[[4, 'ftyp']], sound('MP4')],
  [
    [
      [0, '\x1A\x45\xDF\xA3'],
      [24, 'webm'],
    ],
    sound('WebM'),
  ],
  [
    [
      [0, '\x1A\x45\xDF\xA3'],
      [31, 'webm'],
    ],
    sound('WebM'),
  ],
  [[[0, '\x1A\x45\xDF\xA3']], sound('WebM or Matroska')],
  [[[0, '#!AMR']], sound('AMR')],
  [[[0, 'RF64']], sound('RF64, which is a WAV file of more than 4 GB')],
  [[[0, 'BW64']], sound('BW64, which is a WAV file of more than 4 GB')],
  [[[0, 'RIFX']], sound('RIFX, which is a WAV file with its bytes in the other order')],
  [[[0, 'riff\x2E\x91\xCF\x11']], sound('Wave64')],
  [
    [
      [0, 'FORM'],
      [8, 'AIF'],
    ],
    sound('AIFF'),
  ],
  [[[0, 'caff']], sound('CAF')],
  [[[0, '.snd']], sound('Sun audio (.au)')],
  [[[0, '\x30\x26\xB2\x75']], sound('Windows Media (WMA)')],
  [[[0, 'NIST_1A']], sound('NIST SPHERE')],
  [
    [
      [0, 'RIFF'],
      [8, 'AVI '],
    ],
    sound('AVI'),
  ],
  [[[0, 'RIFF']], other('RIFF, but not WAVE')],
  [[[0, 'PK\x03\x04']], other('a zip')],
  [[[0, '\x1F\x8B']], other('compressed with gzip')],
  [[[0, '%PDF']], other('a PDF')],
];

/** MPEG audio has no signature: its frames begin with eleven bits that are set, its version and its layer. */
function frameOf([a = 0, b = 0]: Uint8Array): FileKind | undefined {
  if (a !== 0xff || (b & 0xe0) !== 0xe0) return undefined;
  if ((b & 0xf6) === 0xf0) return sound('AAC');
  return (b & 0x06) === 0x02 && (b & 0x18) !== 0x08 ? sound('MP3') : undefined;
}

const texts: readonly (readonly [RegExp, FileKind])[] = [
  [/^version https:\/\/git-lfs\.github\.com\//, { is: 'a pointer of Git LFS', holds: 'pointer', get: 'git lfs pull' }],
  [
    /^(?:\.\.\/)*(?:\.git|\/)?\/?annex\/objects\//,
    { is: 'a pointer of git-annex', holds: 'pointer', get: 'git annex get .' },
  ],
  [/^(?:md5: .*\n|frozen: .*\n)?(?:outs|deps):\s/, { is: 'a file of DVC', holds: 'pointer', get: 'dvc pull' }],
  [/^(?:\xEF\xBB\xBF)?\s*<(?:!doctype html|html|head|body)/i, other('a web page (HTML)')],
  [/^(?:\xEF\xBB\xBF)?\s*<\?xml/i, other('XML')],
  [/^(?:\xEF\xBB\xBF)?\s*[{[]\s*["{[\]}]/, other('JSON')],
];
