import { type IResolvable, type ITerraformDependable, TerraformDataSource, type TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { generatorMetadata } from './customspeech-provider.ts';

/** Only the objects that fit all that is given are listed. */
export interface CustomspeechListProps {
  /** Language and region, such as `en-US`. @default of every locale */
  readonly locale?: string;
  /** The exact name. @default of every name */
  readonly displayName?: string;
  /** @default in every status */
  readonly status?: 'NotStarted' | 'Running' | 'Succeeded' | 'Failed';
  /** `self` of a project. @default of every project and of none */
  readonly project?: string;
  /** @default the stack's */
  readonly provider?: TerraformProvider;
  /**
   * What must be there before they can be looked up: they are read during the apply when one of these changes.
   * @default []
   */
  readonly dependsOn?: ITerraformDependable[];
}

/** Objects of the Speech resource, looked up when Terraform plans. */
export class CustomspeechList extends TerraformDataSource {
  readonly #props: CustomspeechListProps;

  constructor(scope: Construct, id: string, of: { readonly type: string; readonly props: CustomspeechListProps }) {
    const { type, props } = of;
    super(scope, id, {
      terraformResourceType: type,
      terraformGeneratorMetadata: generatorMetadata,
      ...(props.provider === undefined ? {} : { provider: props.provider }),
      ...(props.dependsOn === undefined ? {} : { dependsOn: props.dependsOn }),
    });
    this.#props = props;
  }

  /** The list of objects under an attribute: read it with Terraform's functions (`Fn.lookupNested`, `Fn.length`). */
  protected listed(attribute: string): IResolvable {
    return this.interpolationForAttribute(attribute);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { locale, displayName, status, project } = this.#props;
    return { locale, display_name: displayName, status, project };
  }
}
