// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { Construct } from 'constructs';
import { CustomspeechObject, type CustomspeechObjectProps } from './_customspeech-object.ts';

export interface CustomspeechProjectProps extends CustomspeechObjectProps {
  /** Name of the project for people; it need not be unique. */
  readonly displayName: string;
  /** Language and region, such as `en-US`. A change makes another object. */
  readonly locale: string;
  /** What the project is for. @default none */
  readonly description?: string;
  /**
   * Entries of the object for tools, at most 9 with keys of up to 64 and values of up to 256 characters; only those
   * given here are managed, and those of pipelines (speechops-…) stay as they are.
   * @default none
   */
  readonly customProperties?: Readonly<Record<string, string>>;
  /** Name of the Foundry project it belongs to. @default none */
  readonly foundryProjectName?: string;
}

/**
 * A folder of one locale that shows datasets, models and endpoints together in the portal. Deleting it leaves what it
 * holds.
 */
export class CustomspeechProject extends CustomspeechObject {
  constructor(scope: Construct, id: string, props: CustomspeechProjectProps) {
    super(scope, id, { type: 'customspeech_project', props });
  }

  /** Id of the project, a UUID. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** URL of the project, by which other objects refer to it. */
  get self(): string {
    return this.getStringAttribute('self');
  }

  /** When the project was created. */
  get createdDateTime(): string {
    return this.getStringAttribute('created_date_time');
  }
}
