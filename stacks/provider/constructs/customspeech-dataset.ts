import type { Construct } from 'constructs';
import { type CustomspeechProjectMemberProps, CustomspeechWorkedObject } from './_customspeech-object.ts';

export interface CustomspeechDatasetProps extends CustomspeechProjectMemberProps {
  readonly kind: 'Acoustic' | 'AudioFiles' | 'Language' | 'LanguageMarkdown' | 'Pronunciation' | 'OutputFormatting';
  /**
   * Where the service fetches the content.
   * @default contentFile
   */
  readonly contentUrl?: string;
  /**
   * Local content, relative to the folder that Terraform runs in: give an absolute path.
   * @default contentUrl
   */
  readonly contentFile?: string;
  /** @default 'Default' */
  readonly textNormalizationKind?: 'Default' | 'None';
}

/** Data to train or test models with. Other content makes another dataset. */
export class CustomspeechDataset extends CustomspeechWorkedObject {
  constructor(scope: Construct, id: string, props: CustomspeechDatasetProps) {
    super(scope, id, { type: 'customspeech_dataset', props });
  }

  get contentDigest(): string {
    return this.getStringAttribute('content_digest');
  }

  get acceptedLineCount(): number {
    return this.getNumberAttribute('accepted_line_count');
  }

  get rejectedLineCount(): number {
    return this.getNumberAttribute('rejected_line_count');
  }

  get durationMilliseconds(): number {
    return this.getNumberAttribute('duration_milliseconds');
  }
}
