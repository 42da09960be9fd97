// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { Construct } from 'constructs';
import { CustomspeechObject, type CustomspeechObjectProps } from './_customspeech-object.ts';

export interface CustomspeechDatasetProps extends CustomspeechObjectProps {
  /** Name of the dataset for people; it need not be unique. */
  readonly displayName: string;
  /** Language and region, such as `en-US`. A change makes another object. */
  readonly locale: string;
  /** What the dataset is for. @default none */
  readonly description?: string;
  /**
   * Entries of the object for tools, at most 9 with keys of up to 64 and values of up to 256 characters; only those
   * given here are managed, and those of pipelines (speechops-…) stay as they are.
   * @default none
   */
  readonly customProperties?: Readonly<Record<string, string>>;
  /** `self` of the project that shows the dataset in the portal. @default none */
  readonly project?: string;
  /**
   * What the data are: `Acoustic`, `AudioFiles`, `Language`, `LanguageMarkdown`, `Pronunciation`, `OutputFormatting`. A
   * change makes another object.
   */
  readonly kind: 'Acoustic' | 'AudioFiles' | 'Language' | 'LanguageMarkdown' | 'Pronunciation' | 'OutputFormatting';
  /**
   * Where the service fetches the content: public, with a shared access signature, or a blob that the identity of the
   * Speech resource may read. Another signature alone changes nothing, any other difference makes another dataset; so
   * does content that has changed behind the same URL, where its server tells (see `contentMark`).
   * @default `contentFile`
   */
  readonly contentUrl?: string;
  /**
   * Local content instead of `contentUrl`: a text file, or for audio a .zip or a folder of WAV files with trans.txt. A
   * relative path begins in the folder that Terraform runs in, with CDKTF that of the stack. Another path to the same
   * content changes nothing.
   * @default `contentUrl`
   */
  readonly contentFile?: string;
  /**
   * `Default` normalises transcripts (2 to 3 becomes two to three), `None` leaves them as they are. A change makes
   * another object.
   * @default 'Default'
   */
  readonly textNormalizationKind?: 'Default' | 'None';
}

/**
 * Data to train or test models with, from a URL or a local file. Content never changes once it is there: other content
 * makes another dataset.
 */
export class CustomspeechDataset extends CustomspeechObject {
  constructor(scope: Construct, id: string, props: CustomspeechDatasetProps) {
    super(scope, id, { type: 'customspeech_dataset', props });
  }

  /** Id of the dataset, a UUID. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** URL of the dataset, by which other objects refer to it. */
  get self(): string {
    return this.getStringAttribute('self');
  }

  /** When the dataset was created. */
  get createdDateTime(): string {
    return this.getStringAttribute('created_date_time');
  }

  /** `NotStarted`, `Running`, `Succeeded` or `Failed`. */
  get status(): string {
    return this.getStringAttribute('status');
  }

  /** When the current status was entered. */
  get lastActionDateTime(): string {
    return this.getStringAttribute('last_action_date_time');
  }

  /** SHA-256 of what `contentFile` holds, over names and contents. */
  get contentDigest(): string {
    return this.getStringAttribute('content_digest');
  }

  /**
   * What the server of `contentUrl` told of the content when the dataset was planned, to a HEAD request of the machine
   * that runs Terraform: MD5, else ETag, else length are compared. Empty when it told nothing; then changed content is
   * not noticed.
   */
  get contentMark(): string {
    return this.getStringAttribute('content_mark');
  }

  /** Lines that the service took. */
  get acceptedLineCount(): number {
    return this.getNumberAttribute('accepted_line_count');
  }

  /** Lines that the service did not take. */
  get rejectedLineCount(): number {
    return this.getNumberAttribute('rejected_line_count');
  }

  /** Length of the audio, 0 for text. */
  get durationMilliseconds(): number {
    return this.getNumberAttribute('duration_milliseconds');
  }
}
