import { type TerraformMetaArguments, TerraformResource, type TerraformResourceLifecycle } from 'cdktf';
import type { Construct } from 'constructs';
import { argumentsOf } from './_arguments.ts';
import { generatorMetadata } from './_generator-metadata.ts';

/** What every Custom Speech object of a stack takes beside its arguments. */
export interface CustomspeechObjectProps extends TerraformMetaArguments {
  /**
   * How long operations may take, such as `30m`.
   * @default those in the provider's reference
   */
  readonly timeouts?: { readonly create?: string; readonly update?: string; readonly delete?: string };
}

/** A Custom Speech object in a stack. Props other than Terraform's own become arguments. */
export class CustomspeechObject extends TerraformResource {
  readonly #arguments: object;

  /** Later values of the arguments `changedByOthers` are not applied. */
  constructor(
    scope: Construct,
    id: string,
    options: {
      readonly type: string;
      readonly props: CustomspeechObjectProps;
      readonly changedByOthers?: readonly string[];
    },
  ) {
    const { type, props, changedByOthers = [] } = options;
    const { dependsOn, count, provider, forEach, provisioners, connection, lifecycle: given, ...own } = props;
    const lifecycle = changedByOthers.length === 0 ? given : ignoring(changedByOthers, given);
    const all = { dependsOn, count, provider, lifecycle, forEach, provisioners, connection };
    const meta: TerraformMetaArguments = Object.fromEntries(
      Object.entries(all).filter(([, value]) => value !== undefined),
    );
    super(scope, id, { ...meta, terraformResourceType: type, terraformGeneratorMetadata: generatorMetadata });
    this.#arguments = own;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return argumentsOf(this.#arguments);
  }
}

function ignoring(names: readonly string[], lifecycle: TerraformResourceLifecycle = {}): TerraformResourceLifecycle {
  const { ignoreChanges = [] } = lifecycle;
  return {
    ...lifecycle,
    ignoreChanges: ignoreChanges === 'all' ? ignoreChanges : [...new Set([...ignoreChanges, ...names])],
  };
}
