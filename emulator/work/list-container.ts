import { randomUUID } from 'node:crypto';
import type { SpeechResource } from '../state/speech-resource.ts';
import { download } from './download.ts';

const longestList = 64 * 1024 ** 2;
/** Microsoft Learn: Speech service quotas and limits. */
const mostBlobs = 10_000;

/**
 * The addresses of the recordings in a container of Azure Storage, each with the signature of the container; or why they cannot be
 * listed, a sentence. A list of several parts is followed to its end.
 */
export async function blobsOf(resource: SpeechResource, containerUrl: string): Promise<readonly string[] | string> {
  const container = new URL(containerUrl);
  const blobs: string[] = [];
  for (let marker: string | undefined = ''; marker !== undefined;) {
    const list = new URL(container);
    for (const [name, value] of [
      ['restype', 'container'],
      ['comp', 'list'],
      ['marker', marker],
    ] as const) {
      if (value !== '') list.searchParams.set(name, value);
    }
    const part = await read(resource, list.href);
    if (part.kind === 'refused') return part.message;
    for (const name of textsIn(part.xml, 'Name')) {
      const blob = new URL(container);
      blob.pathname = `${container.pathname.replace(/\/$/, '')}/${name.split('/').map(encodeURIComponent).join('/')}`;
      blobs.push(blob.href);
    }
    if (blobs.length > mostBlobs) return `The container has more than ${mostBlobs} blobs.`;
    marker = textsIn(part.xml, 'NextMarker').find((text) => text !== '');
  }
  return blobs;
}

async function read(
  resource: SpeechResource,
  address: string,
): Promise<{ readonly kind: 'list'; readonly xml: string } | { readonly kind: 'refused'; readonly message: string }> {
  const owner = randomUUID();
  try {
    const message = await download(resource, address, { owner, name: 'list', maximumBytes: longestList });
    if (message !== undefined) return { kind: 'refused', message };
    return { kind: 'list', xml: (await resource.contents.read(owner, 'list')).toString('utf8') };
  } finally {
    await resource.contents.remove(owner);
  }
}

/** The texts of all elements of a name that hold nothing but text. */
function textsIn(xml: string, element: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) =>
    text.replace(/&(amp|lt|gt|quot|apos);/g, (_entity, name: keyof typeof entities) => entities[name]),
  );
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" } as const;
