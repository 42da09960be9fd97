/** Answers as the service writes them: its regional host, api-version in every URL, null for what is not set. */
const host = 'https://westus.api.cognitive.microsoft.com/speechtotext';
const version = 'api-version=2025-10-15';

export const ids = {
  dataset: 'c1c643ae-7da5-4e38-9853-e56e840efcb2',
  model: 'e6ffdefd-9517-45a9-a89c-7b5028ed0e56',
  baseModel: '1aae1070-7972-47e9-a977-87e3b05c457d',
  project: '122fd2f7-1d3a-4404-885d-2b24a2a187e8',
  evaluation: '8bfe6b05-f093-4ab4-be7d-180374b751ca',
  endpoint: 'afa0669c-a01e-4693-ae3a-93baf40f26d6',
  webhook: '3f2f4e0d-4d6b-4f0e-9a43-0c0b9a5a3c11',
  file: '26b6f1b1-e2a1-4d9f-9b02-7f0c7d4c2c11',
};

export function selfOf(path: string): string {
  return `${host}/${path}?${version}`;
}

export function nextLink(path: string, query: string): string {
  return `${host}/${path}?${query}&${version}`;
}

const times = { createdDateTime: '2026-01-07T11:34:12Z', lastActionDateTime: '2026-01-07T11:36:07Z' };

export const dataset = {
  self: selfOf(`datasets/${ids.dataset}`),
  displayName: 'Calls 2026-01',
  locale: 'en-US',
  kind: 'Acoustic',
  ...times,
  status: 'Succeeded',
  links: { files: selfOf(`datasets/${ids.dataset}/files`) },
  properties: { acceptedLineCount: 11, rejectedLineCount: 2, durationMilliseconds: 252_000 },
};

export const webhook = {
  self: selfOf(`webhooks/${ids.webhook}`),
  displayName: 'speechops',
  customProperties: { digest: 'abc' },
  ...times,
  status: 'NotStarted',
  webUrl: 'https://speechops.example.com/webhooks',
  events: { modelCompletion: true },
  links: { ping: selfOf(`webhooks/${ids.webhook}:ping`), test: selfOf(`webhooks/${ids.webhook}:test`) },
  properties: { apiVersion: '2025-10-15' },
};

export const model = {
  self: selfOf(`models/${ids.model}`),
  displayName: 'Calls v2',
  locale: 'en-US',
  baseModel: { self: selfOf(`models/base/${ids.baseModel}`) },
  datasets: [{ self: dataset.self }],
  ...times,
  status: 'NotStarted',
  properties: {
    deprecationDates: { transcriptionDateTime: '2028-01-15T00:00:00Z' },
    features: { supportsEndpoints: true, supportsTranscriptionsSubmit: true },
    customModelWeightPercent: 42,
  },
};

export const baseModel = {
  self: selfOf(`models/base/${ids.baseModel}`),
  displayName: '20251015',
  locale: 'en-US',
  ...times,
  status: 'Succeeded',
  properties: {
    deprecationDates: { adaptationDateTime: '2026-10-15T00:00:00Z', transcriptionDateTime: '2027-10-15T00:00:00Z' },
    features: { supportsAdaptationsWith: ['Acoustic', 'Language'], supportsEndpoints: true },
    chargeForAdaptation: true,
  },
};

export const project = {
  self: selfOf(`projects/${ids.project}`),
  displayName: 'Call centre',
  locale: 'en-US',
  createdDateTime: times.createdDateTime,
};

export const evaluation = {
  self: selfOf(`evaluations/${ids.evaluation}`),
  displayName: 'gate',
  locale: 'en-US',
  dataset: { self: dataset.self },
  model1: { self: model.self },
  model2: { self: baseModel.self },
  ...times,
  status: 'Running',
  properties: { wordErrorRate1: -1, wordErrorRate2: -1, wordCount1: -1, wordCount2: -1 },
};

export const endpoint = {
  self: selfOf(`endpoints/${ids.endpoint}`),
  displayName: 'prod',
  locale: 'en-US',
  model: { self: model.self },
  ...times,
  status: 'Succeeded',
  links: { webSocket: `wss://westus.stt.speech.microsoft.com/stt/speech/universal/v2?cid=${ids.endpoint}` },
  properties: { loggingEnabled: false },
};

export const file = {
  self: selfOf(`datasets/${ids.dataset}/files/${ids.file}`),
  name: 'report.json',
  kind: 'DatasetReport',
  createdDateTime: times.createdDateTime,
  links: { contentUrl: 'https://speech.blob.core.windows.net/reports/report.json?sv=2024&sig=abc%2Fdef' },
};

export const notFound = {
  code: 'NotFound',
  message: 'The specified entity cannot be found.',
  target: null,
  details: null,
  innerError: null,
};
