import type { HostPlace } from './host-place.ts';
import { hostOf } from './host-of.ts';
import type { HostKind } from './review-host.ts';

/**
 * Where the repository of a Git remote is reviewed, by its address, and with the token that the environment has for such a host. A fault
 * ends no sentence and says what to set.
 */
export async function hostOfRemote(
  remote: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly place: HostPlace } | { readonly fault: string }> {
  const found = addressOfRemote(remote);
  const kind = found === undefined ? undefined : kindOfServer(found.server, env);
  if (found === undefined || kind === undefined)
    return { fault: `Open it by hand: ${withoutUser(remote)} is on no host that is known here` };
  const { origin, server, path } = found;
  const said = {
    github: { apiUrl: server === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`, repository: path },
    gitlab: { apiUrl: `${origin}/api/v4`, repository: path },
    gitea: { apiUrl: `${origin}/api/v1`, repository: path },
    bitbucket: { apiUrl: 'https://api.bitbucket.org/2.0', repository: path },
    'azure-devops': azureRepository(server, path),
  }[kind];
  return await hostOf(env, { host: kind, ...said });
}

/** Of `https://user@server/path.git`, `ssh://git@server:22/path` and `git@server:path`; the port of SSH is none of the API's. */
function addressOfRemote(
  remote: string,
): { readonly origin: string; readonly server: string; readonly path: string } | undefined {
  const short = /^[^/@]+@([^/:]+):(.+)$/.exec(remote);
  const text = short === null ? remote : `ssh://${short[1]}/${short[2]}`;
  if (!/^(?:https?|ssh):\/\//.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(text);
  const path = decodeURIComponent(pathname)
    .replaceAll(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  const origin = protocol === 'ssh:' ? `https://${hostname}` : `${protocol}//${host}`;
  return path === '' || hostname === '' ? undefined : { origin, server: hostname, path };
}

/** A server of one's own is called so, or there is a token for such a one alone. */
function kindOfServer(server: string, env: Readonly<Record<string, string | undefined>>): HostKind | undefined {
  if (/^(ssh\.)?dev\.azure\.com$|\.visualstudio\.com$/.test(server)) return 'azure-devops';
  if (server === 'bitbucket.org') return 'bitbucket';
  const named = (['github', 'gitlab', 'gitea'] as const).find((kind) => server.split('.').includes(kind));
  if (named !== undefined) return named;
  if (server === 'codeberg.org' || (env['GITEA_TOKEN'] ?? env['FORGEJO_TOKEN'] ?? '') !== '') return 'gitea';
  return (env['GITLAB_TOKEN'] ?? '') === '' ? undefined : 'gitlab';
}

/** Of `https://dev.azure.com/ORG/PROJECT/_git/NAME`, `ssh.dev.azure.com:v3/ORG/PROJECT/NAME` and `https://ORG.visualstudio.com/PROJECT/_git/NAME`. */
function azureRepository(server: string, path: string): { readonly apiUrl: string; readonly repository: string } {
  const parts = path.split('/').filter((part) => part !== '_git' && part !== 'v3');
  const old = /^(.+)\.visualstudio\.com$/.exec(server)?.[1];
  const [organisation = '', project = '', name = project] = old === undefined ? parts : [old, ...parts];
  return { apiUrl: `https://dev.azure.com/${organisation}`, repository: `${project}/${name}` };
}

function withoutUser(remote: string): string {
  return remote.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1');
}
