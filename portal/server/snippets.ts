import { entityId } from '../../workflows/plan/identity.ts';
import type { Endpoint } from '../../workflows/plan/speech-entities.ts';
import { recognitionAddress } from '../../workflows/speech/recognition-address.ts';
import type { Consumers } from '../api/deployment.ts';
import type { ResourceSource } from './sources.ts';

/** What a program has to say to be recognised by an endpoint, and by the model that it serves; keys stay in the environment. */
export function snippetsOf(endpoint: Endpoint, { endpoint: resource }: ResourceSource): Consumers['snippets'] {
  const id = entityId(endpoint.self);
  const { locale, model } = endpoint;
  // An embedded emulator has another address each time.
  const base = URL.canParse(resource) ? resource.replace(/\/+$/, '') : undefined;
  const address = shortAudioAddress(endpoint, resource);
  return [
    {
      name: 'Python, Speech SDK',
      by: 'endpoint',
      code: `config = speechsdk.SpeechConfig(subscription=os.environ["SPEECH_KEY"], endpoint=${base === undefined ? 'os.environ["SPEECH_ENDPOINT"]' : pythonText(base)})
config.speech_recognition_language = ${pythonText(locale)}
config.endpoint_id = ${pythonText(id)}`,
    },
    {
      name: 'JavaScript, Speech SDK',
      by: 'endpoint',
      code: `const config = sdk.SpeechConfig.fromEndpoint(new URL(${base === undefined ? 'process.env.SPEECH_ENDPOINT' : JSON.stringify(base)}), process.env.SPEECH_KEY);
config.speechRecognitionLanguage = ${JSON.stringify(locale)};
config.endpointId = ${JSON.stringify(id)};`,
    },
    ...(address === undefined
      ? []
      : [
          {
            name: 'REST, at most 60 seconds',
            by: 'endpoint' as const,
            code: `curl ${base === undefined ? `"$SPEECH_ENDPOINT${address.pathname}${address.search}"` : shellText(address.href)} \\
  -H "Ocp-Apim-Subscription-Key: $SPEECH_KEY" -H "Content-Type: audio/wav" --data-binary @call.wav`,
          },
        ]),
    ...(model === undefined
      ? []
      : [
          {
            name: 'REST, batch transcription',
            by: 'model' as const,
            code: `curl "${base ?? '$SPEECH_ENDPOINT'}/speechtotext/transcriptions:submit?api-version=2025-10-15" \\
  -H "Ocp-Apim-Subscription-Key: $SPEECH_KEY" -H "Content-Type: application/json" \\
  -d ${shellText(
    JSON.stringify({
      displayName: 'calls',
      locale,
      contentUrls: ['https://example.com/call.wav'],
      model: { self: model.self },
      properties: { timeToLiveHours: 48 },
    }),
  )}`,
          },
        ]),
  ];
}

/** Undefined where the endpoint tells no host. */
function shortAudioAddress(endpoint: Endpoint, resource: string): URL | undefined {
  const { webSocket = '' } = endpoint.links ?? {};
  const at = URL.canParse(resource) ? resource : webSocket.replace(/^ws/i, 'http');
  if (!URL.canParse(at)) return undefined;
  try {
    return recognitionAddress(endpoint, { channel: 'rest', signedWith: 'key', resource: new URL(at) });
  } catch {
    return undefined;
  }
}

function shellText(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Texts of JSON are those of Python, too. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}
