/** A reason with which the service fails an object or rejects a line, as it is known: what is behind it, and what to do. */
export interface KnownFailure {
  readonly cause: string;
  /** The file, line or setting to look at. */
  readonly look: string;
  /** What to do, as an instruction that may stand in brackets behind the service's own words. */
  readonly cure: string;
  /** Where the reason is known from. */
  readonly source: string;
}

const definition = 'API definition 2025-10-15';

/** By the service's own error codes (`DetailedErrorCode` of the API definition). */
export const failuresByCode: Readonly<Record<string, KnownFailure>> = {
  DataImportFailed: {
    cause: 'The content of a dataset cannot be read at all, or not one line of it is good.',
    look: 'the whole file or folder of the `upload` step',
    cure: 'run `speechops data check` on the data',
    source: definition,
  },
  NoUtf8WithBom: {
    cause:
      'A text or transcript is in another encoding than UTF-8, or lacks the byte order mark where the kind or locale asks for it.',
    look: 'the text file, or the transcript in the zip',
    cure: 'save the text as UTF-8 with byte order mark',
    source: `${definition}; Microsoft Learn, "Training and testing datasets"`,
  },
  InvalidDataset: {
    cause: 'The dataset is of a kind, or of a locale, that the model or evaluation does not take.',
    look: '`kind` and `locale` of the `upload` step, and the base model',
    cure: 'give data of a kind and locale that the base model supports',
    source: definition,
  },
  FailedDataset: {
    cause: 'A model or evaluation names a dataset whose import failed.',
    look: 'the dataset that failed, by its own reason',
    cure: 'correct the data and upload them again',
    source: definition,
  },
  InvalidAdaptationMapping: {
    cause: 'The base model cannot be adapted with one of the kinds of data.',
    look: '`base-model` and `datasets` of the `train` step',
    cure: 'choose a base model that supports the kind, or leave the dataset out',
    source: definition,
  },
  UnsupportedClassBasedAdaptation: {
    cause: 'The base model cannot be adapted with structured text.',
    look: 'the dataset of kind LanguageMarkdown',
    cure: 'write the sentences out as a dataset of kind Language, or choose another base model',
    source: definition,
  },
  InvalidLocale: {
    cause: 'The locale is not supported, or is another one than that of the model, dataset or project beside it.',
    look: '`locale` of the pipeline and of the step',
    cure: 'use one locale for data, model and endpoint, as the service writes it (en-US)',
    source: definition,
  },
  InvalidBaseModel: {
    cause: 'The base model does not exist, or is of another locale.',
    look: '`base-model` of the `train` step',
    cure: 'use `newest`, or an id that `speechops lifecycle` lists',
    source: definition,
  },
  ModelDeprecated: {
    cause: 'The model has expired: a base model can be trained from for a year, and models recognise for two.',
    look: 'the dates that `speechops lifecycle` shows',
    cure: 'train anew from the newest base model',
    source: `${definition}; GitHub, Azure-Samples/Speech-Service-Actions-Template#73`,
  },
  ModelNotDeployable: {
    cause: 'The model cannot be served by an endpoint, as some base models cannot.',
    look: '`supportsEndpoints` among the features of the model',
    cure: 'train from, or deploy, a model that supports endpoints',
    source: definition,
  },
  ModelDeploymentNotCompleteState: {
    cause: 'The endpoint is still being deployed.',
    look: 'the status of the endpoint',
    cure: 'wait until its status is Succeeded, and resume the run',
    source: definition,
  },
  EndpointNotUpdatable: {
    cause: 'The endpoint is being deployed, or its deployment has failed.',
    look: 'the status of the endpoint',
    cure: 'wait until its status is Succeeded; where it is Failed, make the endpoint anew',
    source: definition,
  },
  DeployingFailedModel: {
    cause: 'An endpoint was to serve a model whose training failed.',
    look: 'the model, by its own reason',
    cure: 'give the endpoint a model that succeeded',
    source: definition,
  },
  InUseViolation: {
    cause: 'Another object still uses this one.',
    look: 'endpoints, models and evaluations that name it',
    cure: 'delete or change what uses it first',
    source: `${definition}; GitHub, Azure-Samples/Speech-Service-Actions-Template#50`,
  },
  QuotaViolation: {
    cause: 'The resource has as many of these objects as its tier allows: on S0 50 endpoints and 500 datasets.',
    look: 'the objects that are no longer used',
    cure: 'delete objects that nothing uses, or use another Speech resource',
    source: `${definition}; Microsoft Learn, "Speech service quotas and limits"`,
  },
  SkuLimitsExist: {
    cause: 'The tier of the Speech resource does not allow this. F0 refuses most of Custom Speech.',
    look: 'the tier, with `speechops doctor`',
    cure: 'use a Speech resource of tier S0',
    source: definition,
  },
  InvalidProject: {
    cause: 'The project does not exist, or is of another locale.',
    look: '`project` of the pipeline',
    cure: 'give each locale a project of its own',
    source: definition,
  },
  InaccessibleCustomerStorage: {
    cause: 'The Speech resource cannot read its own storage account.',
    look: 'the role Storage Blob Data Contributor of the identity of the resource, and the firewall of the account',
    cure: 'grant the role, and allow the resource in the firewall',
    source: `${definition}; Microsoft Learn, "Bring your own storage"`,
  },
  EndpointLoggingNotSupported: {
    cause: 'Content logging needs a Speech resource with storage of its own.',
    look: '`content-logging` of the endpoint',
    cure: 'turn logging off, or use a resource with storage of its own',
    source: definition,
  },
  InvalidSourceAzureResourceId: {
    cause: 'A copy of a model was authorized for another account than the one that has the model.',
    look: '`account` of the `copy` step',
    cure: 'give `account` the Azure resource id of the account in `from`',
    source: definition,
  },
  ModelCopyAuthorizationExpired: {
    cause: 'The authorization for copying a model was not used in time.',
    look: 'the time between authorization and copy',
    cure: 'run the step again, which asks for a new one',
    source: definition,
  },
};

/** By the words with which lines of datasets are rejected. The service publishes none: what was seen, and the rules of its documentation. */
export const failuresByMessage: readonly (KnownFailure & { readonly pattern: RegExp; readonly example: string })[] = [
  {
    pattern: /normali[sz]ed text is empty/i,
    example: 'normalized text is empty',
    cause: 'After the service has taken punctuation away and written numbers out, nothing is left of the line.',
    look: 'the line of the transcript or text',
    cure: 'write what is said in letters, or remove the line',
    source: 'GitHub, Azure-Samples/cognitive-services-speech-sdk#1460',
  },
  {
    pattern: /not in the archive|(?:audio|file).*(?:not found|missing)/i,
    example: 'the audio file "a.wav" is not in the archive',
    cause: 'The transcript names a recording that is not in the zip, or that has other capitals there.',
    look: 'the name at the beginning of the line',
    cure: 'correct the name, or add the recording',
    source: 'Microsoft Learn, "Human-labeled transcriptions"',
  },
  {
    pattern: /no tab|tab between/i,
    example: 'there is no tab between the file name and the text',
    cause: 'The line has spaces where a tab is wanted, or is the continuation of the line before.',
    look: 'the line of the transcript or pronunciations',
    cure: 'put one tab between the two parts',
    source: 'Microsoft Learn, "Human-labeled transcriptions"',
  },
  {
    pattern: /longer than|too long|duration/i,
    example: 'the audio file "a.wav" is longer than 2 hours',
    cause: 'The recording is longer than the service takes for this: 2 hours for a test, 40 seconds in training.',
    look: 'the recording',
    cure: 'split it at silences',
    source: 'Microsoft Learn, "Training and testing datasets"',
  },
  {
    pattern: /\b(?:bits?|channels?|hz|sample rate|sampling|pcm|encoding|format|riff|wav)\b/i,
    example: 'the audio file "a.wav" has 2 channels',
    cause: 'The recording is not RIFF/WAV with PCM of 16 bits, one channel, and 8 or 16 kHz.',
    look: 'the recording',
    cure: 'convert it: ffmpeg -i in.wav -ac 1 -ar 16000 -c:a pcm_s16le out.wav',
    source: 'Microsoft Learn, "Training and testing datasets"',
  },
  {
    pattern: /\bur[il]\b/i,
    example: 'the line holds a URI',
    cause: 'Training text has no addresses of web pages.',
    look: 'the line',
    cure: 'write the address as it is spoken, or remove the line',
    source: 'Microsoft Learn, "Training and testing datasets"',
  },
  {
    pattern: /repeat/i,
    example: 'the word "no" is repeated more than 3 times',
    cause: 'One word stands more than three times in a row.',
    look: 'the line',
    cure: 'shorten the repetition',
    source: 'Microsoft Learn, "Human-labeled transcriptions"',
  },
  {
    pattern: /control character|symbol|special character/i,
    example: 'the line holds control characters',
    cause: 'The line has characters that text of this locale may not have.',
    look: 'the line',
    cure: 'remove them, or write what is spoken in words',
    source: 'Microsoft Learn, "Human-labeled transcriptions"',
  },
];

/** What to do about the service's own reason; undefined where it is not known. */
export function cureOf({
  code,
  message = '',
}: {
  readonly code?: string;
  readonly message?: string;
}): string | undefined {
  const byCode = code !== undefined && Object.hasOwn(failuresByCode, code) ? failuresByCode[code] : undefined;
  return (byCode ?? failuresByMessage.find(({ pattern }) => pattern.test(message)))?.cure;
}
