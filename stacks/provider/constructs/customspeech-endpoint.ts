import type { Construct } from 'constructs';
import { type CustomspeechProjectMemberProps, CustomspeechWorkedObject } from './_customspeech-object.ts';

export interface CustomspeechEndpointProps extends CustomspeechProjectMemberProps {
  /**
   * `self` of the model that it serves at first. Later changes are not applied: which model it serves is the pipelines' matter.
   * @default the newest base model of the locale
   */
  readonly model?: string;
  /**
   * Whether audio and transcripts are kept, which takes a Speech resource with storage of its own.
   * @default false
   */
  readonly contentLoggingEnabled?: boolean;
}

/** A private deployment of a model, whose model the pipelines swap. */
export class CustomspeechEndpoint extends CustomspeechWorkedObject {
  constructor(scope: Construct, id: string, props: CustomspeechEndpointProps) {
    const { ignoreChanges = [] } = props.lifecycle ?? {};
    const ignored = ignoreChanges === 'all' ? ignoreChanges : [...new Set([...ignoreChanges, 'model'])];
    super(scope, id, {
      type: 'customspeech_endpoint',
      props: { ...props, lifecycle: { ...props.lifecycle, ignoreChanges: ignored } },
    });
  }

  /** Where the Speech SDK connects to it. */
  get webSocketUrl(): string {
    return this.getStringAttribute('web_socket_url');
  }

  /** When the model that it serves expires, as every plan finds it; null when the model names no day. */
  get modelExpiresDateTime(): string {
    return this.getStringAttribute('model_expires_date_time');
  }
}
