import { isLoopback } from '../document/base-url.ts';
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
    return {
      fault: `Open it by hand: ${withoutUser(remote)} is on no host that is known here; GH_HOST, GITLAB_HOST or GITEA_SERVER_URL names one of your own`,
    };
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
  const url = new URL(text);
  const { protocol, host, hostname, pathname } = url;
  // A token goes over https alone, but on this machine.
  if (protocol === 'http:' && !isLoopback(url)) return undefined;
  const path = decoded(pathname)
    .replaceAll(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  const origin = protocol === 'ssh:' ? `https://${hostname}` : `${protocol}//${host}`;
  return path === '' || hostname === '' ? undefined : { origin, server: hostname, path };
}

/** A token goes to no server that only the remote names: one of one's own is named by a variable, too. */
function kindOfServer(server: string, env: Readonly<Record<string, string | undefined>>): HostKind | undefined {
  if (/^(ssh\.)?dev\.azure\.com$|\.visualstudio\.com$/.test(server)) return 'azure-devops';
  const known = new Map<string, HostKind>([
    ['github.com', 'github'],
    ['gitlab.com', 'gitlab'],
    ['bitbucket.org', 'bitbucket'],
    ['codeberg.org', 'gitea'],
    [hostIn(env['GH_HOST']), 'github'],
    [hostIn(env['GITLAB_HOST']), 'gitlab'],
    [hostIn(env['GITEA_SERVER_URL']), 'gitea'],
  ]);
  return server === '' ? undefined : known.get(server);
}

/** The name of a server that is written with or without `https://`. */
function hostIn(text: string | undefined): string {
  const plain = (text ?? '').trim();
  return URL.parse(plain.includes('://') ? plain : `https://${plain}`)?.hostname ?? '';
}

/** Of `https://dev.azure.com/ORG/PROJECT/_git/NAME`, `ssh.dev.azure.com:v3/ORG/PROJECT/NAME` and `https://ORG.visualstudio.com/PROJECT/_git/NAME`. */
function azureRepository(server: string, path: string): { readonly apiUrl: string; readonly repository: string } {
  const parts = path.split('/').filter((part) => part !== '_git' && part !== 'v3');
  const old = /^(.+)\.visualstudio\.com$/.exec(server)?.[1];
  const [organisation = '', project = '', name = project] = old === undefined ? parts : [old, ...parts];
  return { apiUrl: `https://dev.azure.com/${organisation}`, repository: `${project}/${name}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

function withoutUser(remote: string): string {
  return remote.replace(/^([a-z]+:\/\/)[^/]*@/, '$1');
}
