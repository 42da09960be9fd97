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
    '^(SPEECHOPS|AZURE|ARM|MSI|IDENTITY|AWS|GOOGLE|ACTIONS|CI_JOB|SSH|NPM_CONFIG|OTEL_EXPORTER)_',
    '^(PG|MYSQL|REDIS)',
    '^(DATABASE_URL|DOCKER_AUTH_CONFIG|KUBECONFIG|NETRC)$',
    'TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|KEY|CREDENTIAL|CONNECTION_?STRING|CONNSTR|_JWT|_PAT$|_PWD$',
  ].join('|'),
  'i',
);
