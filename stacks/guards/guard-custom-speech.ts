import { isLoopback, parseBaseUrl } from '../../workflows/document/base-url.ts';
import { nearestName } from '../../workflows/document/nearest-name.ts';
import { checkLocale } from './check-locale.ts';
import { type Fault, fault, isLiteral } from './fault.ts';

export interface CustomSpeechSettings {
  /** Base URL of an emulator on this machine, asked in place of the account. @default none */
  readonly emulator?: string;
  /** By the names that they have in Terraform's addresses. @default {} */
  readonly projects?: Readonly<Record<string, CustomSpeechProjectSettings>>;
  /** By the names that they have in Terraform's addresses. @default {} */
  readonly endpoints?: Readonly<Record<string, CustomSpeechEndpointSettings>>;
}

export interface CustomSpeechProjectSettings {
  /** The display name, as in `project` of pipelines. @default the name in the address */
  readonly name?: string;
  /** Language and region, such as `en-US`. */
  readonly locale: string;
  /** @default none */
  readonly description?: string;
}

export interface CustomSpeechEndpointSettings extends CustomSpeechProjectSettings {
  /** One of `projects`. @default none */
  readonly project?: string;
  /** Whether audio and transcripts are kept, in storage of one's own. @default false */
  readonly contentLogging?: boolean;
  /** Refuses plans that destroy it. @default false */
  readonly preventDestroy?: boolean;
}

/** What is wrong with the Custom Speech objects of an account, which has storage of its user's own or not. */
export function guardCustomSpeech(
  { emulator, projects = {}, endpoints = {} }: CustomSpeechSettings,
  { hasOwnStorage }: { readonly hasOwnStorage: boolean },
): readonly Fault[] {
  return [
    ...checkEmulator(emulator),
    ...Object.entries({ projects, endpoints }).flatMap(([section, objects]) => checkObjects(section, objects)),
    ...Object.entries(endpoints).flatMap(([id, endpoint]) => [
      ...checkProject(endpoint, { id, projects }),
      ...(endpoint.contentLogging === true && !hasOwnStorage
        ? [fault('logging-without-storage', { path: ['endpoints', id, 'contentLogging'] })]
        : []),
    ]),
  ];
}

/** What is asked gets the credentials of whoever runs Terraform, so it is never another machine. */
function checkEmulator(value: string | undefined): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const parsed = parseBaseUrl(value);
  const isHere = 'url' in parsed && isLoopback(new URL(parsed.url));
  return isHere ? [] : [fault('emulator-elsewhere', { path: ['emulator'], value })];
}

/** Pipelines find an object by display name and locale: of two that are alike they would take any. */
function checkObjects(
  section: string,
  objects: Readonly<Record<string, CustomSpeechProjectSettings>>,
): readonly Fault[] {
  const owners = new Map<string, string>();
  return Object.entries(objects).flatMap(([id, { name: value = id, locale }]) => {
    const key = JSON.stringify([value, locale]);
    const other = owners.get(key);
    owners.set(key, other ?? id);
    const path = [section, id];
    return [
      ...checkLocale(locale, [...path, 'locale']),
      ...(other === undefined ? [] : [fault('same-object', { path: [...path, 'name'], value, other, locale })]),
    ];
  });
}

function checkProject(
  { project: value, locale }: CustomSpeechEndpointSettings,
  { id, projects }: { readonly id: string; readonly projects: Readonly<Record<string, CustomSpeechProjectSettings>> },
): readonly Fault[] {
  if (value === undefined) return [];
  const path = ['endpoints', id, 'project'];
  const names = Object.keys(projects);
  const project = Object.hasOwn(projects, value) ? projects[value] : undefined;
  if (project === undefined)
    return [fault('unknown-project', { path, value, names, nearest: nearestName(value, names) })];
  const { locale: other } = project;
  return other === locale ? [] : [fault('locale-of-project', { path, value, locale, other })];
}
