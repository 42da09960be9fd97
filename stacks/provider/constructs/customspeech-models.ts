import type { IResolvable } from 'cdktf';
import type { Construct } from 'constructs';
import { CustomspeechList, type CustomspeechListProps } from './_customspeech-list.ts';

/** The custom models of the Speech resource that fit, the oldest first. */
export class CustomspeechModels extends CustomspeechList {
  constructor(scope: Construct, id: string, props: CustomspeechListProps = {}) {
    super(scope, id, { type: 'customspeech_models', props });
  }

  /** The attributes of each, as those of `customspeech_model`. */
  get models(): IResolvable {
    return this.listed('models');
  }
}
