import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type {
  CustomSpeechSettings,
  SettledCustomSpeechEndpoint,
  SettledCustomSpeechProject,
} from '../../schemas/index.ts';
import { isLoopback, parseBaseUrl } from '../../workflows/document/base-url.ts';
import { nearestName } from '../../workflows/document/nearest-name.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkLocale } from '../guards/check-locale.ts';
import { type Fault, fault, isLiteral } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { CustomspeechBaseModel } from '../provider/constructs/customspeech-base-model.ts';
import { CustomspeechEndpoint } from '../provider/constructs/customspeech-endpoint.ts';
import { CustomspeechProject } from '../provider/constructs/customspeech-project.ts';
import { CustomspeechProvider } from '../provider/constructs/customspeech-provider.ts';
import type { ExistingAccount } from './existing-account.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface CustomSpeechProps extends CustomSpeechSettings {
  readonly account: SpeechAccount | ExistingAccount;
  /** Id of the Entra tenant to sign in to. @default the environment's, or the one that is signed in to */
  readonly tenant?: string;
  /** Whether the account keeps models and logs in storage of one's own. @default false */
  readonly hasOwnStorage?: boolean;
  /** What must be there before, such as the roles and the network of whoever runs Terraform. @default [] */
  readonly after?: readonly ITerraformDependable[];
}

type SettledCustomSpeech = Settled<'custom-speech', CustomSpeechProps>;

/**
 * Projects and endpoints inside an account. An endpoint is made with the newest base model of its locale; from then on the
 * pipelines decide which model it serves. Addresses have the names alone, for they are typed when something is imported.
 */
export class CustomSpeech extends GuardedConstruct {
  /** Ids of the endpoints, by their names in the addresses. */
  readonly endpointIds: Readonly<Record<string, string>>;
  /** When the models that the endpoints serve expire, by the same names. Only Terraform knows, and each plan asks anew. */
  readonly modelExpiry: Readonly<Record<string, string>>;
  readonly #after: ITerraformDependable[];
  /** Another account has none of the objects of the one before, which the plan shall say. */
  readonly #replaceTrigger: string;

  constructor(scope: Construct, id: string, props: CustomSpeechProps) {
    super(scope, id);
    const settings = withDefaults('custom-speech', props);
    const { account } = props;
    this.guard(guardCustomSpeech(settings));
    this.#after = [...(props.after ?? [])];
    this.#replaceTrigger = account.replaceTrigger;
    // The host as it is known before Terraform runs, and no key of the account: a provider that waits for the account cannot
    // delete an object in the same apply in which the account changes. Terraform calls that a cycle.
    new CustomspeechProvider(this, 'customspeech', {
      endpoint: props.emulator ?? account.hosts.https,
      // An account that takes no keys is not shown one either: the environment may have that of another resource.
      ...(props.emulator === undefined && !takesKeys(account) ? { key: '' } : {}),
      ...(props.tenant === undefined ? {} : { tenantId: props.tenant }),
    });
    const projectSelves = this.#projects(settings.projects);
    const made = Object.entries(this.#endpoints(settings.endpoints, projectSelves));
    this.endpointIds = Object.fromEntries(made.map(([name, endpoint]) => [name, endpoint.id]));
    this.modelExpiry = Object.fromEntries(made.map(([name, endpoint]) => [name, endpoint.modelExpiresDateTime]));
  }

  #projects(projects: SettledCustomSpeech['projects']): ReadonlyMap<string, string> {
    const section = new Construct(this, 'projects');
    return new Map(
      Object.entries(projects).map(([id, { name = id, locale, description }]) => {
        const project = new CustomspeechProject(section, id, {
          displayName: name,
          locale,
          ...(description === undefined ? {} : { description }),
          lifecycle: { replaceTriggeredBy: [this.#replaceTrigger] },
          dependsOn: this.#after,
        });
        project.overrideLogicalId(id);
        return [id, project.self];
      }),
    );
  }

  #endpoints(
    endpoints: SettledCustomSpeech['endpoints'],
    projectSelves: ReadonlyMap<string, string>,
  ): Readonly<Record<string, CustomspeechEndpoint>> {
    const section = new Construct(this, 'endpoints');
    const baseModels = this.#baseModels(Object.values(endpoints).map(({ locale }) => locale));
    return Object.fromEntries(
      Object.entries(endpoints).map(([id, { name = id, locale, description, ...settings }]) => {
        const project = settings.project === undefined ? undefined : projectSelves.get(settings.project);
        const model = baseModels.get(locale)?.self;
        const endpoint = new CustomspeechEndpoint(section, id, {
          displayName: name,
          locale,
          ...(description === undefined ? {} : { description }),
          ...(project === undefined ? {} : { project }),
          ...(model === undefined ? {} : { model }),
          contentLoggingEnabled: settings.contentLogging,
          lifecycle: { preventDestroy: settings.preventDestroy, replaceTriggeredBy: [this.#replaceTrigger] },
          dependsOn: this.#after,
        });
        endpoint.overrideLogicalId(id);
        return [id, endpoint];
      }),
    );
  }

  /** The newest base model of each locale, looked up once the account is there. */
  #baseModels(locales: readonly string[]): ReadonlyMap<string, CustomspeechBaseModel> {
    const section = new Construct(this, 'base-models');
    return new Map(
      [...new Set(locales)].map((locale) => {
        const model = new CustomspeechBaseModel(section, locale, { locale, dependsOn: this.#after });
        model.overrideLogicalId(locale);
        return [locale, model];
      }),
    );
  }
}

/** Whether an account is known to take keys; of an existing one nothing is known here, and the key of the environment may be its own. */
function takesKeys({ resource }: SpeechAccount | ExistingAccount): boolean {
  return !('localAuthEnabledInput' in resource) || resource.localAuthEnabledInput !== false;
}

/** What is wrong with the Custom Speech objects of an account, which has storage of its user's own or not. */
function guardCustomSpeech(settings: SettledCustomSpeech): readonly Fault[] {
  const { emulator, projects, endpoints, hasOwnStorage = false } = settings;
  return [
    ...checkEmulator(emulator),
    ...Object.entries({ projects, endpoints }).flatMap(([section, objects]) => checkObjects(section, objects)),
    ...Object.entries(endpoints).flatMap(([id, endpoint]) => [
      ...checkProject(endpoint, { id, projects }),
      ...(endpoint.contentLogging && !hasOwnStorage
        ? [fault('logging-without-storage', { path: ['endpoints', id, 'contentLogging'] })]
        : []),
    ]),
  ];
}

/** The provider sends the credentials of the person who runs Terraform to the emulator, so it is never on another machine. */
function checkEmulator(value: string | undefined): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const parsed = parseBaseUrl(value);
  const isHere = 'url' in parsed && isLoopback(new URL(parsed.url));
  return isHere ? [] : [fault('emulator-elsewhere', { path: ['emulator'], value })];
}

/** Pipelines find an object by display name and locale: of two that are alike they would take any. */
function checkObjects(
  section: string,
  objects: Readonly<Record<string, SettledCustomSpeechProject>>,
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
  { project: value, locale }: SettledCustomSpeechEndpoint,
  { id, projects }: { readonly id: string; readonly projects: Readonly<Record<string, SettledCustomSpeechProject>> },
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
