import { deflateRawSync } from 'node:zlib';
import type { ResultsSet } from '../../../schemas/types.gen.ts';
import { packUtterances } from './packed-utterances.ts';

/** All utterances of a set for the script of a page, which unfolds them with the browser's own means. */
export interface PackedSet extends Pick<ResultsSet, 'id' | 'unit' | 'against'> {
  /** JSON of `PackedUtterances`, by deflate (RFC 1951), in base64. */
  readonly packed: string;
}

/** The utterances of a set, a tenth as long as in the document. */
export function packSet({ id, unit, against, utterances }: ResultsSet): PackedSet {
  const json = JSON.stringify(packUtterances(utterances, unit));
  const packed = deflateRawSync(json, { level: 9 }).toString('base64');
  return { id, unit, ...(against === undefined ? {} : { against }), packed };
}
