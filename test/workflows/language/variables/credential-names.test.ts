import { expect, it } from 'vitest';
import { isCredentialName } from '../../../../workflows/language/variables/credential-names.ts';

const credentials =
  'SPEECHOPS_KEY AZURE_CLIENT_SECRET ARM_CLIENT_SECRET GITHUB_TOKEN ACTIONS_RUNTIME_URL CI_JOB_JWT SYSTEM_ACCESSTOKEN PGPASSWORD DB_PASS my_api_key ' +
  'CI_REPOSITORY_URL HTTPS_PROXY PIP_INDEX_URL PAT GIT_CONFIG_VALUE_0 SENTRY_DSN POSTGRES_URL MONGODB_URI DBOS_SYSTEM_DATABASE_URL SLACK_WEBHOOK_URL ' +
  'AUTHORIZATION AzureWebJobsStorage ENDPOINT_AUTH_SYSTEMVSSCONNECTION SPEECHOPS_EMULATOR_TOKEN';

it.each(credentials.split(' '))('%s is the name of a credential', (name) => expect(isCredentialName(name)).toBe(true));

it.each('SASURL RECORDINGS_SAS STAGE GITHUB_SHA BUILD_ID AUTHOR REGION HOME'.split(' '))('%s is not', (name) =>
  expect(isCredentialName(name)).toBe(false),
);
