// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { Construct } from 'constructs';
import { CustomspeechObject, type CustomspeechObjectProps } from './_customspeech-object.ts';

export interface CustomspeechModelProps extends CustomspeechObjectProps {
  /** Name of the model for people; it need not be unique. */
  readonly displayName: string;
  /** Language and region, such as `en-US`. A change makes another object. */
  readonly locale: string;
  /** What the model is for. @default none */
  readonly description?: string;
  /**
   * Entries of the object for tools, at most 9 with keys of up to 64 and values of up to 256 characters; only those
   * given here are managed, and those of pipelines (speechops-…) stay as they are.
   * @default none
   */
  readonly customProperties?: Readonly<Record<string, string>>;
  /** `self` of the project that shows the model in the portal. @default none */
  readonly project?: string;
  /**
   * `self` of the base model to adapt. A change makes another object.
   * @default the newest of the locale when it is created
   */
  readonly baseModel?: string;
  /** `self` of each dataset to train with. A change makes another object. */
  readonly datasets: readonly string[];
  /**
   * How much the datasets count against the base model, from 1 to 100. A change makes another object.
   * @default the service chooses
   */
  readonly customModelWeightPercent?: number;
}

/**
 * A base model adapted with datasets. Training happens once, when it is created; other data make another model, so use
 * `createBeforeDestroy` where an endpoint serves it.
 */
export class CustomspeechModel extends CustomspeechObject {
  constructor(scope: Construct, id: string, props: CustomspeechModelProps) {
    super(scope, id, { type: 'customspeech_model', props });
  }

  /** Id of the model, a UUID. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** URL of the model, by which other objects refer to it. */
  get self(): string {
    return this.getStringAttribute('self');
  }

  /** When the model was created. */
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

  /** From then on endpoints fall back to the base model. */
  get expiresDateTime(): string {
    return this.getStringAttribute('expires_date_time');
  }
}
