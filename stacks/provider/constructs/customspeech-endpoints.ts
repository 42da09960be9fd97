// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { IResolvable } from 'cdktf';
import type { Construct } from 'constructs';
import { CustomspeechLookup, type CustomspeechLookupProps } from './_customspeech-lookup.ts';

export interface CustomspeechEndpointsProps extends CustomspeechLookupProps {
  /** Only those of this locale. @default of every locale */
  readonly locale?: string;
  /** Only those of exactly this name. @default of every name */
  readonly displayName?: string;
  /** Only those in this status: `NotStarted`, `Running`, `Succeeded` or `Failed`. @default in every status */
  readonly status?: 'NotStarted' | 'Running' | 'Succeeded' | 'Failed';
  /** Only those of the project with this `self`. @default of every project and of none */
  readonly project?: string;
}

/** The endpoints of the Speech resource that fit all filters given. Looked up when Terraform plans. */
export class CustomspeechEndpoints extends CustomspeechLookup {
  constructor(scope: Construct, id: string, props: CustomspeechEndpointsProps = {}) {
    super(scope, id, { type: 'customspeech_endpoints', props });
  }

  /**
   * The endpoints that fit, oldest first. Each has `id`, `self`, `display_name`, `locale`, `description`,
   * `custom_properties`, `created_date_time`, `project`, `status`, `last_action_date_time`, `model`,
   * `content_logging_enabled`, `web_socket_url`: read them with Terraform's functions (`Fn.lookupNested`, `Fn.length`).
   */
  get endpoints(): IResolvable {
    return this.interpolationForAttribute('endpoints');
  }
}
