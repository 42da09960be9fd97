// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
import type { Construct } from 'constructs';
import { CustomspeechConnection, type CustomspeechConnectionProps } from './_customspeech-connection.ts';

export interface CustomspeechProviderProps extends CustomspeechConnectionProps {
  /**
   * Base URL of the Speech resource: https://NAME.cognitiveservices.azure.com, which Entra ID needs, a regional one, or
   * http://127.0.0.1:PORT of an emulator. It may be an attribute of an account that the same configuration makes.
   * @default SPEECHOPS_ENDPOINT
   */
  readonly endpoint?: string;
  /**
   * A key of the Speech resource; with an empty one Entra ID signs in (DefaultAzureCredential), whatever the
   * environment says.
   * @default SPEECHOPS_KEY, unless SPEECHOPS_ENDPOINT names another resource than endpoint, or else Entra ID signs in
   */
  readonly key?: string;
  /**
   * Id or domain of the Entra tenant to sign in to.
   * @default AZURE_TENANT_ID or else ARM_TENANT_ID, and without either the one that is signed in to
   */
  readonly tenantId?: string;
}

/** The provider `customspeech` in a stack: the Custom Speech objects of one Azure Speech resource. */
export class CustomspeechProvider extends CustomspeechConnection {
  constructor(scope: Construct, id: string, props: CustomspeechProviderProps = {}) {
    super(scope, id, props);
  }
}
