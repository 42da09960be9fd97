/** The base URL of a Speech resource that a text is, without a slash at its end, or why it is none. */
export function parseBaseUrl(text: string): { readonly url: string } | { readonly fault: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return { fault: 'it is no base URL' };
  }
  // Data, transcripts and keys would be readable on the way.
  if (url.protocol === 'http:' && !isLoopback(url)) {
    return { fault: 'plain http is allowed only to this machine, such as `http://127.0.0.1:7270`' };
  }
  if (url.username !== '' || url.password !== '' || url.pathname !== '/' || /[?#]/.test(text)) {
    return { fault: 'a base URL has a scheme, a host and perhaps a port, and nothing else' };
  }
  if (!isPlainHost(text)) return { fault: 'its host has letters outside ASCII, which look like others' };
  if (!isLoopback(url) && !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(url.hostname)) {
    return { fault: 'its host is not complete' };
  }
  return { url: url.origin };
}

/**
 * The origin of a Speech resource from what people have at hand: a regional endpoint, a custom subdomain or a loopback
 * address, also the address for tokens that the portal shows. Throws an Error that names the setting, and the address to use where a
 * path follows it.
 */
export function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint.trim()) ? new URL(endpoint.trim()) : undefined;
  const allowed =
    'it must be the base URL of a Speech resource, such as https://NAME.cognitiveservices.azure.com or http://127.0.0.1:PORT';
  if (!url?.hostname || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Error(`Check SPEECHOPS_ENDPOINT: ${allowed}`);
  }
  // Keys of a resource, data and transcripts would be readable on the way.
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new Error(`Check SPEECHOPS_ENDPOINT: plain http is allowed only to this machine, not to ${url.host}`);
  }
  if (/[?#]/.test(endpoint)) {
    throw new Error(`Check SPEECHOPS_ENDPOINT: ${allowed}, without a query; a key belongs into SPEECHOPS_KEY`);
  }
  if (!isPlainHost(endpoint)) {
    throw new Error(`Check SPEECHOPS_ENDPOINT: ${allowed}, with a host in plain ASCII letters`);
  }
  if (url.username || url.password) throw new Error(`Check SPEECHOPS_ENDPOINT: ${allowed}, without a user`);
  if (!/^\/(sts\/v1\.0\/issuetoken)?$/i.test(url.pathname)) {
    throw new Error(`Check SPEECHOPS_ENDPOINT: set it to ${url.origin}, without the path ${url.pathname}`);
  }
  return new URL(url.origin);
}

/**
 * Whether the host of a URL is written in ASCII letters, and not in the ASCII form of others either: a letter of another
 * alphabet that looks the same is another host.
 */
export function isPlainHost(text: string): boolean {
  const host = URL.canParse(text) ? new URL(text).hostname : '';
  const isAscii = /^[\x21-\x7e]*$/.test(text.trim().replace(/^([a-z]+:\/\/[^/?#]*).*$/is, '$1'));
  return isAscii && !/(^|\.)xn--/i.test(host);
}

/** What a key must not be sent away from: one resource, or this machine with all that listens here. */
export function placeOfEndpoint(endpoint: string): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const url = new URL(endpoint);
  return isLoopback(url) ? 'this machine' : url.origin;
}

/** Whether a URL is of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
