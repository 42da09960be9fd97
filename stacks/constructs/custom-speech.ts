import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type CustomSpeechSettings, guardCustomSpeech } from '../guards/guard-custom-speech.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { CustomspeechBaseModel } from '../provider/constructs/customspeech-base-model.ts';
import { CustomspeechEndpoint } from '../provider/constructs/customspeech-endpoint.ts';
import { CustomspeechProject } from '../provider/constructs/customspeech-project.ts';
import { CustomspeechProvider } from '../provider/constructs/customspeech-provider.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface CustomSpeechProps extends CustomSpeechSettings {
  readonly account: SpeechAccount;
  /** Id of the Entra tenant to sign in to. @default the environment's, or the one that is signed in to */
  readonly tenant?: string;
  /** Whether the account keeps models and logs in storage of one's own. @default false */
  readonly hasOwnStorage?: boolean;
  /** What must be there before, such as the roles and the network of whoever runs Terraform. @default [] */
  readonly after?: readonly ITerraformDependable[];
}

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
  readonly #accountId: string;

  constructor(scope: Construct, id: string, props: CustomSpeechProps) {
    super(scope, id);
    const { account, hasOwnStorage = false, projects = {}, endpoints = {} } = props;
    this.guard(guardCustomSpeech(props, { hasOwnStorage }));
    this.#after = [...(props.after ?? [])];
    this.#accountId = `azurerm_cognitive_account.${account.resource.friendlyUniqueId}.id`;
    // The host as it is known before Terraform runs, and no key of the account: a provider that waits for the account cannot
    // delete an object in the same apply in which the account changes. Terraform calls that a cycle.
    new CustomspeechProvider(this, 'customspeech', {
      endpoint: props.emulator ?? account.hosts.https,
      // An account that takes no keys is not shown one either: the environment may have that of another resource.
      ...(props.emulator === undefined && account.resource.localAuthEnabledInput === false ? { key: '' } : {}),
      ...(props.tenant === undefined ? {} : { tenantId: props.tenant }),
    });
    const projectSelves = this.#projects(projects);
    const made = Object.entries(this.#endpoints(endpoints, projectSelves));
    this.endpointIds = Object.fromEntries(made.map(([name, endpoint]) => [name, endpoint.id]));
    this.modelExpiry = Object.fromEntries(made.map(([name, endpoint]) => [name, endpoint.modelExpiresDateTime]));
  }

  #projects(projects: NonNullable<CustomSpeechSettings['projects']>): ReadonlyMap<string, string> {
    const section = new Construct(this, 'projects');
    return new Map(
      Object.entries(projects).map(([id, { name = id, locale, description }]) => {
        const project = new CustomspeechProject(section, id, {
          displayName: name,
          locale,
          ...(description === undefined ? {} : { description }),
          lifecycle: { replaceTriggeredBy: [this.#accountId] },
          dependsOn: this.#after,
        });
        project.overrideLogicalId(id);
        return [id, project.self];
      }),
    );
  }

  #endpoints(
    endpoints: NonNullable<CustomSpeechSettings['endpoints']>,
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
          contentLoggingEnabled: settings.contentLogging ?? false,
          lifecycle: { preventDestroy: settings.preventDestroy ?? false, replaceTriggeredBy: [this.#accountId] },
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
