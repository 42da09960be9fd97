import { describe, expect, it } from 'vitest';
import { all, only, synthesise } from '../synthesise.ts';

const person = '00000000-0000-0000-0000-000000000002';

describe('the deploy identity', () => {
  it('trusts GitHub, GitLab, Azure DevOps and others without a secret, one credential after the other', () => {
    const stack = synthesise(`
deploy-identity:
  github: { repository: contoso/speech, environments: [prod], branches: [main], tags: [v1] }
  gitlab: { project: contoso/speech, branches: [main] }
  azure-devops: { organization: contoso, organization-id: ${person}, project: Speech, service-connections: [azure] }
  federated-credentials: { k8s: { issuer: https://oidc.contoso.example/1, subject: "system:serviceaccount:a:b" } }`);
    const credentials = Object.entries(stack.resource['azurerm_federated_identity_credential'] ?? {});
    const subjects = credentials.map(([, { issuer, subject }]) => `${String(issuer)} ${String(subject)}`).toSorted();
    expect(subjects).toEqual([
      'https://gitlab.com project_path:contoso/speech:ref_type:branch:ref:main',
      'https://oidc.contoso.example/1 system:serviceaccount:a:b',
      'https://token.actions.githubusercontent.com repo:contoso/speech:environment:prod',
      'https://token.actions.githubusercontent.com repo:contoso/speech:ref:refs/heads/main',
      'https://token.actions.githubusercontent.com repo:contoso/speech:ref:refs/tags/v1',
      `https://vstoken.dev.azure.com/${person} sc://contoso/Speech/azure`,
    ]);
    expect(credentials.filter(([, credential]) => credential['depends_on'] === undefined)).toHaveLength(1);
    expect(JSON.stringify(stack)).not.toMatch(/secret|password/i);
  });

  it('trusts a GitLab server as its tokens name it, without a slash at the end', () => {
    const url = 'https://gitlab.contoso.example/';
    const stack = synthesise(`deploy-identity: { gitlab: { project: a/b, url: ${url}, branches: [main] } }`);
    expect(only(stack, 'azurerm_federated_identity_credential')['issuer']).toBe('https://gitlab.contoso.example');
  });

  it('may run pipelines, and no more', () => {
    const stack = synthesise('deploy-identity: { github: { repository: a/b, branches: [main] } }\nstorage: {}');
    const granted = all(stack, 'azurerm_role_assignment')
      .filter(({ principal_id: principal }) => String(principal).includes('deploy-identity'))
      .map(({ role_definition_id: role }) => String(role).slice(-36));
    expect(granted.toSorted()).toEqual([
      '0e75ca1e-0464-4b4d-8b93-68208a576181',
      'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    ]);
  });

  it('may purge deleted accounts through a role of its own when it is told to', () => {
    const stack = synthesise('deploy-identity: { may-purge: true, github: { repository: a/b, branches: [main] } }');
    expect(JSON.stringify(only(stack, 'azurerm_role_definition')['permissions'])).toContain('deletedAccounts/delete');
  });
});
