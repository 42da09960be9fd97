import type { AudioInputStream, PushAudioInputStream, SpeechRecognizer } from 'microsoft-cognitiveservices-speech-sdk';
import { isLoopback } from '../../document/base-url.ts';
import { proxyOf } from './proxy-of.ts';

/** A recogniser of Microsoft's SDK, to which audio is pushed. */
export interface SdkRecogniser {
  readonly recognizer: SpeechRecognizer;
  readonly audio: PushAudioInputStream;
  /** Is called when its connection ends; the SDK may open another one and say nothing. */
  onDisconnected(listener: () => void): void;
  /** Starts continuous recognition. */
  start(onRefused: (reason: string) => void): void;
  /** Ends it at once, with its connection. What goes wrong meanwhile is left aside. */
  close(): void;
}

/** Audio as it is pushed: PCM of 16 bits, one channel. */
export interface PcmFormat {
  /** In hertz. */
  readonly sampleRate: number;
}

/** A key, or what gets a token each time that the SDK connects. */
export type SdkAuthentication = { readonly key: string } | { readonly token: () => Promise<string> };

export interface SdkOptions {
  /** As http(s), with its query. */
  readonly url: URL;
  readonly endpointId: string;
  readonly locale: string;
  readonly authentication: SdkAuthentication;
  readonly format: PcmFormat;
  /** Whether it connects again, as the SDK does, when the connection ends. Else a connection is tried once. */
  readonly reconnects: boolean;
}

/**
 * Loads Microsoft's SDK and makes a recogniser of it. The SDK is on npm's web socket: with Node's own one it hears nothing of a refused
 * connection, and waits for ever.
 */
export async function openSdkRecogniser(options: SdkOptions): Promise<SdkRecogniser> {
  const sdk = await loadSdk();
  const { url, authentication, format } = options;
  const address = new URL(url.href.replace(/^http/, 'ws'));
  const config =
    'key' in authentication
      ? sdk.SpeechConfig.fromEndpoint(address, authentication.key)
      : sdk.SpeechConfig.fromEndpoint(address, {
          getToken: async () => ({ token: await authentication.token(), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
        });
  config.endpointId = options.endpointId;
  config.speechRecognitionLanguage = options.locale;
  config.outputFormat = sdk.OutputFormat.Detailed;
  if (!options.reconnects) config.setProperty('SPEECH-Error-MaxRetryCount', '0');
  // The service gets audio at twice the speed of speech, from 5 s on. An emulator need not wait for that.
  if (isLoopback(url)) config.setProperty('SPEECH-TransmitLengthBeforThrottleMs', '3600000');
  const proxy = await proxyOf(url);
  if (proxy !== undefined) {
    const port = Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80));
    config.setProxy(proxy.hostname, port, decodeURIComponent(proxy.username), decodeURIComponent(proxy.password));
  }
  const audio = sdk.AudioInputStream.createPushStream(sdk.AudioStreamFormat.getWaveFormatPCM(format.sampleRate, 16, 1));
  const input: AudioInputStream = audio;
  const recognizer = new sdk.SpeechRecognizer(config, sdk.AudioConfig.fromStreamInput(input));
  const connection = sdk.Connection.fromRecognizer(recognizer);
  return {
    recognizer,
    audio,
    onDisconnected: (listener) => void (connection.disconnected = listener),
    start: (onRefused) => recognizer.startContinuousRecognitionAsync(undefined, onRefused),
    close() {
      audio.close();
      try {
        recognizer.close(undefined, () => undefined);
      } catch {
        // It was closed before.
      }
    },
  };
}

/** Loaded when it is first needed: most commands recognise nothing. */
async function loadSdk() {
  const [sdk, adapter] = await Promise.all([
    import('microsoft-cognitiveservices-speech-sdk'),
    import('microsoft-cognitiveservices-speech-sdk/distrib/lib/src/common.browser/WebsocketMessageAdapter.js'),
  ]);
  adapter.default.WebsocketMessageAdapter.forceNpmWebSocket = true;
  // Of itself it tells the service what machine it runs on.
  sdk.Recognizer.enableTelemetry(false);
  return sdk;
}
