import { type TerraformMetaArguments, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata } from './customspeech-provider.ts';

/** What every Custom Speech object of a stack takes. */
export interface CustomspeechObjectProps extends TerraformMetaArguments {
  /** Name for people; it need not be unique. */
  readonly displayName: string;
  /** Language and region, such as `en-US`. Another one makes another object. */
  readonly locale: string;
  /** @default none */
  readonly description?: string;
  /**
   * Entries for tools. Only these are managed; those of pipelines (`speechops-…`) stay as they are.
   * @default none
   */
  readonly customProperties?: Readonly<Record<string, string>>;
  /**
   * How long operations may take, such as `30m`.
   * @default those in the provider's reference
   */
  readonly timeouts?: { readonly create?: string; readonly update?: string; readonly delete?: string };
}

/** What objects take that the service works on. */
export interface CustomspeechProjectMemberProps extends CustomspeechObjectProps {
  /**
   * `self` of the project that shows it in the portal.
   * @default none
   */
  readonly project?: string;
}

/** A Custom Speech object in a stack. Props other than Terraform's own become arguments, under their names in snake case. */
export class CustomspeechObject extends TerraformResource {
  readonly #arguments: object;

  constructor(
    scope: Construct,
    id: string,
    { type, props }: { readonly type: string; readonly props: CustomspeechObjectProps },
  ) {
    const { dependsOn, count, provider, lifecycle, forEach, provisioners, connection, ...own } = props;
    const given = { dependsOn, count, provider, lifecycle, forEach, provisioners, connection };
    const meta: TerraformMetaArguments = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    super(scope, id, { ...meta, terraformResourceType: type, terraformGeneratorMetadata: generatorMetadata });
    this.#arguments = own;
  }

  /** A UUID. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** The URL by which other objects refer to it. */
  get self(): string {
    return this.getStringAttribute('self');
  }

  get createdDateTime(): string {
    return this.getStringAttribute('created_date_time');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.#arguments).map(([name, value]) => [snakeCase(name), value]));
  }
}

/** A Custom Speech object that the service works on. */
export class CustomspeechWorkedObject extends CustomspeechObject {
  /** `NotStarted`, `Running`, `Succeeded` or `Failed`. */
  get status(): string {
    return this.getStringAttribute('status');
  }

  get lastActionDateTime(): string {
    return this.getStringAttribute('last_action_date_time');
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
