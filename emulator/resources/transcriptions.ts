import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import {
  dangling,
  invalid,
  type JsonObject,
  objectBody,
  optionalBoolean,
  optionalObject,
  optionalReference,
  optionalText,
} from '../protocol/request-body.ts';
import { type DetailedErrorCode, serviceError } from '../protocol/service-error.ts';
import { supportedLocales } from '../recognition/base-generations.ts';
import type { Transcription, TranscriptionSource } from '../state/entities.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import { learnDueAudio } from '../work/known-audio.ts';
import { settled } from '../work/settle.ts';
import { collection, type Keep } from './collection.ts';
import { modelView, workedView } from './entity-views.ts';
import { fileOperations } from './files.ts';
import { defaultModel, usableModelIn } from './model-checks.ts';
import { checkSucceeded } from './models.ts';
import { modeIn, recognitionSettingsIn } from './recognition-settings.ts';
import { checkLocale, faultyEnding, newEntityMembers, projectIn } from './worked-entity.ts';

const mostUrls = 1000;
const timeToLive = { least: 6, most: 31 * 24 } as const;
const punctuationModes = ['None', 'Dictated', 'Automatic', 'DictatedAndAutomatic'];

/** Batch transcriptions: recordings behind addresses, in a container or in a dataset, recognised with a model and no endpoint. */
export const transcriptionOperations: readonly Operation[] = [
  ...collection('Transcriptions', {
    name: 'transcriptions',
    view: transcriptionView,
    create: submit,
    creation: { id: 'Submit', path: '/transcriptions:submit' },
    locales: () => ({ Submit: supportedLocales, Transcribe: supportedLocales }),
    deletion: {
      async after({ resource }, { id }) {
        await resource.saved();
        await resource.contents.remove(id);
      },
    },
  }),
  ...fileOperations('Transcriptions', 'transcriptions'),
];

/** Addresses of recordings are not shown: they may hold signatures. */
export function transcriptionView(call: Call, transcription: Transcription) {
  const path = `/transcriptions/${transcription.id}`;
  const { source, settings, timeToLiveHours, durationMilliseconds, error } = transcription;
  return {
    ...workedView(call, transcription, path),
    model: modelView(call, transcription.model),
    dataset: source.kind === 'dataset' ? { self: addressOf(call.origin, `/datasets/${source.datasetId}`) } : undefined,
    links: { files: addressOf(call.origin, `${path}/files`) },
    properties: { ...settings, timeToLiveHours, durationMilliseconds, error },
  };
}

async function submit(call: Call, keep: Keep<'transcriptions'>): Promise<Answer> {
  const { resource } = call;
  const body = objectBody(call);
  const members = newEntityMembers(body);
  const { locale } = members;
  const properties = optionalObject(body, 'properties');
  const timeToLiveHours = timeToLiveIn(properties);
  const settings = settingsIn(properties);
  const { source, audioSeconds } = await sourceIn(call, body, locale);
  const model =
    (await usableModelIn(call, body, { name: 'model', locale, failedCode: 'InvalidModel' })) ??
    defaultModel(call, locale);
  const projectId = projectIn(call, body, locale);
  await learnDueAudio(resource);
  const now = resource.clock.now();
  return keep({
    id: randomUUID(),
    createdAt: now,
    ...members,
    ...beginLifecycle('transcription', { now, audioSeconds }),
    ...faultyEnding(call),
    projectId,
    model,
    source,
    settings,
    timeToLiveHours,
    files: [],
  });
}

function timeToLiveIn(properties: JsonObject): number {
  const hours = properties.timeToLiveHours;
  if (Number.isInteger(hours) && (hours as number) >= timeToLive.least && (hours as number) <= timeToLive.most) {
    return hours as number;
  }
  throw refusal('properties.timeToLiveHours', 'InvalidTimeToLive', {
    reason: `It is required, and must be a whole number from ${timeToLive.least} to ${timeToLive.most}.`,
  });
}

function settingsIn(properties: JsonObject): Transcription['settings'] {
  // What is written there would not be seen: results are read here.
  if (properties.destinationContainerUrl !== undefined && properties.destinationContainerUrl !== null) {
    throw invalid('properties.destinationContainerUrl', 'The emulator writes into no container.');
  }
  const {
    channels = [0, 1],
    profanityFilterMode = 'Masked',
    diarization,
  } = recognitionSettingsIn(properties, {
    path: 'properties.',
  });
  const ofPunctuation = { name: 'punctuationMode', path: 'properties.', allowed: punctuationModes };
  return {
    wordLevelTimestampsEnabled: optionalBoolean(properties, 'wordLevelTimestampsEnabled'),
    displayFormWordLevelTimestampsEnabled: optionalBoolean(properties, 'displayFormWordLevelTimestampsEnabled'),
    channels,
    punctuationMode: modeIn(properties, ofPunctuation) ?? 'DictatedAndAutomatic',
    profanityFilterMode,
    ...(diarization === undefined ? {} : { diarization }),
    ...((properties.languageIdentification ?? null) === null
      ? {}
      : { languageIdentification: optionalObject(properties, 'languageIdentification') }),
  };
}

async function sourceIn(
  call: Call,
  body: JsonObject,
  locale: string,
): Promise<{ readonly source: TranscriptionSource; readonly audioSeconds: number }> {
  const names = ['contentUrls', 'contentContainerUrl', 'dataset'].filter((name) => (body[name] ?? null) !== null);
  if (names.length !== 1) {
    throw refusal('contentUrls', 'OnlyOneOfUrlsOrContainerOrDataset', {
      reason: 'Exactly one of contentUrls, contentContainerUrl and dataset is needed.',
    });
  }
  if (names[0] === 'contentUrls') return { source: { kind: 'urls', contentUrls: urlsIn(body) }, audioSeconds: 0 };
  if (names[0] === 'contentContainerUrl') {
    const contentUrl = optionalText(body, 'contentContainerUrl') ?? '';
    if (isAddress(contentUrl)) return { source: { kind: 'container', contentUrl }, audioSeconds: 0 };
    throw refusal('contentContainerUrl', 'InvalidRecordingsUri', { reason: 'It must be an http or https address.' });
  }
  const id = optionalReference(body, { name: 'dataset', collection: 'datasets', origin: call.origin });
  const dataset = id === undefined ? undefined : await settled(call.resource, 'datasets', id);
  if (!dataset) throw dangling('dataset');
  checkLocale('dataset', { found: dataset.locale, wanted: locale });
  checkSucceeded('dataset', dataset);
  if (dataset.kind !== 'Acoustic' && dataset.kind !== 'AudioFiles') {
    throw refusal('dataset', 'InvalidDataset', { reason: `It has no audio: its kind is ${dataset.kind}.` });
  }
  return {
    source: { kind: 'dataset', datasetId: dataset.id },
    audioSeconds: (dataset.durationMilliseconds ?? 0) / 1000,
  };
}

function urlsIn({ contentUrls }: JsonObject): readonly string[] {
  if (!Array.isArray(contentUrls) || contentUrls.length === 0) throw invalid('contentUrls', 'It must be a list.');
  if (contentUrls.length > mostUrls) {
    throw refusal('contentUrls', 'ExceededNumberOfRecordingsUris', {
      reason: `More than ${mostUrls} are not allowed.`,
    });
  }
  const wrong = contentUrls.findIndex((url) => typeof url !== 'string' || !isAddress(url));
  if (wrong === -1) return contentUrls as readonly string[];
  throw refusal(`contentUrls[${wrong}]`, 'InvalidRecordingsUri', { reason: 'It must be an http or https address.' });
}

function isAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

function refusal(target: string, inner: DetailedErrorCode, { reason }: { readonly reason: string }): Error {
  return serviceError('InvalidRequest', { message: `The value of ${target} is not valid. ${reason}`, inner, target });
}
