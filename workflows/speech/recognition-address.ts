import { ServiceError } from '../engine/ports.ts';
import type { Endpoint } from '../plan/speech-entities.ts';
import { idOf } from './references.ts';

/** How recognition is reached: Microsoft's SDK over WebSocket, or the REST API for short audio. */
export type RecognitionChannel = 'sdk' | 'rest';

const shortAudioPath = '/speech/recognition/conversation/cognitiveservices/v1';

/** Of the second version of the SDK's protocol, with and without a custom subdomain. */
const socketPath = '/stt/speech/universal/v2';

/**
 * Where an endpoint recognises, as an http(s) URL: on the host of its WebSocket link, with the path that hosts of resources with a custom
 * subdomain have (Microsoft Learn: "Use Speech service through a private endpoint"). An Entra ID token is good only for the custom
 * subdomain, so with one the host of the `resource` is used where that is its custom subdomain (Microsoft Learn: "Microsoft Entra
 * authentication with the Speech SDK"). Throws a {@link ServiceError} when the endpoint tells no host.
 */
export function recognitionAddress(
  endpoint: Endpoint,
  options: {
    readonly channel: RecognitionChannel;
    readonly signedWith: 'key' | 'token';
    readonly resource: URL;
  },
): URL {
  const { channel, signedWith, resource } = options;
  const { webSocket } = endpoint.links ?? {};
  if (webSocket === undefined || !URL.canParse(webSocket) || !/^wss?:/i.test(webSocket)) {
    throw new ServiceError('Cannot recognise speech: the endpoint has no links.webSocket that names its host', {
      method: channel === 'rest' ? 'POST' : 'GET',
      path: channel === 'rest' ? shortAudioPath : socketPath,
      attempts: 0,
      outcome: 'refused',
    });
  }
  const link = new URL(webSocket.replace(/^ws/i, 'http'));
  const host = signedWith === 'token' && hasCustomSubdomain(resource) ? resource : link;
  const id = encodeURIComponent(idOf(endpoint.self));
  if (channel === 'rest') {
    const url = new URL(`${hasCustomSubdomain(host) ? '/stt' : ''}${shortAudioPath}`, host);
    url.search = `?language=${encodeURIComponent(endpoint.locale)}&cid=${id}&format=detailed`;
    return url;
  }
  const url = new URL(socketPath, host);
  // The SDK adds none of these where it finds their names anywhere in the URL, be it in the host.
  url.search = `?cid=${id}&format=detailed`;
  return url;
}

function hasCustomSubdomain({ hostname }: URL): boolean {
  return /\.cognitiveservices\.azure\.(com|cn|us)$/.test(hostname);
}
