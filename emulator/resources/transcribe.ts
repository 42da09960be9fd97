import { randomUUID } from 'node:crypto';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { invalid, type JsonObject, optionalBoolean, optionalObject, optionalText } from '../protocol/request-body.ts';
import { type DetailedErrorCode, serviceError } from '../protocol/service-error.ts';
import { fastResult } from '../protocol/transcription-result.ts';
import { readWav, type Wav } from '../recognition/read-wav.ts';
import { recognisePhrases } from '../recognition/recognise-phrases.ts';
import type { ModelReference } from '../state/entities.ts';
import { download } from '../work/download.ts';
import { learnDueAudio } from '../work/known-audio.ts';
import { recogniserOf } from '../work/recognition-models.ts';
import { unknownAudio } from '../work/unknown-audio.ts';
import { defaultModel, usableModelIn } from './model-checks.ts';
import { recognitionSettingsIn } from './recognition-settings.ts';
import { newEntityMembers } from './worked-entity.ts';

const longestSeconds = 2 * 60 * 60;
/** Definition: `TranscribeDefinition.audioUrl`. */
const longestFile = 250 * 1024 ** 2;
/** Names that `enhancedMode.model` takes (Microsoft Learn: "MAI-Transcribe models"). */
const enhancedModels = ['mai-transcribe-1', 'mai-transcribe-1.5', 'mai-transcribe-2'];
/** The language of audio for which none is named: nothing here finds languages out. */
const assumedLocale = 'en-US';

/** Fast transcription: audio in, what is said in it out, while the caller waits. */
export const transcribeOperations: readonly Operation[] = [
  {
    id: 'Transcriptions_Transcribe',
    method: 'POST',
    path: '/transcriptions:transcribe',
    takes: 'form',
    run: transcribe,
  },
];

async function transcribe(call: Call): Promise<Answer> {
  const { resource } = call;
  const form = call.body as FormData;
  const definition = await definitionIn(form);
  const locale = localeIn(definition);
  const model = await modelFor(call, definition, locale);
  const phrases = phrasesIn(definition);
  const { diarization = {} } = recognitionSettingsIn(definition, { path: '' });
  const { samples, sampleRate } = await audioIn(call, form, definition);
  await learnDueAudio(resource);
  const heard = recognisePhrases(
    { samples, sampleRate },
    { library: resource.library, model: await recogniserOf(resource, model), phrases },
  );
  if (heard.every(({ words }) => words.length === 0)) resource.settings.log(unknownAudio);
  const body = fastResult(
    { sampleRate, length: samples.length, phrases: heard },
    { locale, hasSpeakers: optionalBoolean(diarization, 'enabled') },
  );
  return { status: 200, body };
}

async function definitionIn(form: FormData): Promise<JsonObject> {
  const part = form.get('definition');
  if (part === null) return {};
  const text = typeof part === 'string' ? part : await part.text();
  try {
    const definition: unknown = JSON.parse(text);
    if (typeof definition === 'object' && definition !== null && !Array.isArray(definition)) {
      return definition as JsonObject;
    }
  } catch {
    // Told below.
  }
  throw serviceError('InvalidRequest', {
    message: 'The part definition is not a JSON object.',
    inner: 'InvalidRequestBodyFormat',
    target: 'definition',
  });
}

/** Of several candidates the first. */
function localeIn({ locales }: JsonObject): string {
  if (locales === undefined || locales === null) return assumedLocale;
  if (!Array.isArray(locales) || !locales.every((locale) => typeof locale === 'string')) {
    throw invalid('locales', 'It must be a list of texts.');
  }
  const checked = locales.map((locale) => newEntityMembers({ locale, displayName: locale }).locale);
  return checked[0] ?? assumedLocale;
}

/** The model that `models` maps the locale to, else the newest base model, which stands in for models of the enhanced mode as well. */
async function modelFor(call: Call, definition: JsonObject, locale: string): Promise<ModelReference> {
  if (isEnhanced(definition)) return defaultModel(call, locale);
  const models = Object.entries(optionalObject(definition, 'models'));
  const [, self] = models.find(([name]) => name.toLowerCase() === locale.toLowerCase()) ?? [];
  if (self === undefined || self === null) return defaultModel(call, locale);
  const name = `models.${locale}`;
  const body = { [name]: { self } };
  return (await usableModelIn(call, body, { name, locale, failedCode: 'InvalidModel' })) ?? defaultModel(call, locale);
}

function isEnhanced(definition: JsonObject): boolean {
  const enhanced = optionalObject(definition, 'enhancedMode');
  if (!optionalBoolean(enhanced, 'enabled')) return false;
  const task = optionalText(enhanced, 'task') ?? 'transcribe';
  if (task !== 'transcribe') throw invalid('enhancedMode.task', 'The emulator has the task transcribe alone.');
  const model = optionalText(enhanced, 'model');
  if (model === undefined || enhancedModels.includes(model.toLowerCase())) return true;
  throw refusal(
    'enhancedMode.model',
    'InvalidModel',
    `There is no model '${model}'; models are ${enhancedModels.join(', ')}.`,
  );
}

function phrasesIn(definition: JsonObject): readonly string[] {
  const phrases = optionalObject(definition, 'phraseList').phrases ?? [];
  if (Array.isArray(phrases) && phrases.every((phrase) => typeof phrase === 'string')) return phrases;
  throw invalid('phraseList.phrases', 'It must be a list of texts.');
}

async function audioIn(call: Call, form: FormData, definition: JsonObject): Promise<Wav> {
  const part = form.get('audio');
  const address = optionalText(definition, 'audioUrl');
  if (part === null && address === undefined) {
    throw refusal('audio', 'EmptyAudioFile', 'The request has neither a part audio nor audioUrl.');
  }
  const bytes =
    part === null
      ? await fetched(call, address ?? '')
      : typeof part === 'string'
        ? Buffer.from(part)
        : new Uint8Array(await part.arrayBuffer());
  if (bytes.length === 0) throw refusal('audio', 'EmptyAudioFile', 'The audio is empty.');
  const wav = readWav(bytes);
  if (wav.kind === 'fault')
    throw refusal('audio', 'InvalidAudioFormat', `The audio cannot be read: it ${wav.message}.`);
  if (wav.samples.length <= longestSeconds * wav.sampleRate) return wav;
  throw refusal('audio', 'AudioLengthLimitExceeded', 'The audio is longer than 2 hours.');
}

async function fetched({ resource }: Call, address: string): Promise<Uint8Array> {
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
    throw invalid('audioUrl', 'It must be an absolute http or https address.');
  }
  const owner = randomUUID();
  try {
    const message = await download(resource, address, { owner, name: 'audio', maximumBytes: longestFile });
    if (message !== undefined) throw refusal('audioUrl', 'InvalidRecordingsUri', message);
    return await resource.contents.read(owner, 'audio');
  } finally {
    await resource.contents.remove(owner);
  }
}

function refusal(target: string, inner: DetailedErrorCode, message: string): Error {
  return serviceError('InvalidRequest', { message, inner, target });
}
