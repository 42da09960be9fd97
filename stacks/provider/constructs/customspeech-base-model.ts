import { type ITerraformDependable, TerraformDataSource, type TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import type { CustomspeechDatasetProps } from './customspeech-dataset.ts';
import { generatorMetadata } from './customspeech-provider.ts';

export interface CustomspeechBaseModelProps {
  /** Language and region, such as `en-US`. */
  readonly locale: string;
  /**
   * Kinds of datasets that it must take for training.
   * @default none: it need not be trainable
   */
  readonly dataKinds?: readonly CustomspeechDatasetProps['kind'][];
  /** @default the stack's */
  readonly provider?: TerraformProvider;
  /**
   * What must be there before it can be looked up: it is read during the apply when one of these changes.
   * @default []
   */
  readonly dependsOn?: ITerraformDependable[];
}

/** The newest base model of a locale, looked up when Terraform plans. */
export class CustomspeechBaseModel extends TerraformDataSource {
  readonly #props: CustomspeechBaseModelProps;

  constructor(scope: Construct, id: string, props: CustomspeechBaseModelProps) {
    super(scope, id, {
      terraformResourceType: 'customspeech_base_model',
      terraformGeneratorMetadata: generatorMetadata,
      ...(props.provider === undefined ? {} : { provider: props.provider }),
      ...(props.dependsOn === undefined ? {} : { dependsOn: props.dependsOn }),
    });
    this.#props = props;
  }

  /** A UUID. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** The URL by which models and endpoints refer to it. */
  get self(): string {
    return this.getStringAttribute('self');
  }

  get displayName(): string {
    return this.getStringAttribute('display_name');
  }

  get description(): string {
    return this.getStringAttribute('description');
  }

  get createdDateTime(): string {
    return this.getStringAttribute('created_date_time');
  }

  get supportsAdaptationsWith(): string[] {
    return this.getListAttribute('supports_adaptations_with');
  }

  get chargeForAdaptation() {
    return this.getBooleanAttribute('charge_for_adaptation');
  }

  get adaptationExpiresDateTime(): string {
    return this.getStringAttribute('adaptation_expires_date_time');
  }

  get expiresDateTime(): string {
    return this.getStringAttribute('expires_date_time');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { locale: this.#props.locale, data_kinds: this.#props.dataKinds };
  }
}
