import { ServiceError } from '../engine/ports.ts';
import { signInAdvice, signInFailed } from '../engine/sign-in.ts';
import type { Redactor } from './redaction.ts';
import { apiVersion } from './references.ts';
import { answerTooLarge, isCertificateCode, isNeverConnected } from './retry-policy.ts';
import type { Problem } from './service-answer.ts';

/** What messages call the settings of a client, and advise besides. */
export interface SettingNames {
  readonly endpoint: string;
  readonly key: string;
  /** What else to do when the host of the endpoint does not exist. */
  readonly ifGone?: string;
}

/** What is known of a request that failed for good. */
export interface FailureFacts {
  /** Completes "Cannot …": "create a dataset". */
  readonly purpose: string;
  readonly method: string;
  readonly url: URL;
  /** The endpoint of the client; advice about its settings is given only for requests that went there. */
  readonly endpoint: URL;
  /** @default those of the environment */
  readonly settings?: SettingNames | undefined;
  readonly signedWith: 'key' | 'Entra ID';
  /** `own`: the URL is of a file and carries its own permission, which ends. */
  readonly signed?: 'own' | undefined;
  readonly attempts: number;
  readonly mayHaveActed: boolean;
  readonly status?: number | undefined;
  readonly problem?: Problem | undefined;
  /** Of the failure to get a usable answer: a system code such as `ECONNRESET`, or `MalformedAnswer`. */
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** The error for a failed request: what could not be done, what happened, and what to do about it where that is known. */
export function serviceFailure(facts: FailureFacts, { redact }: Redactor): ServiceError {
  const code = facts.problem?.code ?? facts.code;
  const parts = [
    `Cannot ${facts.purpose}: ${facts.status === undefined ? silence(facts) : answer(facts)}`,
    ...(facts.attempts > 1 ? [` after ${facts.attempts} attempts`] : []),
    ...advice(facts).map((text) => `; ${text}`),
    ...(facts.mayHaveActed && facts.method !== 'GET' ? ['; the service may have acted all the same'] : []),
  ];
  return new ServiceError(redact(parts.join('')), {
    method: facts.method,
    path: redact(facts.url.pathname),
    status: facts.status,
    code: code === undefined ? undefined : redact(code),
    requestId: facts.requestId === undefined ? undefined : redact(facts.requestId),
    attempts: facts.attempts,
    retryAfterSeconds: facts.retryAfterSeconds,
    outcome: facts.mayHaveActed ? 'unknown' : 'refused',
    isFile: facts.signed === 'own',
    // A new error, because those of the pipeline carry the request with its headers.
    cause: facts.detail === undefined ? undefined : new Error(redact(facts.detail)),
  });
}

function answer({ status, problem, code }: FailureFacts): string {
  if (code === malformedAnswer)
    return `the answer with status ${status} cannot be read, it is cut or not what the API says`;
  const message = problem?.message?.trim().replace(/\.$/, '');
  return [`the answer is ${status}`, problem?.code === String(status) ? '' : problem?.code, message && `"${message}"`]
    .filter(Boolean)
    .join(' ');
}

function silence({ code, detail, url }: FailureFacts): string {
  if (code === signInFailed) return detail ?? 'no token could be had from Entra ID';
  if (code === timedOut) return `${url.host} did not answer in time`;
  if (code !== undefined && isCertificateCode(code)) return `the certificate of ${url.host} is not trusted (${code})`;
  if (isNeverConnected(code)) return `nothing answers at ${url.origin} (${code})`;
  if (code === answerTooLarge) return `the answer of ${url.host} is longer than ${longestAnswerBytes / 2 ** 20} MB`;
  if (code === truncatedAnswer) return `the connection to ${url.host} was lost in the middle of the answer`;
  return `the connection to ${url.host} was lost before the answer (${code ?? detail})`;
}

/** Codes of failures that are not the system's. */
/** The longest answer that is read, in bytes: the longest that the service gives are pages of objects and results of tests. */
export const longestAnswerBytes = 64 * 2 ** 20;
export const malformedAnswer = 'MalformedAnswer';
export const truncatedAnswer = 'TruncatedAnswer';
export const timedOut = 'ETIMEDOUT';

function advice(facts: FailureFacts): readonly string[] {
  const { status, code, url, endpoint, settings = environment } = facts;
  if (code === signInFailed) return [`${signInAdvice}, or set ${settings.key} to a key of the resource`];
  if (code !== undefined && isCertificateCode(code)) {
    return ['name the certificate authority of your network in NODE_EXTRA_CA_CERTS'];
  }
  if (isNeverConnected(code)) {
    if (url.origin !== endpoint.origin) return [];
    const check = `no Speech resource is there now: check ${settings.endpoint}, and that the emulator runs if it is one`;
    return code === 'ENOTFOUND' && settings.ifGone !== undefined ? [check, settings.ifGone] : [check];
  }
  if (status === 429) return throttled(facts);
  if (facts.signed === 'own' && !url.searchParams.has('sig') && (status === 401 || status === 403))
    return [`${grantStorageRole}: the account keeps this file in storage of its own`];
  if (isFileGone(facts)) {
    return ['the file is gone, or the signature of its address has ended: try again, which asks for a new address'];
  }
  if (url.origin !== endpoint.origin) return [];
  if (status === 401 || facts.problem?.code === 'PermissionDenied') return unauthorised(facts);
  if (status === 403 && !facts.problem?.fromService) return forbidden(facts);
  if (status === 404 && !facts.problem?.fromService) {
    return [`check ${settings.endpoint}: ${endpoint.origin} does not serve the Speech-to-text REST API ${apiVersion}`];
  }
  return [];
}

/** A storage account says 403 for a signature that has ended; the resource itself says it where a network rule keeps a machine out. */
function isFileGone({ signed, status, url, endpoint }: FailureFacts): boolean {
  return signed === 'own' && (status === 404 || status === 410 || (status === 403 && url.origin !== endpoint.origin));
}

function unauthorised({ signedWith, endpoint, problem, settings = environment }: FailureFacts): readonly string[] {
  if (signedWith === 'key') {
    return [`check that ${settings.key} is a key of the resource at ${settings.endpoint}, now ${endpoint.origin}`];
  }
  if (problem?.code === 'PermissionDenied') return [grantRole];
  return [
    `check the sign-in, and that ${settings.endpoint} is the custom subdomain https://NAME.cognitiveservices.azure.com: ` +
      'a regional endpoint takes no Entra ID token',
  ];
}

function forbidden({ signedWith, problem, settings = environment }: FailureFacts): readonly string[] {
  if (problem?.code === 'AuthenticationTypeDisabled') return [`unset ${settings.key} and sign in with Entra ID`];
  return [signedWith === 'key' ? networkRules : `${grantRole}, and ${networkRules}`];
}

const environment: SettingNames = { endpoint: 'SPEECHOPS_ENDPOINT', key: 'SPEECHOPS_KEY' };
const grantRole = 'grant the identity the role Cognitive Services Speech Contributor on the resource';
const grantStorageRole =
  'sign in with Entra ID (az login, a managed identity) and grant the identity the role Storage Blob Data Reader on that storage';
const networkRules = "check that the resource's network rules let this machine in";

function throttled({ retryAfterSeconds, url }: FailureFacts): readonly string[] {
  const wait = retryAfterSeconds === undefined ? 'later' : `in ${Math.ceil(retryAfterSeconds)} s`;
  return [`${url.host} limits the rate of requests: try again ${wait}, or let fewer pipelines run at a time`];
}
