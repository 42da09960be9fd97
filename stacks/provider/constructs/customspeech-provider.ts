import { TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { providerSource, providerVersion } from '../provider-address.ts';

export interface CustomspeechProviderProps {
  /**
   * Base URL of the Speech resource; may be an attribute of an account that the same stack makes.
   * @default the environment's SPEECHOPS_ENDPOINT
   */
  readonly endpoint?: string;
  /**
   * A key of the Speech resource; an empty one has Entra ID sign in, whatever the environment says.
   * @default the environment's SPEECHOPS_KEY when it is of this resource, or else Entra ID
   */
  readonly key?: string;
  /**
   * Id of the Entra tenant to sign in to.
   * @default AZURE_TENANT_ID or ARM_TENANT_ID of the environment, or else the one that is signed in to
   */
  readonly tenantId?: string;
  /** @default none: this is the provider of all objects that name none */
  readonly alias?: string;
}

/** The provider `customspeech` in a stack: whose objects the Custom Speech constructs make. */
export class CustomspeechProvider extends TerraformProvider {
  readonly #props: CustomspeechProviderProps;
  #alias: string | undefined;

  constructor(scope: Construct, id: string, props: CustomspeechProviderProps = {}) {
    super(scope, id, {
      terraformResourceType: 'customspeech',
      terraformGeneratorMetadata: generatorMetadata,
      terraformProviderSource: providerSource,
    });
    this.#props = props;
    this.#alias = props.alias;
  }

  override get alias(): string | undefined {
    return this.#alias;
  }

  override set alias(alias: string | undefined) {
    this.#alias = alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { endpoint, key, tenantId } = this.#props;
    return { endpoint, key, tenant_id: tenantId, alias: this.#alias };
  }
}

/** Pins the provider in the synthesised stack to the version that this package brings along. */
export const generatorMetadata = {
  providerName: 'customspeech',
  providerVersion,
  providerVersionConstraint: providerVersion,
};
