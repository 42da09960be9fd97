import { mailAddressForm } from '../document/literal-forms.ts';
import type { MailMessage } from '../engine/ports.ts';

/** The environment variables that say by which host mails go, and from whom. */
const mailHostVariable = 'SPEECHOPS_SMTP_URL';
const mailFromVariable = 'SPEECHOPS_MAIL_FROM';
export const mailVariables = [mailHostVariable, mailFromVariable] as const;

/** What to set so that mails can be sent with this environment; undefined where nothing is lacking. */
export function mailHostLacking(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const host = env[mailHostVariable] ?? '';
  if (!URL.canParse(host) || !['smtp:', 'smtps:'].includes(new URL(host).protocol))
    return `Set ${mailHostVariable} to the host that sends mails: smtps://USER:PASSWORD@HOST, or smtp://HOST:587`;
  return (env[mailFromVariable] ?? '') === ''
    ? `Set ${mailFromVariable} to the address that mails come from`
    : undefined;
}

/** Sends a mail by the host of the environment. Errors say what to set, and have nothing of its user and password. */
export async function sendMail(
  { to, subject, text }: MailMessage,
  {
    env,
    signal,
    timeoutMilliseconds,
  }: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly signal?: AbortSignal | undefined;
    /** For so long each answer of the host is waited for. */
    readonly timeoutMilliseconds: number;
  },
): Promise<void> {
  const lacking = mailHostLacking(env);
  if (lacking !== undefined) throw new Error(lacking);
  const from = env[mailFromVariable] ?? '';
  const url = new URL(env[mailHostVariable] ?? '');
  if (!to.every(mailAddressForm.isOf)) throw new Error(mailAddressForm.form);
  // Few pipelines send mails.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(
    {
      url: url.href,
      connectionTimeout: timeoutMilliseconds,
      greetingTimeout: timeoutMilliseconds,
      socketTimeout: timeoutMilliseconds,
    },
    { from },
  );
  const end = (): void => transport.close();
  signal?.addEventListener('abort', end, { once: true });
  try {
    // One mail to all: they may answer each other.
    await transport.sendMail({
      to: [...to],
      subject: subject.replaceAll(/\s+/g, ' '),
      text,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOf(error, { host: url.host, timeoutMilliseconds });
  } finally {
    signal?.removeEventListener('abort', end);
    transport.close();
  }
}

/** A new error, because nodemailer's may quote what was sent. */
function failureOf(
  error: unknown,
  { host, timeoutMilliseconds }: { readonly host: string; readonly timeoutMilliseconds: number },
): Error {
  const { code = 'no connection', responseCode } = error as { readonly code?: string; readonly responseCode?: number };
  if (code === 'ETIMEDOUT')
    return new Error(
      `${host} did not answer in ${timeoutMilliseconds / 1000} s: look whether the mail has arrived all the same`,
    );
  const answer = responseCode === undefined ? '' : `, it answers ${responseCode}`;
  return new Error(`${host} does not send the mail (${code}${answer}): check ${mailHostVariable} and the addresses`);
}
