import type { Construct } from 'constructs';
import { type CustomspeechProjectMemberProps, CustomspeechWorkedObject } from './_customspeech-object.ts';

export interface CustomspeechModelProps extends CustomspeechProjectMemberProps {
  /** `self` of each dataset to train with. */
  readonly datasets: readonly string[];
  /**
   * `self` of the base model to adapt.
   * @default the newest of the locale when it is created
   */
  readonly baseModel?: string;
  /**
   * How much the datasets count against the base model, 1 to 100.
   * @default the service chooses
   */
  readonly customModelWeightPercent?: number;
}

/** A base model adapted with datasets. Other data make another model. */
export class CustomspeechModel extends CustomspeechWorkedObject {
  constructor(scope: Construct, id: string, props: CustomspeechModelProps) {
    super(scope, id, { type: 'customspeech_model', props });
  }

  get expiresDateTime(): string {
    return this.getStringAttribute('expires_date_time');
  }
}
