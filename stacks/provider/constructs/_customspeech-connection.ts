import { TerraformProvider } from 'cdktf';
import type { Construct } from 'constructs';
import { providerSource } from '../provider-address.ts';
import { argumentsOf } from './_arguments.ts';
import { generatorMetadata } from './_generator-metadata.ts';

/** What the provider takes in a stack beside its arguments. */
export interface CustomspeechConnectionProps {
  /** @default none: this is the provider of all objects that name none */
  readonly alias?: string;
}

/** The provider of a stack's Custom Speech objects. Props become arguments. */
export class CustomspeechConnection extends TerraformProvider {
  readonly #arguments: object;
  #alias: string | undefined;

  constructor(scope: Construct, id: string, props: CustomspeechConnectionProps) {
    super(scope, id, {
      terraformResourceType: 'customspeech',
      terraformGeneratorMetadata: generatorMetadata,
      terraformProviderSource: providerSource,
    });
    this.#arguments = props;
    this.#alias = props.alias;
  }

  override get alias(): string | undefined {
    return this.#alias;
  }

  override set alias(alias: string | undefined) {
    this.#alias = alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return argumentsOf({ ...this.#arguments, alias: this.#alias });
  }
}
