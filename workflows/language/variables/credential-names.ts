/**
 * Whether an environment variable with this name may hold a credential of SpeechOps, of Azure, of the host that runs the
 * pipeline, or of a database. By the name alone, in any capitals: too many are better than one too few, since the person who
 * runs a pipeline can allow each of them. GitHub, GitLab and Azure Pipelines hand their tokens to jobs under such names
 * (`ACTIONS_RUNTIME_TOKEN`, `CI_JOB_JWT`, `SYSTEM_ACCESSTOKEN`), libpq reads `PG*`.
 */
export function isCredentialName(name: string): boolean {
  return credentialNames.test(name);
}

const credentialNames = new RegExp(
  [
    '^(SPEECHOPS|ARM|MSI|IDENTITY|AWS|GOOGLE|ACTIONS|CI_JOB|GIT|SSH|NPM_CONFIG|PIP|OTEL_EXPORTER|DBOS|ENDPOINT_AUTH|ENDPOINT_DATA)_',
    '^(AZURE|PG|POSTGRES|MYSQL|MARIADB|MSSQL|MONGO|REDIS|AMQP|RABBITMQ)',
    '^(CI_REPOSITORY_URL|CI_REGISTRY_USER|KUBECONFIG|NETRC|PAT|PWD_FILE)$',
    'TOKEN|SECRET|PASS(?!IVE|ED|ENGER)|KEY|CREDENTIAL|CONNECTION|CONNSTR|DATABASE|COOKIE|SIGNATURE|WEBHOOK|PROXY|PRIVATE|CERT',
    'AUTH(?!OR)|AUTHORI[SZ]|INDEX_URL|_JWT|_PAT$|_PWD$|DSN$',
  ].join('|'),
  'i',
);
