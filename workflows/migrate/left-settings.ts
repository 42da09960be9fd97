/**
 * Why a setting of an old call is in no pipeline, and what to do by hand; undefined where nothing is lost without it. Microsoft
 * Learn, "Migrate to version 2024-11-15" and "Migrate to version 2025-10-15" of the Speech to text REST API.
 */
export function whyLeft(setting: string): string | undefined {
  const name = setting.toLowerCase().replaceAll('-', '');
  return Object.hasOwn(reasons, name) ? reasons[name] : 'it is not known: look whether you need what it did';
}

const logging =
  'what endpoints log is no part of a pipeline, and the logs are not read through the API any more: set `content-logging` of the endpoint in environment.yaml, which needs storage of your own';
/** Of every key, token and password. */
export const whyNoCredential =
  'it is a credential, which is never copied: sign in (az login, a managed identity), or set SPEECHOPS_KEY where the pipeline runs';
const place =
  'the environment says it: set SPEECHOPS_ENDPOINT to the base URL of the Speech resource, or write `resource`';
const format = 'it is of transcriptions, which SpeechOps does not make';
const reasons: Readonly<Record<string, string | undefined>> = {
  apiversion: undefined,
  output: undefined,
  wait: undefined,
  timeout: undefined,
  poll: undefined,
  verbose: undefined,
  quiet: undefined,
  expect: undefined,
  foreach: 'a step is of one object: write one step for each',
  email:
    'the API has no mail since version 2024-11-15: have the tool that starts the pipeline tell you, or read `speechops runs`',
  logging,
  contentlogging: logging,
  contentloggingenabled: logging,
  loggingenabled: logging,
  timetolive: 'endpoints have no end since version 2024-11-15: delete an endpoint by hand when nobody needs it',
  text: 'models are made of no text since version 2024-11-15: write it into a file, and `upload` that as a Language dataset',
  customproperties: 'SpeechOps keeps marks of its own there, by which it finds what is there already',
  property: 'it names a property that only the request knows: look for a setting of the step that does it',
  properties: 'it names properties that only the request knows: look for a setting of the step that does it',
  key: whyNoCredential,
  subscription: whyNoCredential,
  token: whyNoCredential,
  region: place,
  host: place,
  id: 'an id is given by the service',
  displayformwordleveltimestampsenabled: format,
  diarization: format,
};

/** Why a whole kind of calls is left, by the noun of the Speech CLI or the collection of the API. */
export function whyNoStep(noun: string): string {
  return Object.hasOwn(nouns, noun) ? (nouns[noun] ?? unknownNoun) : unknownNoun;
}

const unknownNoun = 'it is no call that a step does: keep it in a script of your own where you need it';
const transcription =
  'SpeechOps does not transcribe: keep it in a script of your own, moved to version 2025-10-15 of the API';
const nouns: Readonly<Record<string, string>> = {
  batch: transcription,
  transcription,
  transcriptions: transcription,
  webhook: 'SpeechOps waits for the service by itself; `speechops worker --webhooks` hears of its work sooner',
  webhooks: 'SpeechOps waits for the service by itself; `speechops worker --webhooks` hears of its work sooner',
  recognize:
    'recognise recordings with `verify` of a `swap`, `live` of an `evaluate`, or `speechops display --endpoint NAME --audio DIR`',
  copy: 'a pipeline trains where it runs: give it a matrix of resources (examples/many-regions), or copy the model by hand',
  logs: `the API gives no logs of endpoints since version 2024-11-15. ${logging[0]?.toUpperCase()}${logging.slice(1)}`,
  blocks: 'data was sent in blocks: put it into the repository, and write an `upload` step with its path under `from`',
  text: 'the text of a call is not known without running the script: write the step by hand',
};
