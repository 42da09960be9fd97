import type { IResolvable } from 'cdktf';
import type { Construct } from 'constructs';
import { CustomspeechList, type CustomspeechListProps } from './_customspeech-list.ts';

/** The endpoints of the Speech resource that fit, the oldest first. */
export class CustomspeechEndpoints extends CustomspeechList {
  constructor(scope: Construct, id: string, props: CustomspeechListProps = {}) {
    super(scope, id, { type: 'customspeech_endpoints', props });
  }

  /** The attributes of each, as those of `customspeech_endpoint`. */
  get endpoints(): IResolvable {
    return this.listed('endpoints');
  }
}
