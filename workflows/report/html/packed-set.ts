import { deflateRawSync } from 'node:zlib';
import type { ResultsSet, ResultsUtterance } from '../../../schemas/types.gen.ts';

/** All utterances of a set for the script of a page, which unfolds them with the browser's own means. */
export interface PackedSet extends Pick<ResultsSet, 'id' | 'unit' | 'against'> {
  /** JSON of a {@link PackedUtterance} each, by deflate (RFC 1951), in base64. */
  readonly packed: string;
}

/** An utterance without names: with 10,000 of them these are half of the text. */
export type PackedUtterance = readonly [
  id: string,
  audio: string | 0,
  group: string | 0,
  unstable: 0 | 1,
  reference: string,
  recognised: string,
  operations: string,
  /** Absent without another model. */
  against?: string,
  againstOperations?: string,
];

/** The utterances of a set, a tenth as long as in the document. */
export function packSet({ id, unit, against, utterances }: ResultsSet): PackedSet {
  const packed = deflateRawSync(JSON.stringify(utterances.map(packUtterance)), { level: 9 }).toString('base64');
  return { id, unit, ...(against === undefined ? {} : { against }), packed };
}

function packUtterance({
  id,
  audio,
  group,
  unstable,
  reference,
  recognised,
  against,
}: ResultsUtterance): PackedUtterance {
  const first = [
    id,
    audio ?? 0,
    group ?? 0,
    unstable === true ? 1 : 0,
    reference,
    recognised.text,
    recognised.operations,
  ] as const;
  return against === undefined ? first : [...first, against.text, against.operations];
}
