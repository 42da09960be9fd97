import { isLoopback } from './base-url.ts';

/** Forms of texts that a schema names by `x-type`: whether a text has it, and what to write. */
export interface LiteralForm {
  readonly isOf: (text: string) => boolean;
  readonly form: string;
}

export const accountForm: LiteralForm = {
  isOf: (text) =>
    /^\/subscriptions\/[^/\s]+\/resourceGroups\/[^/\s]+\/providers\/Microsoft\.CognitiveServices\/accounts\/[^/\s]+$/i.test(
      text,
    ),
  form: 'Write it as Azure has it: /subscriptions/…/resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/NAME',
};

/** Where messages are posted to: plain http goes to this machine alone. */
export const webAddressForm: LiteralForm = {
  isOf(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  },
  form: 'Write an address that begins with https://',
};

/** One address, of which a host of mails can make no second one and no further line. */
export const mailAddressForm: LiteralForm = {
  isOf: (text) => /^([^\s@,;:<>"]+@[^\s@,;:<>"]+|[^\r\n@,;:<>"]+ <[^\s@,;:<>"]+@[^\s@,;:<>"]+>)$/.test(text),
  form: 'Write one address: speech@contoso.example, or Speech <speech@contoso.example>',
};

/** By the `x-type` of a schema. */
export const literalForms: Readonly<Record<string, LiteralForm>> = {
  account: accountForm,
  'web-address': webAddressForm,
  'mail-address': mailAddressForm,
};
