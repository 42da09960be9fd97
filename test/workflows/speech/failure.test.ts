import { describe, expect, test } from 'vitest';
import { type FailureFacts, serviceFailure } from '../../../workflows/speech/failure.ts';
import { createRedactor } from '../../../workflows/speech/redaction.ts';

const endpoint = new URL('https://westus.api.cognitive.microsoft.com');
const gateway = (code: string, message: string) => ({ code, message, fromService: false });
const base: FailureFacts = {
  purpose: 'create a dataset',
  method: 'POST',
  url: new URL('/speechtotext/datasets?api-version=2025-10-15', endpoint),
  endpoint,
  signedWith: 'Entra ID',
  attempts: 1,
  mayHaveActed: false,
};

describe('the message of a failure', () => {
  test.each<[string, Partial<FailureFacts>, string]>([
    [
      'an Entra ID token at a regional endpoint',
      { status: 401, problem: gateway('401', 'Access denied.') },
      'Cannot create a dataset: the answer is 401 "Access denied"; check the sign-in, and that SPEECHOPS_ENDPOINT is the ' +
        'custom subdomain https://NAME.cognitiveservices.azure.com: a regional endpoint takes no Entra ID token',
    ],
    [
      'an identity without the role',
      { status: 401, problem: gateway('PermissionDenied', 'Principal does not have access.') },
      'Cannot create a dataset: the answer is 401 PermissionDenied "Principal does not have access"; grant the identity ' +
        'the role Cognitive Services Speech Contributor on the resource',
    ],
    [
      'a wrong key',
      { status: 401, signedWith: 'key' },
      'Cannot create a dataset: the answer is 401; check that SPEECHOPS_KEY is a key of the resource at ' +
        'SPEECHOPS_ENDPOINT, now https://westus.api.cognitive.microsoft.com',
    ],
    [
      'a 403 of the gateway',
      { status: 403 },
      'Cannot create a dataset: the answer is 403; grant the identity the role Cognitive Services Speech Contributor on ' +
        "the resource, and check that the resource's network rules let this machine in",
    ],
    [
      'a file in storage of the account that the identity may not read',
      {
        purpose: 'read the file report.json',
        method: 'GET',
        signed: 'own',
        status: 403,
        url: new URL('https://stcalls.blob.core.windows.net/customspeech-artifacts/report.json'),
      },
      'Cannot read the file report.json: the answer is 403; sign in with Entra ID (az login, a managed identity) and grant the ' +
        'identity the role Storage Blob Data Reader on that storage: the account keeps this file in storage of its own',
    ],
    [
      'a certificate that is not trusted',
      { code: 'SELF_SIGNED_CERT_IN_CHAIN', detail: 'self-signed certificate in certificate chain' },
      'Cannot create a dataset: the certificate of westus.api.cognitive.microsoft.com is not trusted ' +
        '(SELF_SIGNED_CERT_IN_CHAIN); name the certificate authority of your network in NODE_EXTRA_CA_CERTS',
    ],
    [
      'a name that does not exist',
      { code: 'ENOTFOUND', attempts: 3 },
      'Cannot create a dataset: nothing answers at https://westus.api.cognitive.microsoft.com (ENOTFOUND) after 3 ' +
        'attempts; no Speech resource is there now: check SPEECHOPS_ENDPOINT, and that the emulator runs if it is one',
    ],
    [
      'a name that does not exist, in the words of another program',
      {
        code: 'ENOTFOUND',
        settings: { endpoint: 'endpoint of the provider', key: 'key of the provider', ifGone: 'forget its objects' },
      },
      'Cannot create a dataset: nothing answers at https://westus.api.cognitive.microsoft.com (ENOTFOUND); no Speech ' +
        'resource is there now: check endpoint of the provider, and that the emulator runs if it is one; forget its objects',
    ],
    [
      'another host, without advice about the settings',
      {
        status: 404,
        url: new URL('https://a.blob.core.windows.net/b?sig=x'),
        problem: gateway('BlobNotFound', 'Gone'),
      },
      'Cannot create a dataset: the answer is 404 BlobNotFound "Gone"',
    ],
    [
      'a file of the resource that is gone',
      { purpose: 'read the file a.json', method: 'GET', status: 404, signed: 'own' },
      'Cannot read the file a.json: the answer is 404; the file is gone, or the signature of its address has ended: ' +
        'try again, which asks for a new address',
    ],
    [
      'a file behind a signature that has ended',
      {
        purpose: 'read the file a.json',
        method: 'GET',
        status: 403,
        signed: 'own',
        url: new URL('https://a.blob.core.windows.net/b?sig=x'),
        problem: gateway('AuthenticationFailed', 'Signature not valid in the specified time frame'),
      },
      'Cannot read the file a.json: the answer is 403 AuthenticationFailed "Signature not valid in the specified time ' +
        'frame"; the file is gone, or the signature of its address has ended: try again, which asks for a new address',
    ],
    [
      'a lost answer',
      { code: 'TruncatedAnswer', mayHaveActed: true },
      'Cannot create a dataset: the connection to westus.api.cognitive.microsoft.com was lost in the middle of the ' +
        'answer; the service may have acted all the same',
    ],
    [
      'an answer of something else',
      { code: 'MalformedAnswer', status: 200, method: 'GET', mayHaveActed: true },
      'Cannot create a dataset: the answer with status 200 cannot be read, it is cut or not what the API says',
    ],
  ])('for %s says what to do', (_, facts, message) => {
    expect(serviceFailure({ ...base, ...facts }, createRedactor()).message).toBe(message);
  });

  test('and its cause and code hold no secret', () => {
    const redactor = createRedactor();
    redactor.learn('the-secret-token');
    const detail = 'POST https://login.microsoftonline.com/token?code=abc said the-secret-token';
    const error = serviceFailure({ ...base, code: 'SignInFailed', detail, requestId: 'the-secret-token' }, redactor);
    const clean = 'POST https://login.microsoftonline.com/token?*** said ***';
    expect(error.message).toContain(clean);
    expect((error.cause as Error).message).toBe(clean);
    expect(error.requestId).toBe('***');
    expect(error.path).toBe('/speechtotext/datasets');
  });
});
