/** A path of Azure Resource Manager, taken apart. Names are compared without regard to case. */
export interface ResourceId {
  /** As it was written. */
  readonly path: string;
  readonly subscription: string;
  readonly resourceGroup?: string;
  /** `Microsoft.Storage/storageAccounts/blobServices`, in the letters of the request; of a collection the type of its objects. */
  readonly type: string;
  /** Undefined for a collection, or an action of the object {@link parent}: which of both, only its type tells. */
  readonly name?: string;
  /** The path of the object that it is in or on: a resource group, a subscription, another resource. */
  readonly parent: string;
  /** The namespace of the type. */
  readonly namespace: string;
}

/** Undefined when the path is none of a subscription. */
export function parseResourceId(path: string): ResourceId | undefined {
  const [, subscription, rest = ''] = /^\/subscriptions\/([^/]+)(\/.*)?$/i.exec(path) ?? [];
  if (subscription === undefined) return undefined;
  const [, resourceGroup] = /^\/resourceGroups\/([^/]+)/i.exec(rest) ?? [];
  const of = { path, subscription, ...(resourceGroup === undefined ? {} : { resourceGroup }) };
  const at = path.toLowerCase().lastIndexOf('/providers/');
  if (at < 0) return { ...of, ...withoutProvider(of) };
  const [namespace = '', ...steps] = path.slice(at + '/providers/'.length).split('/');
  const isNamed = steps.length % 2 === 0 && steps.length > 0;
  const type = [namespace, ...steps.filter((_, index) => index % 2 === 0)].join('/');
  const upwards = steps.slice(0, isNamed ? -2 : -1);
  const parent =
    upwards.length === 0 ? path.slice(0, at) : `${path.slice(0, at)}/providers/${[namespace, ...upwards].join('/')}`;
  return { ...of, namespace, type, parent, ...(isNamed ? { name: steps.at(-1) ?? '' } : {}) };
}

function withoutProvider({
  path,
  subscription,
  resourceGroup,
}: Pick<ResourceId, 'path' | 'subscription' | 'resourceGroup'>): Pick<
  ResourceId,
  'namespace' | 'type' | 'parent' | 'name'
> {
  const namespace = 'Microsoft.Resources';
  const [, , ...steps] = path.split('/').slice(1);
  if (steps.length === 0) return { namespace, type: `${namespace}/subscriptions`, parent: '', name: subscription };
  const parent = `/subscriptions/${subscription}`;
  if (resourceGroup === undefined) return { namespace, type: `${namespace}/${steps.join('/')}`, parent };
  if (steps.length === 2) return { namespace, type: `${namespace}/resourceGroups`, parent, name: resourceGroup };
  const group = `${parent}/resourceGroups/${resourceGroup}`;
  return { namespace, type: `${namespace}/resourceGroups/${steps.slice(2).join('/')}`, parent: group };
}

/** By which an object is kept: Azure's ids are the same whatever their case. */
export function keyOf(path: string): string {
  return path.toLowerCase();
}

/** Whether a path is below another, or the same. */
export function isWithin(path: string, scope: string): boolean {
  const [one, other] = [keyOf(path), keyOf(scope)];
  return one === other || one.startsWith(`${other}/`);
}
