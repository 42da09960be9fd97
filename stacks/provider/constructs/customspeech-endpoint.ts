// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { Construct } from 'constructs';
import { CustomspeechObject, type CustomspeechObjectProps } from './_customspeech-object.ts';

export interface CustomspeechEndpointProps extends CustomspeechObjectProps {
  /** Name of the endpoint for people; it need not be unique. */
  readonly displayName: string;
  /** Language and region, such as `en-US`. A change is refused. */
  readonly locale: string;
  /** What the endpoint is for. @default none */
  readonly description?: string;
  /**
   * Entries of the object for tools, at most 9 with keys of up to 64 and values of up to 256 characters; only those
   * given here are managed, and those of pipelines (speechops-…) stay as they are.
   * @default none
   */
  readonly customProperties?: Readonly<Record<string, string>>;
  /** `self` of the project that shows the endpoint in the portal. @default none */
  readonly project?: string;
  /**
   * `self` of the custom or base model that it serves. Later values are not applied: pipelines change it.
   * @default the newest base model of the locale
   */
  readonly model?: string;
  /** Whether audio and transcripts are kept, which takes a Speech resource with storage of its own. @default false */
  readonly contentLoggingEnabled?: boolean;
}

/**
 * A private deployment of a model. Another model is deployed in place: the endpoint and its id stay, and the previous
 * model serves until the new one does.
 */
export class CustomspeechEndpoint extends CustomspeechObject {
  constructor(scope: Construct, id: string, props: CustomspeechEndpointProps) {
    super(scope, id, { type: 'customspeech_endpoint', props, changedByOthers: ['model'] });
  }

  /** Id of the endpoint, a UUID. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** URL of the endpoint, by which other objects refer to it. */
  get self(): string {
    return this.getStringAttribute('self');
  }

  /** When the endpoint was created. */
  get createdDateTime(): string {
    return this.getStringAttribute('created_date_time');
  }

  /** `NotStarted`, `Running`, `Succeeded` or `Failed`. */
  get status(): string {
    return this.getStringAttribute('status');
  }

  /** When the current status was entered. */
  get lastActionDateTime(): string {
    return this.getStringAttribute('last_action_date_time');
  }

  /** Where the Speech SDK connects to it. */
  get webSocketUrl(): string {
    return this.getStringAttribute('web_socket_url');
  }

  /** When the model that it serves now expires; from then on it falls back to the newest base model of the locale. */
  get modelExpiresDateTime(): string {
    return this.getStringAttribute('model_expires_date_time');
  }
}
