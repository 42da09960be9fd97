import { invalid, type JsonObject, optionalBoolean, optionalObject, optionalText } from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';

/** Definition: `ProfanityFilterMode`. */
const profanityModes = ['None', 'Removed', 'Tags', 'Masked'];
/** Definition: `DiarizationProperties` and `TranscribeDiarizationProperties`. */
const speakers = { fewest: 2, most: 35 } as const;

/** What a transcription says of how it is recognised, batch and fast transcription alike; refused where it is not as the definition has it. */
export interface RecognitionSettings {
  /** The 0-based indices of channels; undefined where none are named. */
  readonly channels: readonly (0 | 1)[] | undefined;
  readonly profanityFilterMode: string | undefined;
  readonly diarization: JsonObject | undefined;
}

/** The settings in an object of a request; `path` is where that stands, for errors: `properties.` or nothing. */
export function recognitionSettingsIn(
  settings: JsonObject,
  { path }: { readonly path: '' | 'properties.' },
): RecognitionSettings {
  return {
    channels: channelsIn(settings, path),
    profanityFilterMode: modeIn(settings, { name: 'profanityFilterMode', path, allowed: profanityModes }),
    diarization: diarizationIn(settings, path),
  };
}

/** One of a few words. */
export function modeIn(
  settings: JsonObject,
  { name, path, allowed }: { readonly name: string; readonly path: string; readonly allowed: readonly string[] },
): string | undefined {
  const mode = optionalText(settings, name);
  if (mode === undefined || allowed.includes(mode)) return mode;
  throw invalid(`${path}${name}`, `It must be one of ${allowed.join(', ')}.`);
}

/** "Only up to two channels are supported", and the code is for a selection with "neither 0 nor 1" (definition: `DetailedErrorCode`). */
function channelsIn({ channels }: JsonObject, path: string): RecognitionSettings['channels'] {
  if (channels === undefined || channels === null) return undefined;
  const name = `${path}channels`;
  if (!Array.isArray(channels) || !channels.every(Number.isInteger))
    throw invalid(name, 'It must be a list of whole numbers.');
  if (channels.length > 0 && channels.length <= 2 && channels.every((one) => one === 0 || one === 1)) return channels;
  throw serviceError('InvalidRequest', {
    message: `The value of ${name} is not valid. It must be a list of 0 and 1.`,
    inner: 'InvalidChannelSpecification',
    target: name,
  });
}

function diarizationIn(settings: JsonObject, path: string): JsonObject | undefined {
  if (settings.diarization === undefined || settings.diarization === null) return undefined;
  const diarization = optionalObject(settings, 'diarization');
  optionalBoolean(diarization, 'enabled');
  const most = diarization.maxSpeakers ?? speakers.fewest;
  if (Number.isInteger(most) && (most as number) >= speakers.fewest && (most as number) <= speakers.most)
    return diarization;
  throw invalid(
    `${path}diarization.maxSpeakers`,
    `It must be a whole number from ${speakers.fewest} to ${speakers.most}.`,
  );
}
