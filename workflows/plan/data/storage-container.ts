import { isLoopback, isPlainHost } from '../../document/base-url.ts';

/** A container of Azure Storage that datasets go through. */
export interface StorageContainer {
  readonly account: string;
  readonly container: string;
  /** Of the account. */
  readonly serviceUrl: string;
  /** It is of an emulator of Azure Storage on this machine. */
  readonly isLocal: boolean;
}

/**
 * The container that a URL names, or why it names none. An identity signs in to it, so it may be on a host of Azure Storage or on this
 * machine alone.
 */
export function parseContainer(text: string): StorageContainer | { readonly fault: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return { fault: 'it is no URL' };
  if (/[?#]/.test(text) || url.username !== '' || url.password !== '')
    return { fault: 'it has more than a path: Entra ID signs in, and no signature is needed' };
  const isLocal = isLoopback(url);
  const parts = url.pathname.replace(/^\/|\/$/g, '').split('/');
  const [account = '', container = ''] = isLocal ? parts : [url.hostname.replace(/\..*$/, ''), ...parts];
  if (!isLocal && (url.protocol !== 'https:' || url.port !== '' || !isPlainHost(text) || !blobHost.test(url.hostname)))
    return { fault: 'its host is not one of Azure Storage (ACCOUNT.blob.core.windows.net), reached over https' };
  if (parts.length !== (isLocal ? 2 : 1) || !containerName.test(container))
    return { fault: 'its path is not the name of one container' };
  if (container.startsWith('customspeech-'))
    return { fault: 'the Speech service keeps its own data in containers of this name: make another one beside it' };
  return { account, container, serviceUrl: isLocal ? `${url.origin}/${account}` : url.origin, isLocal };
}

/** Whether a URL is of a host of Azure Storage: an identity may sign in there. */
export function isStorageHost(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && blobHost.test(url.hostname);
}

/** Where content goes, for people: `account/container`. */
export function shownContainer(text: string): string {
  const parsed = parseContainer(text);
  return 'fault' in parsed ? text : `${parsed.account}/${parsed.container}`;
}

/** Of Azure's global, China and US Government clouds; those of accounts with a DNS zone of their own, too. */
const blobHost =
  /^[a-z0-9]{3,24}\.(z\d{1,2}\.blob\.storage\.azure\.net|blob\.core\.(windows\.net|chinacloudapi\.cn|usgovcloudapi\.net))$/;
const containerName = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;
