import { describe, expect, it } from 'vitest';
import { all, build, inDev, only, synthesise } from '../synthesise.ts';

const person = '00000000-0000-0000-0000-000000000002';

function subjectsOf(trust: string): readonly (readonly [name: string, subject: string])[] {
  return all(synthesise(`deploy-identity: { ${trust} }`), 'azurerm_federated_identity_credential')
    .map(({ name, subject }) => [String(name), String(subject)] as const)
    .toSorted();
}

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

  it('trusts a GitHub repository by ids that nobody can take over, and by name while it moves', () => {
    const ids = 'repository: contoso/speech, owner-id: 123, repository-id: 456, environments: ["pre:prod"]';
    expect(subjectsOf(`github: { ${ids} }`)).toEqual([
      ['github-id-environment-pre-prod', 'repo:contoso@123/speech@456:environment:pre%3Aprod'],
    ]);
    expect(subjectsOf(`github: { ${ids}, by-name: true, branches: [main] }`)).toEqual([
      ['github-branch-main', 'repo:contoso/speech:ref:refs/heads/main'],
      ['github-environment-pre-prod', 'repo:contoso/speech:environment:pre%3Aprod'],
      ['github-id-branch-main', 'repo:contoso@123/speech@456:ref:refs/heads/main'],
      ['github-id-environment-pre-prod', 'repo:contoso@123/speech@456:environment:pre%3Aprod'],
    ]);
  });

  it('trusts a service connection of Azure DevOps whose issuer is Entra ID, by the subject that it shows', () => {
    const issuer = `https://login.microsoftonline.com/${person}/v2.0`;
    const stack = synthesise(
      `deploy-identity: { azure-devops: { issuer: "${issuer}", subjects: [/eid1/c/pub/t/x/a/y/sc/o/p] } }`,
    );
    expect(only(stack, 'azurerm_federated_identity_credential')).toMatchObject({
      issuer,
      subject: '/eid1/c/pub/t/x/a/y/sc/o/p',
      name: expect.stringMatching(/^azure-devops-entra-[0-9a-f]{10}$/),
    });
  });

  it.each([
    'https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0',
    `https://login.microsoftonline.com/${person}/v2.0/`,
    `https://login.microsoftonline.us/${person}`,
    `https://login.partner.microsoftonline.cn/${person}/V2.0`,
  ])('is told that tokens of Entra ID have another issuer than %s', (issuer) => {
    const codes = (trust: string): readonly string[] =>
      build(inDev(`account: { ip-rules: [203.0.113.7] }\ndeploy-identity: { ${trust} }`)).diagnostics.map(
        ({ code }) => code,
      );
    expect(codes(`azure-devops: { issuer: "${issuer}", subjects: [/eid1/c/pub/t/x/a/y/sc/o/p] }`)).toEqual([
      'entra-issuer-form',
    ]);
    expect(codes('federated-credentials: { a: { issuer: "https://sts.windows.net/x/", subject: y } }')).toEqual([]);
  });

  it('gives a credential for a long branch a name that Azure takes, and two that begin alike two names', () => {
    const long = 'b'.repeat(160);
    const names = subjectsOf(`github: { repository: a/b, branches: [${long}c, ${long}d] }`).map(([name]) => name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^github-branch-[\w-]{3,106}$/);
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

  it('may read results of evaluations in storage that the service uses instead of its own', () => {
    const stack = synthesise('deploy-identity: { github: { repository: a/b, branches: [main] } }\nbyos-storage: {}');
    const granted = all(stack, 'azurerm_role_assignment')
      .filter(({ principal_id: principal }) => String(principal).includes('deploy-identity'))
      .map(({ role_definition_id: role, scope }) => [String(role).slice(-36), scope]);
    expect(granted).toContainEqual([
      '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
      expect.stringContaining('azurerm_storage_account.byos-storage'),
    ]);
  });

  it('may purge deleted accounts through a role of its own when it is told to', () => {
    const stack = synthesise('deploy-identity: { may-purge: true, github: { repository: a/b, branches: [main] } }');
    expect(JSON.stringify(only(stack, 'azurerm_role_definition')['permissions'])).toContain('deletedAccounts/delete');
  });
});
