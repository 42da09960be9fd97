import { AggregateAuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { expect, it } from 'vitest';
import { whyNoToken } from '../../../workflows/engine/sign-in.ts';

const lacked = [
  new CredentialUnavailableError('EnvironmentCredential is unavailable. No underlying credential could be used.'),
  new CredentialUnavailableError("Azure CLI could not be found.  Please visit https://aka.ms/azure-cli and 'az login'"),
];
const expired =
  'ERROR: AADSTS700082: The refresh token has expired due to inactivity.\u{a0}Sign in again. Trace ID: 1\nCorrelation ID: 2';
const wrongSecret =
  'invalid_client: 7000215 - AADSTS7000215: Invalid client secret provided. Ensure that… - Trace ID: 1';

it.each([
  [
    'no identity, without what each way to sign in lacked',
    new AggregateAuthenticationError(lacked, 'ChainedTokenCredential authentication failed.'),
    'no identity is signed in to Azure here',
  ],
  [
    'an expired sign-in, wherever it stands',
    new AggregateAuthenticationError([...lacked, new CredentialUnavailableError(expired)], 'Failed.'),
    'Entra ID refuses the sign-in: AADSTS700082: The refresh token has expired due to inactivity',
  ],
  ['a refusal', new Error(wrongSecret), 'Entra ID refuses the sign-in: AADSTS7000215: Invalid client secret provided'],
  ['another failure', new Error('no network\nat all'), 'no token could be had from Entra ID (no network)'],
  ['what is no error', 'oops', 'no token could be had from Entra ID (oops)'],
])('why there is no token says %s', (_, error, reason) => {
  expect(whyNoToken(error)).toBe(reason);
});
