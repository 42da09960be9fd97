import type { Construct } from 'constructs';
import { CustomspeechObject, type CustomspeechObjectProps } from './_customspeech-object.ts';

export interface CustomspeechProjectProps extends CustomspeechObjectProps {
  /**
   * Name of the Foundry project it belongs to.
   * @default none
   */
  readonly foundryProjectName?: string;
}

/** A folder of one locale that shows datasets, models and endpoints together in the portal. */
export class CustomspeechProject extends CustomspeechObject {
  constructor(scope: Construct, id: string, props: CustomspeechProjectProps) {
    super(scope, id, { type: 'customspeech_project', props });
  }
}
