import { type ITerraformDependable, TerraformDataSource, type TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { argumentsOf } from './_arguments.ts';
import { generatorMetadata } from './_generator-metadata.ts';

/** What every data source of a stack takes beside its arguments. */
export interface CustomspeechLookupProps {
  /** @default the stack's */
  readonly provider?: TerraformProvider;
  /**
   * What must be there before Terraform can look it up: it is read during the apply when one of these changes.
   * @default []
   */
  readonly dependsOn?: ITerraformDependable[];
}

/** Something in the Speech resource that Terraform looks up when it plans. Props other than Terraform's own become arguments. */
export class CustomspeechLookup extends TerraformDataSource {
  readonly #arguments: object;

  constructor(
    scope: Construct,
    id: string,
    { type, props }: { readonly type: string; readonly props: CustomspeechLookupProps },
  ) {
    const { provider, dependsOn, ...own } = props;
    super(scope, id, {
      terraformResourceType: type,
      terraformGeneratorMetadata: generatorMetadata,
      ...(provider === undefined ? {} : { provider }),
      ...(dependsOn === undefined ? {} : { dependsOn }),
    });
    this.#arguments = own;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return argumentsOf(this.#arguments);
  }
}
