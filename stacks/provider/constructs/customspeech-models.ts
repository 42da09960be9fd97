// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { IResolvable } from 'cdktf';
import type { Construct } from 'constructs';
import { CustomspeechLookup, type CustomspeechLookupProps } from './_customspeech-lookup.ts';

export interface CustomspeechModelsProps extends CustomspeechLookupProps {
  /** Only those of this locale. @default of every locale */
  readonly locale?: string;
  /** Only those of exactly this name. @default of every name */
  readonly displayName?: string;
  /** Only those in this status: `NotStarted`, `Running`, `Succeeded` or `Failed`. @default in every status */
  readonly status?: 'NotStarted' | 'Running' | 'Succeeded' | 'Failed';
  /** Only those of the project with this `self`. @default of every project and of none */
  readonly project?: string;
}

/** The custom models of the Speech resource that fit all filters given. Looked up when Terraform plans. */
export class CustomspeechModels extends CustomspeechLookup {
  constructor(scope: Construct, id: string, props: CustomspeechModelsProps = {}) {
    super(scope, id, { type: 'customspeech_models', props });
  }

  /**
   * The models that fit, oldest first. Each has `id`, `self`, `display_name`, `locale`, `description`,
   * `custom_properties`, `created_date_time`, `project`, `status`, `last_action_date_time`, `base_model`, `datasets`,
   * `custom_model_weight_percent`, `expires_date_time`: read them with Terraform's functions (`Fn.lookupNested`,
   * `Fn.length`).
   */
  get models(): IResolvable {
    return this.interpolationForAttribute('models');
  }
}
