import { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * A value that Terraform keeps in its state (`terraform_data`), so that others can be replaced when it changes. cdktf's own class
 * for it runs `terraform` when it is synthesised, which is to be possible without one.
 */
export class StoredValue extends TerraformResource {
  readonly #value: object;

  constructor(scope: Construct, id: string, value: object) {
    super(scope, id, {
      terraformResourceType: 'terraform_data',
      terraformGeneratorMetadata: { providerName: 'terraform' },
    });
    this.#value = value;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.#value };
  }
}
