import type { UploadWith } from '../../../schemas/types.gen.ts';
import { formatBytes } from '../../document/byte-count.ts';
import { parseContainer, shownContainer } from '../../plan/data/storage-container.ts';

/** How local data get to the Speech resource. */
export type Way =
  | { readonly via: 'blocks' }
  | {
      readonly via: 'storage';
      readonly container: string;
      /** Why this way, to follow the name of the container; empty where the pipeline says so itself. */
      readonly because: string;
    };

/** From so many bytes on `auto` prefers storage: each block of the Speech resource counts against its limit of requests, and less than this is a few of them. */
const manyBytes = 64 * 1024 ** 2;

/** The way of so many bytes, or what to do for there to be one. */
export function wayToSend(
  wanted: Pick<UploadWith, 'via' | 'container' | 'read-with'>,
  { bytes }: { readonly bytes: number },
): Way | { readonly fault: string } {
  const { via, container, 'read-with': readWith } = wanted;
  const parsed = container === undefined ? undefined : parseContainer(container);
  if (container !== undefined && parsed !== undefined && 'fault' in parsed)
    return { fault: `Correct the container ${container}: ${parsed.fault}` };
  if (via === 'storage') {
    if (container === undefined)
      return {
        fault: 'Name a container (`container: https://ACCOUNT.blob.core.windows.net/CONTAINER`): via is storage',
      };
    return { via, container, because: '' };
  }
  if (via === 'blocks' || container === undefined) return { via: 'blocks' };
  if (readWith === 'identity')
    return { via: 'storage', container, because: 'the Speech resource reads it with its identity' };
  return bytes < manyBytes
    ? { via: 'blocks' }
    : { via: 'storage', container, because: `they have ${formatBytes(manyBytes)} or more` };
}

/** What is said of the way, to follow what is uploaded; empty for the usual one. */
export function wayText(way: Way): string {
  if (way.via === 'blocks') return '';
  const reason = way.because === '' ? '' : ` (${way.because})`;
  return `, through storage ${shownContainer(way.container)}${reason}`;
}
