// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { IResolvable } from 'cdktf';
import type { Construct } from 'constructs';
import { CustomspeechLookup, type CustomspeechLookupProps } from './_customspeech-lookup.ts';

export interface CustomspeechBaseModelProps extends CustomspeechLookupProps {
  /** Language and region, such as `en-US`. */
  readonly locale: string;
  /**
   * Kinds of datasets that it must take for training: `Acoustic`, `AudioFiles`, `Language`, `LanguageMarkdown`,
   * `Pronunciation`, `OutputFormatting`.
   * @default it need not be trainable
   */
  readonly dataKinds?: readonly (
    | 'Acoustic'
    | 'AudioFiles'
    | 'Language'
    | 'LanguageMarkdown'
    | 'Pronunciation'
    | 'OutputFormatting'
  )[];
}

/**
 * The newest base model of a locale that endpoints can serve, that has not expired and that can be trained with the
 * kinds of data given. Looked up when Terraform plans.
 */
export class CustomspeechBaseModel extends CustomspeechLookup {
  constructor(scope: Construct, id: string, props: CustomspeechBaseModelProps) {
    super(scope, id, { type: 'customspeech_base_model', props });
  }

  /** Id of the base model, a UUID. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** URL of the base model, by which models and endpoints refer to it. */
  get self(): string {
    return this.getStringAttribute('self');
  }

  /** Its name. */
  get displayName(): string {
    return this.getStringAttribute('display_name');
  }

  /** What it is for. */
  get description(): string {
    return this.getStringAttribute('description');
  }

  /** When it was released. */
  get createdDateTime(): string {
    return this.getStringAttribute('created_date_time');
  }

  /** Kinds of datasets that it can be trained with. */
  get supportsAdaptationsWith(): string[] {
    return this.getListAttribute('supports_adaptations_with');
  }

  /** Whether training costs money. */
  get chargeForAdaptation(): IResolvable {
    return this.getBooleanAttribute('charge_for_adaptation');
  }

  /** From then on it cannot be trained. */
  get adaptationExpiresDateTime(): string {
    return this.getStringAttribute('adaptation_expires_date_time');
  }

  /** From then on it cannot recognise. */
  get expiresDateTime(): string {
    return this.getStringAttribute('expires_date_time');
  }
}
